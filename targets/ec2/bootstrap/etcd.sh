# shellcheck shell=bash
# Snapshots of the cluster's state, on the control plane only. Joined between common.sh and
# control-plane.sh, so the installed program has these commands:
#
#   ml-platform etcd-backup [FILE]    a checked snapshot to the bucket, or into FILE; a timer
#                                     (ml-platform-etcd-backup.timer) does it on ETCD_BACKUP_SCHEDULE
#   ml-platform etcd-restore SOURCE   FILE, s3://BUCKET/KEY, or "latest" for the newest in the bucket
#
# Settings:
#   ETCD_BACKUP_BUCKET    empty = no timer
#   ETCD_BACKUP_PREFIX    etcd/$CLUSTER_NAME: objects are PREFIX/20261123T021500Z.db. The node's
#                         role needs s3:PutObject and s3:GetObject there and s3:ListBucket
#   ETCD_BACKUP_SCHEDULE  daily (systemd OnCalendar); one more half an hour after each boot. Both at a
#                         minute that is random per machine
#   ETCD_PROGRAMS_IMAGE   required: image with etcdctl and etcdutl, by digest. Each of a minor version of
#                         etcd reads and writes the snapshots of all others
#
# A snapshot contains everything except the secrets in SSM (CA, service account key, encryption key),
# which a new control plane of the same stack reads again. If the machine is lost, the program creates
# a new one, which restores the newest snapshot. A snapshot that cannot be restored blocks it ("FAILED in
# step restore_last_snapshot"): delete that object from the bucket.
: "${ETCD_PROGRAMS_IMAGE:?}"
ETCD_BACKUP_BUCKET=${ETCD_BACKUP_BUCKET:-}
ETCD_BACKUP_PREFIX=${ETCD_BACKUP_PREFIX:-etcd/${CLUSTER_NAME:?}}
readonly ETCD_DATA=/var/lib/etcd
readonly MANIFESTS=/etc/kubernetes/manifests STOPPED=/etc/kubernetes/manifests.stopped

# etcdctl and etcdutl, from the etcd project's own image. The node's registry mirrors, if any, hold for
# it too.
etcd_programs() {
  local mount hosts=() dir=$STATE/etcd-${ETCD_PROGRAMS_IMAGE##*:}
  PATH=$dir:$PATH
  [[ ! -e $dir ]] || return 0
  mount=$(mktemp -d "$RUN/etcd.XXXXXX")
  [[ ! -d /etc/containerd/certs.d ]] || hosts=(--hosts-dir /etc/containerd/certs.d)
  poll 300 ctr images pull "${hosts[@]}" "$ETCD_PROGRAMS_IMAGE" >/dev/null
  ctr images mount "$ETCD_PROGRAMS_IMAGE" "$mount" >/dev/null
  install -D -t "$dir.new" "$mount"/usr/local/bin/etcd{ctl,utl}
  ctr images unmount --rm "$mount" >/dev/null
  ctr images rm "$ETCD_PROGRAMS_IMAGE" >/dev/null
  mv "$dir.new" "$dir"
}

etcd_backup() {  # etcd_backup [FILE]
  local file=${1:-$STATE/snapshot.db} pki=/etc/kubernetes/pki/etcd target
  [[ -n ${1:-}$ETCD_BACKUP_BUCKET ]] || die 'neither a file nor ETCD_BACKUP_BUCKET'
  etcd_programs
  umask 077
  etcdctl --endpoints https://127.0.0.1:2379 --cacert $pki/ca.crt \
    --cert $pki/healthcheck-client.crt --key $pki/healthcheck-client.key snapshot save "$file"
  etcdutl snapshot status "$file" --write-out table
  if [[ -n ${1:-} ]]; then return; fi
  target=s3://$ETCD_BACKUP_BUCKET/$ETCD_BACKUP_PREFIX/$(date -u +%Y%m%dT%H%M%SZ).db
  aws s3 cp --only-show-errors "$file" "$target"
  rm "$file"
  say "etcd snapshot: $target"
}

snapshots() {  # keys in the bucket; none is no failure, unlike with "aws s3 ls"
  aws s3api list-objects-v2 --bucket "$ETCD_BACKUP_BUCKET" --prefix "$ETCD_BACKUP_PREFIX/" \
    --query 'Contents[].[Key]' --output text
}

latest_snapshot() {  # its URL, or nothing; the role may be minutes old, so it is asked again
  local keys
  keys=$(poll 300 snapshots)
  sed -n "s#^.*\.db\$#s3://$ETCD_BACKUP_BUCKET/&#p" <<<"$keys" | sort | tail -n 1
}

etcd_fetch() {  # etcd_fetch SOURCE FILE
  local source=$1
  if [[ $source == latest ]]; then
    source=$(latest_snapshot)
    [[ -n $source ]] || die "no snapshot in s3://$ETCD_BACKUP_BUCKET/$ETCD_BACKUP_PREFIX/"
  fi
  say "restoring $source"
  case $source in
    s3://*) aws s3 cp --only-show-errors "$source" "$2" ;;
    *) cp "$source" "$2" ;;
  esac
}

etcd_unpack() {  # etcd_unpack FILE DIR: a snapshot as data of this machine's etcd
  etcdutl snapshot status "$1" --write-out table
  # Watchers may have seen later revisions, so revisions must not decrease: hence the bump.
  etcdutl snapshot restore "$1" --data-dir "$2" --name "$NODE_NAME" \
    --initial-cluster "$NODE_NAME=https://$ADDRESS:2380" \
    --initial-advertise-peer-urls "https://$ADDRESS:2380" --bump-revision 1000000000 --mark-compacted
}

# A step before init: a machine that replaces a lost one restores the newest snapshot. An API server
# with an empty etcd would tell the kubelets of the workers to stop every pod.
restore_last_snapshot() {
  local latest file=$STATE/restore.db
  [[ -n $ETCD_BACKUP_BUCKET && ! -e $ETCD_DATA/member ]] || return 0
  latest=$(latest_snapshot)
  [[ -n $latest ]] || { say 'no snapshot: a new cluster'; return 0; }
  etcd_programs
  etcd_fetch "$latest" "$file"
  install -d -m 700 "$ETCD_DATA"
  rm -rf "$ETCD_DATA/restore"
  etcd_unpack "$file" "$ETCD_DATA/restore"
  mv "$ETCD_DATA/restore/member" "$ETCD_DATA/member"
  rm -rf "$ETCD_DATA/restore" "$file"
}

# The kernel keeps 15 characters of a program's name, hence no "kube-controller-manager".
control_plane_stopped() {
  local name
  for name in etcd kube-apiserver kube-controller kube-scheduler; do
    ! pgrep -x "$name" >/dev/null || return 1
  done
}
api_ready() { kubectl get --raw /readyz >/dev/null; }

start_control_plane() {
  # A restore that is interrupted between its two moves leaves no members, and etcd would start empty.
  [[ -e $ETCD_DATA/member ]] ||
    mv "$(printf '%s\n' "$ETCD_DATA"/member.before-* | tail -n 1)" "$ETCD_DATA/member"
  mv "$STOPPED"/*.yaml "$MANIFESTS"/
  rmdir "$STOPPED"
}

# The previous members are kept in /var/lib/etcd/member.before-TIME; to undo, move them back in the same
# way. If any step fails after the stop, the control plane is started again.
etcd_restore() {  # etcd_restore SOURCE
  local file=$STATE/restore.db now
  now=$(date -u +%Y%m%dT%H%M%SZ)
  umask 077
  [[ ! -d $STOPPED ]] || start_control_plane  # a restore before this one was cut short
  etcd_programs
  etcd_fetch "$1" "$file"
  etcd_unpack "$file" "$ETCD_DATA/restore-$now"
  mkdir "$STOPPED"
  trap start_control_plane EXIT
  mv "$MANIFESTS"/*.yaml "$STOPPED"/
  poll 180 control_plane_stopped
  mv "$ETCD_DATA/member" "$ETCD_DATA/member.before-$now"
  mv "$ETCD_DATA/restore-$now/member" "$ETCD_DATA/member"
  # A machine that is not in the snapshot registers when its kubelet starts, and retries until the API
  # server answers; a later restart would stop the API server again.
  systemctl restart kubelet
  start_control_plane
  trap - EXIT
  rm -rf "$ETCD_DATA/restore-$now" "$file"
  poll 300 api_ready
  poll 120 kubectl get node "$NODE_NAME" -o name
  # As kubeadm labels and taints a new control plane; the snapshot may be older than this machine.
  local role=node-role.kubernetes.io/control-plane
  poll 120 kubectl label --overwrite node "$NODE_NAME" $role= node.kubernetes.io/exclude-from-external-load-balancers=
  poll 120 kubectl taint --overwrite node "$NODE_NAME" $role:NoSchedule
  # The one in SSM may be newer than the snapshot.
  rotate_join_token
  say "etcd restored; before: $ETCD_DATA/member.before-$now"
}

backup_timer() {
  [[ -n $ETCD_BACKUP_BUCKET ]] || { say 'no ETCD_BACKUP_BUCKET: no snapshots'; return 0; }
  unit etcd-backup.service <<UNIT
[Unit]
Description=ml-platform: etcd snapshot to S3

[Service]
Type=oneshot
TimeoutStartSec=1h
ExecStart=$PROGRAM etcd-backup
Restart=on-failure
RestartSec=5min
UNIT
  unit etcd-backup.timer <<UNIT
[Timer]
OnCalendar=${ETCD_BACKUP_SCHEDULE:-daily}
OnActiveSec=30min
RandomizedDelaySec=1h
FixedRandomDelay=true
Persistent=true

[Install]
WantedBy=timers.target
UNIT
  systemctl daemon-reload
  systemctl enable --quiet --now ml-platform-etcd-backup.timer
}
