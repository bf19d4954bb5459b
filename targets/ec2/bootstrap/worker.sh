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

# Only a question whether somebody answers; whom to trust is decided by the pinned hash.
api_answers() { curl -fsk -m 5 -o /dev/null "https://$API_ENDPOINT/readyz"; }

joined() {
  [[ -s /etc/kubernetes/kubelet.conf ]] &&
    kubectl --kubeconfig /etc/kubernetes/kubelet.conf get node "$NODE_NAME" -o name
}

join_once() {
  local token
  # A try that was cut short may have left a kubelet that finished by itself.
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

role_steps() {
  step join_cluster
  say "worker joined: $NODE_NAME"
}

case ${1:-} in
  '') hand_over ;;
  bootstrap) bootstrap ;;
  *) die "unknown command $1: bootstrap" ;;
esac
