import { until, type Lab } from "./lab";

/** The unit that makes a machine a node. */
export const SERVICE = "ml-platform-bootstrap";

/** What the bootstrap of machine `n` has said so far. */
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

/** Makes machine `n` join as a new one, with the token that SSM has now. */
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

/** Puts a control plane in the place of this one that has nothing of it but its script. */
export function replaceControlPlane(lab: Lab): void {
  const anew = [
    "cp /usr/local/sbin/ml-platform /root/user-data",
    "systemctl disable --now ml-platform-{join-token,etcd-backup}.timer",
    "kubeadm reset --force",
    "rm -rf /var/lib/ml-platform /etc/systemd/system/ml-platform* /usr/local/sbin/ml-platform",
    "systemctl daemon-reload",
    "bash /root/user-data",
  ];
  lab.mustShell(0, anew.join(" && "));
}

/** Upgrades the control plane's machine; what it says. */
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
