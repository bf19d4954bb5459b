import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bootstrapScript } from "../../targets/ec2/user-data";
import {
  anonymous,
  cutDpkg,
  cutRestore,
  joinAnew,
  joinToken,
  killWhen,
  nodeOf,
  progress,
  replaceControlPlane,
  SERVICE,
  taints,
  upgrade,
} from "./acts";
import { type Identity, writeIdentity } from "./identity";
import { Lab, until } from "./lab";

/*
 * The bootstrap scripts, run for real: one control plane and two workers, each with its own systemd,
 * containerd and cloud-init, from nothing to Ready nodes.
 *
 *   K8S_LAB=<a program that creates such machines, see lab.ts> npm run test:cluster
 *
 * Needs root and five to ten minutes. K8S_LAB_KEEP=1 keeps the machines for inspection.
 */
const PROGRAM = process.env.K8S_LAB;
const PARAMETERS = "/ml-platform/lab";
const BUCKET = "ml-platform-lab";
const ISSUER = "https://issuer.example.com/lab";
const WORKERS = [1, 2];
const MACHINES = [0, ...WORKERS];

/** The settings that differ between EC2 and this host, and those that have no default. */
function settings(lab: Lab, identity: Identity): Record<string, string> {
  return {
    KUBERNETES_VERSION: lab.kubernetesVersion,
    API_ENDPOINT: `${lab.machine(0)}:6443`,
    API_CERT_SANS: "api.example.com,203.0.113.10",
    CA_CERT_HASH: identity.caHash,
    PARAMETERS,
    CLUSTER_NAME: "lab",
    SERVICE_ACCOUNT_ISSUER: ISSUER,
    ETCD_BACKUP_BUCKET: BUCKET,
    KUBE_PROXY: "install",
    APT_REPOSITORY: lab.packages,
    APT_KEY: lab.packageKey,
    ETCD_PROGRAMS_IMAGE: lab.etcdProgramsImage,
    CONTAINERD_PACKAGE: "containerd.io",
  };
}

/** Starts the machines. Returns once they run, long before they are nodes. */
function start(lab: Lab, identity: Identity): void {
  const scripts = (["control-plane", "worker"] as const).flatMap((role) => {
    const file = join(identity.dir, "..", role);
    writeFileSync(file, bootstrapScript(role, {}));
    return [`--${role}`, file];
  });
  const set = Object.entries(settings(lab, identity)).flatMap(([k, v]) => ["--set", `${k}=${v}`]);
  const seed = ["--seed", join(__dirname, "seed.sh"), "--workers", String(WORKERS.length)];
  lab.up([...scripts, ...seed, ...set], { SEED: identity.dir, PARAMETERS, BUCKET });
}

describe("bootstrap scripts", function () {
  this.timeout(600_000);
  const dir = mkdtempSync(join(tmpdir(), "bootstrap-"));
  const lab = new Lab(PROGRAM ?? "");
  const readyz = `https://${lab.address(0)}:6443/readyz`;
  let identity: Identity;

  before(async function () {
    if (PROGRAM === undefined) {
      console.log("    skipped: K8S_LAB does not name the lab's program");
      this.skip();
    }
    identity = writeIdentity(join(dir, "seed"));
    lab.addEtcdPrograms();
    start(lab, identity);
    const began = Date.now();
    await killWhen(lab, 2, "pgrep -x dpkg");
    await killWhen(lab, 1, "test -e /var/lib/ml-platform/container_runtime.done");
    await killWhen(lab, 0, "test -e /etc/kubernetes/manifests/etcd.yaml");
    await killWhen(lab, 2, "pgrep -f 'kubeadm join'");
    lab.waitReady(500);
    console.log(`    three Ready nodes after ${Math.round((Date.now() - began) / 1000)} s`);
  });

  after(() => {
    if (PROGRAM !== undefined && process.env.K8S_LAB_KEEP === undefined) lab.down();
    rmSync(dir, { recursive: true });
  });

  it("continue after a kill without repeating a step", () => {
    for (const n of MACHINES) {
      const said = progress(lab, n);
      assert.match(said, /step: kernel \(done before\)/, lab.machine(n));
      assert.match(said, n === 0 ? /control plane ready: ip-/ : /worker joined: ip-/);
    }
  });

  it("name nodes by their private DNS name and keep the control plane's taint", () => {
    const nodes = lab.kubectl("get", "nodes", "-o", "name").trim().split("\n");
    for (const n of MACHINES) {
      assert(
        nodes.some((node) => node.startsWith(`node/${lab.machine(n)}.`)),
        nodes.join(" "),
      );
    }
    assert.equal(taints(lab), "node-role.kubernetes.io/control-plane");
  });

  it("label each node with the instance, zone and type that the storage driver reads", () => {
    const { items } = JSON.parse(lab.kubectl("get", "nodes", "-o", "json")) as {
      items: { spec: { providerID: string }; metadata: { labels: Record<string, string> } }[];
    };
    assert.equal(new Set(items.map(({ spec }) => spec.providerID)).size, MACHINES.length);
    for (const { spec, metadata } of items) {
      const { labels } = metadata;
      const zone = labels["topology.kubernetes.io/zone"];
      assert.equal(zone, `${labels["topology.kubernetes.io/region"]}a`);
      assert.match(spec.providerID, new RegExp(`^aws:///${zone}/i-\\w+$`));
      assert.ok(labels["node.kubernetes.io/instance-type"]);
    }
  });

  it("do nothing on a second run", () => {
    for (const n of MACHINES) {
      const before = lab.kubectl("get", "pods", "-A", "-o", "jsonpath={..containerID}");
      const said = lab.shell(n, "/usr/local/sbin/ml-platform bootstrap");
      assert.equal(said.status, 0, said.stderr);
      assert.doesNotMatch(said.stderr, /step: \w+$/m);
      assert.equal(lab.kubectl("get", "pods", "-A", "-o", "jsonpath={..containerID}"), before);
      assert.match(lab.shell(n, `systemctl is-enabled ${SERVICE}`).stdout, /disabled/);
    }
  });

  it("configure an API server that answers anonymous requests for health and discovery only", () => {
    const api = `https://${lab.address(0)}:6443`;
    const info = "/api/v1/namespaces/kube-public/configmaps/cluster-info";
    for (const path of ["/readyz", "/livez", "/healthz", info]) {
      assert.equal(anonymous(lab, api + path), "200", path);
    }
    for (const path of ["/api", "/version", "/api/v1/namespaces/kube-public/configmaps"]) {
      assert.equal(anonymous(lab, api + path), "401", path);
    }
  });

  it("configure an API server that uses the given CA under every name", () => {
    const ca = join(identity.dir, "control-plane", "ca.crt");
    for (const name of ["api.example.com", "203.0.113.10", lab.address(0), lab.machine(0)]) {
      const to = ["--connect-to", `${name}:6443:${lab.address(0)}:6443`];
      const said = lab.net("curl", "-sf", "--cacert", ca, ...to, `https://${name}:6443/readyz`);
      assert.equal(said, "ok", name);
    }
  });

  it("reject a join with another CA", () => {
    const config = {
      apiVersion: "kubeadm.k8s.io/v1beta4",
      kind: "JoinConfiguration",
      discovery: {
        bootstrapToken: {
          apiServerEndpoint: `${lab.machine(0)}:6443`,
          token: joinToken(lab, PARAMETERS),
          caCertHashes: [`sha256:${"0".repeat(64)}`],
        },
      },
      timeouts: { discovery: "3s" },
    };
    // What this machine has since it joined itself; "all" is refused beside any other check.
    const there = ["kubelet.conf", "pki-ca.crt"].map(
      (file) => `FileAvailable--etc-kubernetes-${file}`,
    );
    const ignored = [...there, "DirAvailable--etc-kubernetes-manifests", "Port-10250"].join(",");
    const flags = `--config /dev/stdin --ignore-preflight-errors ${ignored}`;
    const join = `kubeadm join phase preflight ${flags} 2>&1 <<<'${JSON.stringify(config)}'`;
    const said = lab.shell(1, join, 60);
    assert.notEqual(said.status, 0);
    assert.match(said.stdout, /none of the public keys .* are pinned/);
  });

  it("request serving certificates; after approval logs and exec work", async () => {
    const pending = lab.kubectl("get", "csr", "-o", "json");
    const items = (
      JSON.parse(pending) as {
        items: { metadata: { name: string }; spec: { signerName: string }; status: object }[];
      }
    ).items;
    const serving = items
      .filter((csr) => csr.spec.signerName === "kubernetes.io/kubelet-serving")
      .filter((csr) => !("certificate" in csr.status));
    assert(serving.length >= MACHINES.length, pending);
    const dns = ["-n", "kube-system", "deployment/coredns"];
    assert.throws(() => lab.kubectl("logs", ...dns), /tls|certificate/);
    lab.kubectl("certificate", "approve", ...serving.map((csr) => csr.metadata.name));
    await until("logs", 60, () => {
      try {
        return lab.kubectl("logs", ...dns);
      } catch {
        return undefined;
      }
    });
    assert.match(lab.kubectl("exec", ...dns, "--", "/coredns", "-version"), /CoreDNS/);
    for (const n of MACHINES) {
      assert.equal(anonymous(lab, `https://${lab.address(n)}:10250/pods`), "401");
    }
  });

  it("run pods that reach a service by name, with seccomp by default", () => {
    lab.kubectl("run", "web", "--image", "web:1", "--port", "8080");
    lab.kubectl("expose", "pod", "web", "--port", "80", "--target-port", "8080");
    lab.kubectl("wait", "--for", "condition=Ready", "pod/web", "--timeout", "90s");
    lab.kubectl("-n", "kube-system", "rollout", "status", "deployment/coredns", "--timeout", "90s");
    lab.kubectl("exec", "web", "--", "/web", "http://web.default.svc.cluster.local/");
    const seccomp = MACHINES.map(
      (n) => lab.shell(n, "grep -H Seccomp: /proc/$(pgrep -x web)/status").stdout,
    );
    assert.match(seccomp.join(""), /Seccomp:\s+2/);
  });

  it("sign service account tokens for the public issuer with the given key", () => {
    const token = lab.kubectl("create", "token", "default", "--audience", "sts.amazonaws.com");
    const [, payload] = token.split(".");
    const text = Buffer.from(payload ?? "", "base64url").toString();
    const { iss, aud } = JSON.parse(text) as { iss: string; aud: string[] };
    assert.deepEqual([iss, aud], [ISSUER, ["sts.amazonaws.com"]]);
  });

  it("keep an audit log without bodies of secrets", () => {
    lab.kubectl("create", "secret", "generic", "plain", "--from-literal", "word=sesame-open");
    // A node may not read this one, and is seen to have tried.
    lab.shell(1, "kubectl --kubeconfig /etc/kubernetes/kubelet.conf get secret plain");
    const log = lab.mustShell(0, "cat /var/log/kubernetes/audit.log");
    for (const user of ["kubernetes-admin", `system:node:${lab.machine(1)}`]) {
      assert.match(log, new RegExp(`"username":"${user}.*"resource":"secrets".*"name":"plain"`));
    }
    assert.doesNotMatch(log, /sesame-open|c2VzYW1lLW9wZW4/);
  });

  it("leave no secret in user data, journal or cloud-init's log", () => {
    for (const n of MACHINES) {
      const said = lab.mustShell(
        n,
        `journalctl --no-pager; cat /var/log/cloud-init-output.log /usr/local/sbin/ml-platform`,
      );
      assert(!said.includes(identity.joinToken), lab.machine(n));
      assert.doesNotMatch(said, /BEGIN (RSA |EC )?PRIVATE KEY/);
      assert.equal(lab.mustShell(n, "ls /run/ml-platform"), "");
    }
  });

  it("store a new join token in SSM, with which a later worker joins", async () => {
    lab.mustShell(0, "systemctl start ml-platform-join-token.service");
    const rotated = joinToken(lab, PARAMETERS);
    assert.notEqual(rotated, identity.joinToken);
    const admin = "export KUBECONFIG=/etc/kubernetes/admin.conf;";
    assert.match(lab.mustShell(0, `${admin} kubeadm token list`), new RegExp(rotated));
    lab.mustShell(0, `${admin} kubeadm token delete ${identity.joinToken}`);
    const timer = lab.mustShell(0, "systemctl list-timers --no-pager ml-platform-*");
    assert.match(timer, /ml-platform-join-token/);

    joinAnew(lab, 2);
    await until("readyz", 30, () => anonymous(lab, readyz) === "200" || undefined);
  });

  it("snapshot etcd to the bucket with encrypted secrets, and restore from it", () => {
    lab.kubectl("create", "configmap", "kept", "--from-literal", "word=still-here");
    lab.mustShell(0, "systemctl start ml-platform-etcd-backup.service");
    const list = lab.net("aws", "s3", "ls", `s3://${BUCKET}/etcd/lab/`);
    assert.match(list, /\d{8}T\d{6}Z\.db/);

    const pki = "/etc/kubernetes/pki/etcd";
    const etcdctl = `/var/lib/ml-platform/etcd-*/etcdctl --cacert ${pki}/ca.crt \
      --cert ${pki}/healthcheck-client.crt --key ${pki}/healthcheck-client.key`;
    const stored = lab.mustShell(0, `${etcdctl} get /registry/secrets/default/plain`);
    assert.match(stored, /k8s:enc:secretbox:v1:key1:/);
    assert(!stored.includes("sesame-open"));

    lab.mustShell(0, "systemctl start ml-platform-join-token.service");
    const younger = joinToken(lab, PARAMETERS);
    lab.kubectl("delete", "configmap", "kept");
    lab.kubectl("create", "configmap", "later", "--from-literal", "word=gone");
    cutRestore(lab);
    lab.mustShell(0, "/usr/local/sbin/ml-platform etcd-restore latest");
    const kept = lab.kubectl("get", "configmap", "kept", "-o", "jsonpath={.data.word}");
    assert.equal(kept, "still-here");
    assert.equal(lab.kubectl("get", "configmap", "later", "--ignore-not-found"), "");
    lab.waitReady(120);
    lab.kubectl("run", "after", "--image", "web:1");
    lab.kubectl("wait", "--for", "condition=Ready", "pod/after", "--timeout", "120s");
    // The members that were cut off came back, and were then kept.
    assert.match(lab.mustShell(0, "ls /var/lib/etcd"), /^member\nmember\.before-2\w+\n$/);
    // The snapshot does not know the token that was in SSM when it came back.
    assert.notEqual(joinToken(lab, PARAMETERS), younger);
    joinAnew(lab, 2);
  });

  it("upgrade Kubernetes in place, also repeatedly", () => {
    cutDpkg(lab);
    assert.match(upgrade(lab, lab.kubernetesVersion), /control plane upgraded: 1\./);
    assert.equal(lab.mustShell(0, "ls /var/lib/dpkg/updates"), "");
    assert.match(lab.mustShell(0, "apt-mark showhold"), /kubeadm\nkubectl\nkubelet/);
    assert.equal(taints(lab), "node-role.kubernetes.io/control-plane");
    const wrong = lab.shell(0, "/usr/local/sbin/ml-platform upgrade 1.36");
    assert.match(wrong.stderr, /VERSION must be exact, as 1\.36\.4; got "1\.36"/);
  });

  it("restore the cluster on a replaced control plane, with pods and late workers", async () => {
    const running = (): string =>
      lab.kubectl("get", "pod", "web", "-o", "jsonpath={.metadata.uid} {..containerID}");
    const on = lab.kubectl("get", "pod", "web", "-o", "jsonpath={.spec.nodeName}");
    const host = WORKERS.find((n) => on.startsWith(lab.machine(n))) ?? 1;
    const late = host === 1 ? 2 : 1;
    const before = running();
    const forgotten = nodeOf(lab, late);
    lab.mustShell(late, "systemctl stop ml-platform-register.timer");
    lab.kubectl("delete", forgotten); // as if it joined after the snapshot
    lab.mustShell(0, "systemctl start ml-platform-etcd-backup.service");
    const began = Date.now();
    replaceControlPlane(lab);
    console.log(`    a control plane replaced after ${Math.round((Date.now() - began) / 1000)} s`);
    assert.doesNotMatch(lab.kubectl("get", "nodes", "-o", "name"), new RegExp(forgotten));
    lab.mustShell(late, "systemctl start ml-platform-register.timer");
    lab.kubectl("wait", "--for", "create", forgotten, "--timeout", "150s");
    lab.waitReady(120);
    assert.equal(running(), before);
    assert.match(lab.mustShell(host, "pgrep -x web -a"), /web/);
    const token = lab.mustShell(0, "KUBECONFIG=/etc/kubernetes/admin.conf kubeadm token list");
    await until("join token", 30, () => token.includes(joinToken(lab, PARAMETERS)) || undefined);
    lab.kubectl("run", "last", "--image", "web:1");
    lab.kubectl("wait", "--for", "condition=Ready", "pod/last", "--timeout", "120s");
  });
});
