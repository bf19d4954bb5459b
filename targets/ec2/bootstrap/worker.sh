# shellcheck shell=bash
# Node bootstrap, the worker's part: joins the cluster. Joined to common.sh, which says how, where
# it runs and which settings both roles have; the worker has none of its own.
#
# Reads $PARAMETERS/worker/join-token, again at every try: the control plane puts a new token there
# every 12 hours, each valid for 24, so a worker can join at any later time. What makes the API
# server trustworthy is not the token but CA_CERT_HASH, the pinned public key of its CA.
#
#   ml-platform            as user data: installs itself and follows the service
#   ml-platform bootstrap  the steps; what is done already is left alone
#   ml-platform register   run by a timer: registers again, if the cluster does not have this machine

# Tests only whether the API server answers; the pinned hash decides whether to trust it.
api_answers() { curl -fsk -m 5 -o /dev/null "https://$API_ENDPOINT/readyz"; }

joined() {
  [[ -s /etc/kubernetes/kubelet.conf ]] &&
    kubectl --kubeconfig /etc/kubernetes/kubelet.conf get node "$NODE_NAME" -o name
}

join_once() {
  local token
  # An interrupted attempt may have left a kubelet that completed the join by itself.
  if joined; then return; fi
  token=$(parameter worker/join-token) || return
  systemctl stop kubelet
  rm -rf /etc/kubernetes/{kubelet.conf,bootstrap-kubelet.conf,pki} /var/lib/kubelet/pki
  (umask 077 && cat >"$RUN/kubeadm.yaml") <<YAML || return
apiVersion: kubeadm.k8s.io/v1beta4
kind: JoinConfiguration
discovery:
  bootstrapToken:
    apiServerEndpoint: "$API_ENDPOINT"
    token: "$token"
    caCertHashes: ["$CA_CERT_HASH"]
nodeRegistration:
  name: "$NODE_NAME"
  kubeletExtraArgs:
$(node_args)
timeouts: {discovery: 2m0s, tlsBootstrap: 3m0s}
YAML
  kubeadm join --config "$RUN/kubeadm.yaml"
}

join_cluster() {
  poll 1200 api_answers
  poll 900 join_once
  rm -f "$RUN/kubeadm.yaml"
}

# A cluster that was restored from a snapshot does not have the nodes that joined later, and a kubelet
# registers only when it starts: https://github.com/kubernetes/kubernetes/issues/71398
register() {
  local said
  [[ -e $STATE/complete ]] || return 0
  if said=$(joined 2>&1) || [[ $said != *NotFound* ]]; then return; fi
  say "the cluster does not know $NODE_NAME: kubelet starts again"
  systemctl restart kubelet
}

register_timer() {
  unit register.service <<UNIT
[Unit]
Description=ml-platform: a node again where the cluster has forgotten this machine

[Service]
Type=oneshot
TimeoutStartSec=1min
ExecStart=$PROGRAM register
UNIT
  unit register.timer <<'UNIT'
[Timer]
OnActiveSec=1min
OnUnitInactiveSec=1min
AccuracySec=10s

[Install]
WantedBy=timers.target
UNIT
  systemctl daemon-reload
  systemctl enable --quiet --now ml-platform-register.timer
}

role_steps() {
  step join_cluster
  step register_timer
  say "worker joined: $NODE_NAME"
}

case ${1:-} in
  '') hand_over ;;
  bootstrap) bootstrap ;;
  register) node_command "$1" register ;;
  *) die "unknown command $1: bootstrap, register" ;;
esac
