# shellcheck shell=bash
# Node bootstrap, the part that both roles share. Runs as root on Ubuntu 24.04 (amd64, arm64).
#
# The program joins: the line "#!/bin/bash", one "export NAME='value'" a setting, this file, then
#   control plane: etcd.sh control-plane.sh        worker: worker.sh
# and sends that as user data, which holds no secret: those are read from SSM with the node's role.
# cloud-init runs user data once per instance, so the script first installs itself as
# /usr/local/sbin/ml-platform and hands over to ml-platform-bootstrap.service, which runs it again
# after a failure and after a reboot until every step is done. A finished step leaves
# /var/lib/ml-platform/NAME.done and is not repeated. Progress: serial console and
# "journalctl -u ml-platform-bootstrap".
#
# Settings of both roles (no default = required):
#   KUBERNETES_VERSION  exact, for example 1.36.4
#   API_ENDPOINT        host:6443, the private name of the API server
#   CA_CERT_HASH        sha256:<hex> of the public key (SPKI) of the cluster's CA
#   PARAMETERS          path in SSM, for example /ml-platform/ec2-ab12cd34
#   APT_REPOSITORY      Kubernetes packages, key at /Release.key; https://pkgs.k8s.io/…
#   APT_KEY             fingerprint of that key; the one of Kubernetes
#   CONTAINERD_PACKAGE  containerd, from Ubuntu (noble-updates has 2.2); 2.2 or newer is needed
#   IMAGE_REPOSITORY    registry.k8s.io
#   METADATA            http://169.254.169.254
#   AWS_ENDPOINT_URL    empty = AWS; kept for the service when cloud-init has it
set -Eeuo pipefail
shopt -s inherit_errexit

: "${KUBERNETES_VERSION:?}" "${API_ENDPOINT:?}" "${CA_CERT_HASH:?}" "${PARAMETERS:?}"
APT_REPOSITORY=${APT_REPOSITORY:-https://pkgs.k8s.io/core:/stable:/v${KUBERNETES_VERSION%.*}/deb}
# Published on https://pkgs.k8s.io beside the packages, the same for every version of Kubernetes:
# https://kubernetes.io/blog/2023/08/15/pkgs-k8s-io-introduction/
APT_KEY=${APT_KEY:-DE15B14486CD377B9E876E1A234654DA9A296436}
CONTAINERD_PACKAGE=${CONTAINERD_PACKAGE:-containerd}
IMAGE_REPOSITORY=${IMAGE_REPOSITORY:-registry.k8s.io}
METADATA=${METADATA:-http://169.254.169.254}

readonly PROGRAM=/usr/local/sbin/ml-platform STATE=/var/lib/ml-platform RUN=/run/ml-platform
readonly SERVICE=ml-platform-bootstrap UNITS=/etc/systemd/system
# cloud-init and systemd set neither; snap, kubectl and aws need both.
export HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin
# needrestart would restart services, including this one, in the middle of a step.
export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1
STEP=start

# Standard error goes to the console, standard output to the journal only.
say() { echo "[ml-platform] $*" >&2; }

die() {
  say "FAILED in step $STEP: $*"
  trap - ERR
  exit 1
}

failed() {  # failed STATUS LINE COMMAND: the last word before errexit
  ((BASH_SUBSHELL)) || say "FAILED in step $STEP: status $1, line $2: ${3%%$'\n'*}"
}
trap 'failed $? $LINENO "$BASH_COMMAND"' ERR

# poll SECONDS COMMAND…: until it succeeds. Its command runs as a condition, where errexit is off:
# each part of it must return its own failure.
poll() {
  local limit=$1 start=$SECONDS tries=0
  shift
  until "$@"; do
    ((SECONDS - start < limit)) || { say "gave up after ${limit} s: $*"; return 1; }
    ((++tries % 6)) || say "waiting: $* ($((SECONDS - start)) of $limit s)"
    sleep 5
  done
}

step() {  # step FUNCTION: once per machine
  STEP=$1
  [[ ! -e $STATE/$1.done ]] || { say "step: $1 (done before)"; return 0; }
  say "step: $1"
  "$1"
  touch "$STATE/$1.done"
}

metadata() {  # metadata PATH: IMDSv2; its token is no argument, since arguments show in the process list
  local token
  token=$(curl -fsS -m 5 --retry 10 --retry-connrefused -X PUT "$METADATA/latest/api/token" \
    -H 'X-aws-ec2-metadata-token-ttl-seconds: 300') || return
  curl -fsS -m 5 --retry 10 --retry-connrefused \
    -H @<(printf 'X-aws-ec2-metadata-token: %s' "$token") "$METADATA/latest/meta-data/$1"
}

# The node's name is its private DNS name, which the VPC resolves, so that the approver of serving
# certificates can verify it. Ubuntu's own host name is only the first part of it.
who_am_i() {
  NODE_NAME=$(metadata local-hostname)
  ADDRESS=$(metadata local-ipv4)
  INSTANCE_ID=$(metadata instance-id)
  INSTANCE_TYPE=$(metadata instance-type)
  ZONE=$(metadata placement/availability-zone)
  AWS_REGION=$(metadata placement/region)
  AWS_DEFAULT_REGION=$AWS_REGION  # the name that version 1 of the aws program reads
  export NODE_NAME ADDRESS AWS_REGION AWS_DEFAULT_REGION
}

args() {  # args NAME=VALUE…: v1beta4 wants lists
  local arg
  for arg; do printf '    - {name: "%s", value: "%s"}\n' "${arg%%=*}" "${arg#*=}"; done
}

# The kubelet reports what a cloud controller would look up: with cloud-provider=external no pod runs
# before that controller, and the kubelet's serving certificate would contain the public address, which
# may change.
node_args() {
  args node-ip="$ADDRESS" provider-id="aws:///$ZONE/$INSTANCE_ID" \
    node-labels="topology.kubernetes.io/region=$AWS_REGION,topology.kubernetes.io/zone=$ZONE,node.kubernetes.io/instance-type=$INSTANCE_TYPE"
}

parameter() {  # parameter NAME: a SecureString below $PARAMETERS
  aws ssm get-parameter --with-decryption --name "$PARAMETERS/$1" \
    --query Parameter.Value --output text
}

unit() { cat >"$UNITS/ml-platform-$1"; }  # unit NAME <content

apt_get() {
  # First completes an interrupted dpkg, for example after a reboot: until then apt refuses to work, or
  # takes a package without files for installed. Another apt may be running.
  poll 600 dpkg --force-confold --configure -a || return
  dpkg-query -W -f "\${db:Status-Eflag} \${Package}\n" | sed -n 's/^reinstreq //p' |
    xargs -r dpkg --remove --force-remove-reinstreq || return
  apt-get -qq -o DPkg::Lock::Timeout=600 -o Acquire::Retries=5 -o Dpkg::Options::=--force-confold "$@"
}

# Fails unless every package server has answered: apt by itself ends with 0 when one is unreachable.
refresh_index() { apt_get -o APT::Update::Error-Mode=any update; }

# The index has no step of its own: packages of a later boot would rely on what an earlier one has read.
install_packages() {
  poll 600 refresh_index
  apt_get install "$@"
}

# Fingerprints of the keys in FILE, one a line; a subkey belongs to the key before it.
fingerprints() {  # fingerprints FILE
  gpg --batch --quiet --with-colons --show-keys "$1" | awk -F : '$1 == "pub" {key = 1}
    $1 == "fpr" && key {print $10; key = 0}'
}

# The key may be renewed beside its packages, but stays this one, and nothing else is trusted.
repository() {  # repository NAME URL FINGERPRINT
  local key=/etc/apt/keyrings/$1.asc found
  install -d -m 755 /etc/apt/keyrings
  curl -fsSL --proto-redir =https --retry 8 --retry-connrefused -o "$key.new" "$2/Release.key"
  found=$(fingerprints "$key.new")
  [[ $found == "$3" ]] || die "$2/Release.key has the fingerprint ${found//$'\n'/, }, not $3"
  mv "$key.new" "$key"
  echo "deb [signed-by=$key] $2 /" >"/etc/apt/sources.list.d/$1.list"
}

# --- steps ---

kernel() {
  printf '%s\n' overlay br_netfilter >/etc/modules-load.d/ml-platform.conf
  modprobe -a overlay br_netfilter
  # https://kubernetes.io/docs/setup/production-environment/container-runtimes/
  # The second group is what protectKernelDefaults makes kubelet insist on:
  # https://pkg.go.dev/k8s.io/component-helpers/node/utils/sysctl. A leading "-" lets a
  # value fail: notebooks and pipelines watch many files, but a cluster comes up without it.
  cat >/etc/sysctl.d/99-ml-platform.conf <<'SYSCTL'
net.ipv4.ip_forward = 1
net.bridge.bridge-nf-call-iptables = 1
net.bridge.bridge-nf-call-ip6tables = 1
vm.overcommit_memory = 1
vm.panic_on_oom = 0
kernel.panic = 10
kernel.panic_on_oops = 1
kernel.keys.root_maxkeys = 1000000
kernel.keys.root_maxbytes = 25000000
-fs.inotify.max_user_instances = 2280
-fs.inotify.max_user_watches = 1255360
SYSCTL
  sysctl -q -p /etc/sysctl.d/99-ml-platform.conf
}

repositories() { repository kubernetes "$APT_REPOSITORY" "$APT_KEY"; }

container_runtime() {
  local version
  install_packages "$CONTAINERD_PACKAGE"
  version=$(containerd --version | awk '{print $3}')
  dpkg --compare-versions "${version#v}" ge 2.2 ||
    die "containerd $version is too old, Kubernetes 1.36 needs 2.2: is the -updates pocket on?"
  # From the program's own default, so that its "imports" line stays and the text fits its version.
  install -d -m 755 /etc/containerd
  containerd config default |
    sed -e 's/SystemdCgroup = false/SystemdCgroup = true/' \
      -e "s#registry.k8s.io/pause#$IMAGE_REPOSITORY/pause#" >/etc/containerd/config.toml
  # Without -q, which would end containerd's output, and so the pipe, with a failure.
  containerd config dump | grep 'SystemdCgroup = true' >/dev/null ||
    die 'containerd did not take SystemdCgroup = true'
  systemctl enable --quiet containerd
  systemctl restart containerd
}

install_kubernetes() {  # install_kubernetes PACKAGE…: at the exact version, and held there
  install_packages --allow-change-held-packages "${@/%/=$KUBERNETES_VERSION-*}"
  apt-mark hold "$@"
}

kubernetes_packages() { install_kubernetes kubelet kubeadm kubectl; }

# Ubuntu 24.04 has no aws package. The snap is published by AWS, for both architectures, and
# snapd checks its signature.
aws_program() {
  command -v aws >/dev/null || poll 600 snap install aws-cli --classic
}

# --- from cloud-init to the service ---

install_program() {
  install -d -m 700 "$STATE" "$RUN"
  if [[ ! $0 -ef $PROGRAM ]]; then
    {
      head -n 1 "$0"
      [[ -z ${AWS_ENDPOINT_URL:-} ]] || printf 'export AWS_ENDPOINT_URL=%q\n' "$AWS_ENDPOINT_URL"
      tail -n +2 "$0"
    } >"$PROGRAM.new"
    chmod 755 "$PROGRAM.new"
    mv "$PROGRAM.new" "$PROGRAM"
  fi
  unit bootstrap.service <<UNIT
[Unit]
Description=ml-platform: makes this machine a Kubernetes node
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=3h
StartLimitBurst=10

[Service]
Type=exec
ExecStart=$PROGRAM bootstrap
StandardOutput=journal
StandardError=journal+console
Restart=on-failure
RestartSec=15

[Install]
WantedBy=multi-user.target
UNIT
  systemctl daemon-reload
}

settled() {  # not while it waits for its next try, which is "activating (auto-restart)"
  [[ -e $STATE/complete || $(systemctl show -P SubState "$SERVICE") =~ ^(failed|dead)$ ]]
}

# cloud-init waits for the result, so that its own status is correct, and Ubuntu's daily apt jobs, which
# run after it, do not interfere.
hand_over() {
  STEP=install
  install_program
  systemctl enable --quiet --now "$SERVICE"
  say "running as $SERVICE.service"
  poll 3600 settled || true
  if [[ -e $STATE/complete ]]; then return; fi
  journalctl --no-pager --output cat --lines 40 --unit "$SERVICE"
  die "$SERVICE.service gave up; after a repair: systemctl reset-failed, then start it"
}

# node_command STEP FUNCTION…: what timers and people run, outside the bootstrap
node_command() {
  STEP=$1
  install -d -m 700 "$RUN"
  who_am_i
  "${@:2}"
}

bootstrap() {
  install -d -m 700 "$STATE" "$RUN"
  who_am_i
  step kernel
  step repositories
  step container_runtime
  step kubernetes_packages
  step aws_program
  role_steps  # of control-plane.sh or worker.sh
  touch "$STATE/complete"
  systemctl disable --quiet "$SERVICE"
}
