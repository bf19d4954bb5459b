import assert from "node:assert/strict";
import { until, type Lab } from "./lab";

/** Unit that joins a machine to the cluster. */
export const SERVICE = "ml-platform-bootstrap";

/** Log of the bootstrap of machine `n` so far. */
export function progress(lab: Lab, n: number): string {
  return lab.shell(n, `journalctl -u ${SERVICE} -o cat --no-pager`).stdout;
}

/** Kills a bootstrap without a word, in the middle of something that `condition` recognises. */
export async function killWhen(lab: Lab, n: number, condition: string): Promise<void> {
  const kill = `${condition} && systemctl kill --signal KILL ${SERVICE}`;
  const killed = (): true | undefined => lab.shell(n, kill, 5).status === 0 || undefined;
  await until(`${lab.machine(n)}: ${condition}`, 180, killed);
}

/** The HTTP status of an anonymous request. */
export function anonymous(lab: Lab, url: string): string {
  return lab.net("curl", "-sk", "-o", "/dev/null", "-w", "%{http_code}", url);
}

/** The full name of machine `n` as a node, `node/…`. */
export function nodeOf(lab: Lab, n: number): string {
  const nodes = lab.kubectl("get", "nodes", "-o", "name").split("\n");
  return nodes.find((name) => name.startsWith(`node/${lab.machine(n)}.`)) ?? "";
}

/** Keys of all taints of all nodes. */
export function taints(lab: Lab): string {
  return lab.kubectl("get", "nodes", "-o", "jsonpath={.items[*].spec.taints[*].key}");
}

/** Current join token in SSM, below the folder of the cluster's parameters. */
export function joinToken(lab: Lab, parameters: string): string {
  const get = ["ssm", "get-parameter", "--with-decryption", "--output", "text"];
  const name = ["--name", `${parameters}/worker/join-token`, "--query", "Parameter.Value"];
  return lab.net("aws", ...get, ...name).trim();
}

/** Joins machine `n` as a new one, with the current token in SSM. */
export function joinAnew(lab: Lab, n: number): void {
  const node = nodeOf(lab, n);
  const forget = "rm join_cluster.done complete /etc/kubernetes/kubelet.conf";
  lab.mustShell(n, `systemctl stop kubelet; cd /var/lib/ml-platform; ${forget}`);
  lab.kubectl("delete", node);
  lab.mustShell(n, "/usr/local/sbin/ml-platform bootstrap");
  // kubelet has its certificate by now, and registers the node a moment later.
  lab.kubectl("wait", "--for", "create", node, "--timeout", "60s");
  lab.kubectl("wait", "--for", "condition=Ready", node, "--timeout", "60s");
}

/** Replaces the control plane by one that keeps only the script. */
export function replaceControlPlane(lab: Lab): void {
  const commands = [
    "cp /usr/local/sbin/ml-platform /root/user-data",
    "systemctl disable --now ml-platform-{join-token,etcd-backup}.timer",
    "kubeadm reset --force",
    "rm -rf /var/lib/ml-platform /etc/systemd/system/ml-platform* /usr/local/sbin/ml-platform",
    "systemctl daemon-reload",
    "bash /root/user-data",
  ];
  lab.mustShell(0, commands.join(" && "));
}

/** Leaves the control plane like a restore that was interrupted between its two moves. */
export function cutRestore(lab: Lab): void {
  const [stopped, data] = ["/etc/kubernetes/manifests.stopped", "/var/lib/etcd"];
  lab.mustShell(0, `mkdir ${stopped}; mv /etc/kubernetes/manifests/*.yaml ${stopped}/`);
  lab.mustShell(0, "while pgrep -x etcd; do sleep 1; done");
  lab.mustShell(0, `mv ${data}/member ${data}/member.before-9999`);
}

/** Leaves the control plane's machine like a kill during dpkg. */
export function cutDpkg(lab: Lab): void {
  lab.mustShell(0, "dpkg --status kubelet >/var/lib/dpkg/updates/0000");
  assert.match(lab.shell(0, "apt-get install --reinstall kubelet").stderr, /dpkg was interrupted/);
}

/** Upgrades the control plane's machine and returns the output. */
export function upgrade(lab: Lab, version: string): string {
  // Here groups are of version 1, and the image of a finished pod never finishes.
  const checks = "--ignore-preflight-errors=SystemVerification,CreateJob";
  const lenient = `case $1 in upgrade) set -- "$@" ${checks} ;; esac; exec /usr/bin/kubeadm "$@"`;
  const program = "/usr/local/sbin/kubeadm";
  lab.mustShell(0, `printf '#!/bin/sh\\n%s\\n' '${lenient}' >${program}; chmod 755 ${program}`);
  const said = lab.mustShell(0, `/usr/local/sbin/ml-platform upgrade ${version} 2>&1`);
  lab.mustShell(0, `rm ${program}`);
  return said;
}
