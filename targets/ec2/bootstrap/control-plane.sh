# shellcheck shell=bash
# Node bootstrap, part of the control plane: kubeadm init with the identity that the program created.
# Joined to common.sh (how, where it runs, the settings of both roles) and etcd.sh (snapshots).
#
# Settings:
#   CLUSTER_NAME            also the value in the tag kubernetes.io/cluster/NAME
#   API_CERT_SANS           comma separated; more names and addresses of the API server (Elastic IP)
#   POD_SUBNET              10.244.0.0/16
#   SERVICE_SUBNET          10.96.0.0/12
#   SERVICE_ACCOUNT_ISSUER  public https URL for workload identity; empty = the cluster's default
#   KUBE_PROXY              none (Cilium does its work) or install
#
# Reads from SSM, below $PARAMETERS: control-plane/{ca,front-proxy-ca,etcd-ca}.{crt,key},
# control-plane/sa.{key,pub}, control-plane/encryption-key (32 bytes, base64), worker/join-token.
# Writes worker/join-token: at boot and every 12 hours a new one that is valid for 24. So the first one,
# which the program knows, soon expires, and later workers still find a valid one. The program must
# not restore its own (ignoreChanges on the value).
#
#   ml-platform                    as user data: installs itself and follows the service
#   ml-platform bootstrap          the steps; what is done already is left alone
#   ml-platform rotate-join-token  what the timer runs
#   ml-platform upgrade VERSION    another Kubernetes, in place; may be repeated
#   ml-platform etcd-backup | etcd-restore: see etcd.sh
: "${CLUSTER_NAME:?}"
readonly CONFIG=/etc/kubernetes PKI=/etc/kubernetes/pki POLICIES=/etc/kubernetes/policies
readonly DEFAULT_ISSUER=https://kubernetes.default.svc.cluster.local
export KUBECONFIG=$CONFIG/admin.conf

secret_file() {  # secret_file FILE PARAMETER: the role may be minutes old, so it is asked again
  local value
  value=$(poll 300 parameter "control-plane/$2")
  (umask 077 && printf '%s\n' "$value" >"$1")
}

# kubeadm init keeps a certificate and its key that exist here, and signs all others with them. The
# files are written again at each attempt, since an interrupted one may have left half a pair. The
# folders are kept, because pods of that attempt have them mounted and would continue without any
# certificate. A kubelet of that attempt would restart these pods meanwhile, and a missing file that is
# mounted becomes a folder.
identity() {
  local name hash
  systemctl stop kubelet
  install -d -m 700 "$PKI" "$PKI/etcd"
  rm -rf "$CONFIG"/*.conf "$PKI"/*.* "$PKI"/etcd/*.*
  for name in ca front-proxy-ca etcd-ca; do
    secret_file "$PKI/${name/#etcd-/etcd/}.crt" $name.crt
    secret_file "$PKI/${name/#etcd-/etcd/}.key" $name.key
  done
  secret_file "$PKI/sa.key" sa.key
  secret_file "$PKI/sa.pub" sa.pub
  hash=$(openssl x509 -in "$PKI/ca.crt" -noout -pubkey | openssl pkey -pubin -outform der |
    sha256sum)
  [[ sha256:${hash%% *} == "$CA_CERT_HASH" ]] ||
    die "ca.crt in SSM has sha256:${hash%% *}, workers expect $CA_CERT_HASH"
}

# Logs bodies only of changes to permissions, and never those of secrets and tokens.
audit_policy() {
  cat >"$POLICIES/audit.yaml" <<'YAML'
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - {level: None, nonResourceURLs: ["/healthz*", "/livez*", "/readyz*", "/version", "/openapi*"]}
  - level: None
    resources:
      - {group: "", resources: [events]}
      - {group: events.k8s.io}
      - {group: coordination.k8s.io, resources: [leases]}
  - {level: Metadata, userGroups: ["system:nodes"], resources: [{group: "", resources: [secrets]}]}
  - {level: None, userGroups: ["system:nodes"], verbs: [get, list, watch]}
  - level: None
    users: ["system:apiserver", "system:kube-controller-manager", "system:kube-scheduler"]
    verbs: [get, list, watch]
  - level: RequestResponse
    verbs: [create, update, patch, delete, deletecollection]
    resources: [{group: rbac.authorization.k8s.io}]
  - {level: Metadata}
YAML
}

# Anonymous requests: health checks, and the one object that a joining node reads before it can
# trust anybody (signed with the token, checked against the pinned hash).
authentication_config() {
  cat >"$POLICIES/authentication.yaml" <<'YAML'
apiVersion: apiserver.config.k8s.io/v1
kind: AuthenticationConfiguration
anonymous:
  enabled: true
  conditions:
    - path: /livez
    - path: /readyz
    - path: /healthz
    - path: /api/v1/namespaces/kube-public/configmaps/cluster-info
YAML
}

# No "identity" provider: the API server refuses a secret that is not encrypted in etcd.
encryption_config() {
  local key
  key=$(poll 300 parameter control-plane/encryption-key)
  install -m 600 /dev/stdin "$POLICIES/encryption.yaml" <<YAML
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
  - resources: [secrets]
    providers: [{secretbox: {keys: [{name: key1, secret: "$key"}]}}]
YAML
}

api_server_args() {
  args profiling=false \
    authentication-config="$POLICIES/authentication.yaml" \
    encryption-provider-config="$POLICIES/encryption.yaml" \
    kubelet-certificate-authority="$PKI/ca.crt" \
    audit-policy-file="$POLICIES/audit.yaml" audit-log-path=/var/log/kubernetes/audit.log \
    audit-log-maxage=30 audit-log-maxbackup=10 audit-log-maxsize=100
  [[ -z ${SERVICE_ACCOUNT_ISSUER:-} ]] ||
    args service-account-issuer="$SERVICE_ACCOUNT_ISSUER" \
      api-audiences="$DEFAULT_ISSUER,$SERVICE_ACCOUNT_ISSUER"
}

kubeadm_config() {  # kubeadm_config TOKEN
  cat <<YAML
apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
bootstrapTokens: [{token: "$1", ttl: 24h0m0s}]
localAPIEndpoint: {advertiseAddress: "$ADDRESS"}
nodeRegistration:
  name: "$NODE_NAME"
  kubeletExtraArgs:
$(node_args)
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v$KUBERNETES_VERSION
clusterName: "$CLUSTER_NAME"
controlPlaneEndpoint: "$API_ENDPOINT"
imageRepository: "$IMAGE_REPOSITORY"
networking:
  podSubnet: "${POD_SUBNET:-10.244.0.0/16}"
  serviceSubnet: "${SERVICE_SUBNET:-10.96.0.0/12}"
proxy: {disabled: $([[ ${KUBE_PROXY:-none} == none ]] && echo true || echo false)}
apiServer:
  certSANs: [${API_CERT_SANS:-}]
  extraArgs:
$(api_server_args)
  extraVolumes:
    - {name: policies, hostPath: $POLICIES, mountPath: $POLICIES, readOnly: true, pathType: Directory}
    - {name: audit, hostPath: /var/log/kubernetes, mountPath: /var/log/kubernetes, pathType: DirectoryOrCreate}
controllerManager:
  extraArgs:
$(args profiling=false)
scheduler:
  extraArgs:
$(args profiling=false)
---
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
cgroupDriver: systemd
seccompDefault: true
serverTLSBootstrap: true
rotateCertificates: true
protectKernelDefaults: true
readOnlyPort: 0
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}}
authorization: {mode: Webhook}
YAML
}

# --- steps ---

# Resolves the private name to this machine, without DNS and its negative cache.
api_name() {
  local host=${API_ENDPOINT%:*}
  [[ $host =~ ^[0-9.]+$ ]] || grep -q " $host # ml-platform" /etc/hosts ||
    echo "$ADDRESS $host # ml-platform" >>/etc/hosts
}

# Another attempt resets nothing: the data of etcd is never deleted here. The ignored checks would refuse
# what the first attempt left (manifests, data, ports in use), and the data may come from a snapshot.
# init writes everything except the identity again.
kubeadm_init() {
  local token ignore=(DirAvailable--var-lib-etcd)
  token=$(poll 300 parameter worker/join-token)
  identity
  install -d -m 700 "$POLICIES"
  audit_policy
  authentication_config
  encryption_config
  (umask 077 && kubeadm_config "$token" >"$RUN/kubeadm.yaml")
  if [[ -e $STATE/kubeadm_init.tried ]]; then
    ignore+=(Port-{6443,10250,10257,10259,2379,2380}
      FileAvailable--etc-kubernetes-manifests-{kube-apiserver,kube-controller-manager,kube-scheduler,etcd}.yaml)
  fi
  touch "$STATE/kubeadm_init.tried"
  # Its output goes to the journal: no token there.
  kubeadm init --config "$RUN/kubeadm.yaml" --skip-token-print "${ignore[@]/#/--ignore-preflight-errors=}"
  rm -f "$RUN/kubeadm.yaml"
}

rotate_join_token() {
  local token
  token=$(kubeadm token create --ttl 24h --description 'ml-platform: for later workers')
  # Through a file, not an argument: arguments show in the process list.
  (umask 077 && printf '%s' "$token" >"$RUN/join-token")
  aws ssm put-parameter --overwrite --type SecureString --name "$PARAMETERS/worker/join-token" \
    --value "file://$RUN/join-token" >/dev/null
  rm -f "$RUN/join-token"
  say 'join token: a new one is in SSM'
}

join_token_timer() {
  unit join-token.service <<UNIT
[Unit]
Description=ml-platform: a new join token into SSM

[Service]
Type=oneshot
TimeoutStartSec=5min
ExecStart=$PROGRAM rotate-join-token
Restart=on-failure
RestartSec=60
UNIT
  unit join-token.timer <<'UNIT'
[Timer]
OnBootSec=3min
OnUnitActiveSec=12h

[Install]
WantedBy=timers.target
UNIT
  systemctl daemon-reload
  systemctl enable --quiet --now ml-platform-join-token.timer
}

# As https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-upgrade/ has it, with a
# snapshot before. The repository is one per minor version.
upgrade() {  # upgrade VERSION
  [[ $1 =~ ^1\.[0-9]+\.[0-9]+$ ]] || die "VERSION must be exact, as 1.36.4; got \"$1\""
  [[ -z $ETCD_BACKUP_BUCKET ]] || (etcd_backup)
  APT_REPOSITORY=${APT_REPOSITORY/"/v${KUBERNETES_VERSION%.*}/"/"/v${1%.*}/"}
  KUBERNETES_VERSION=$1
  repositories
  install_kubernetes kubeadm
  kubeadm upgrade apply --yes "v$1"
  kubectl drain "$NODE_NAME" --ignore-daemonsets --delete-emptydir-data --timeout 5m
  install_kubernetes kubelet kubectl
  systemctl daemon-reload
  systemctl restart kubelet
  poll 300 kubectl uncordon "$NODE_NAME"
  say "control plane upgraded: $1"
}

role_steps() {
  step api_name
  step restore_last_snapshot
  step kubeadm_init
  step join_token_timer
  step backup_timer
  say "control plane ready: $NODE_NAME"
}

case ${1:-} in
  '') hand_over ;;
  bootstrap) bootstrap ;;
  rotate-join-token) node_command "$1" rotate_join_token ;;
  upgrade) node_command "$1" upgrade "${2:?a version, as 1.36.4}" ;;
  etcd-backup) node_command "$1" etcd_backup "${@:2}" ;;
  etcd-restore) node_command "$1" etcd_restore "${2:?a file, an s3:// URL, or latest}" ;;
  *) die "unknown command $1: bootstrap, rotate-join-token, upgrade, etcd-backup, etcd-restore" ;;
esac
