import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { ETCD_PROGRAMS_IMAGE } from "../../../settings/versions/kubernetes";
import { bootstrapScript } from "../../../targets/ec2/user-data";
import { BootstrapRun } from "./bootstrap-run";

/** Public halves of two keys that were made for this test, each with its fingerprint. */
const KEYS = [
  {
    fingerprint: "AAF79D30E4308ED257731811475697E136EABC65",
    armored: `-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEawtjYBYJKwYBBAHaRw8BAQdA0Td1nwe/vAXsZSzswD4tWR6wIEKweEx+9tVV
OT63RES0DFRlc3Qga2V5IG9uZYiQBBMWCAA4FiEEqvedMOQwjtJXcxgRR1aX4Tbq
vGUFAmsLY2ACGwMFCwkIBwIGFQoJCAsCBBYCAwECHgECF4AACgkQR1aX4TbqvGV5
xwD/dyhGStCOxzCuoMVx0SfsL4IzY5ipyBz6WBx/i1hevmsBAKiOcm++CU2jtIZK
baQASwH+id7K+obsM4HjGOLowukD
=7hKS
-----END PGP PUBLIC KEY BLOCK-----
`,
  },
  {
    fingerprint: "2D09D0403738077A836D8164307115B1F51E31E7",
    armored: `-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEawtjYBYJKwYBBAHaRw8BAQdAgMSyUuSSJuXTSCMvoDcwDidXTNF0aApF8moA
2SLtN/G0DFRlc3Qga2V5IHR3b4iQBBMWCAA4FiEELQnQQDc4B3qDbYFkMHEVsfUe
MecFAmsLY2ACGwMFCwkIBwIGFQoJCAsCBBYCAwECHgECF4AACgkQMHEVsfUeMed6
sgEApwd1VGHo25CedQWGtf79Vp0DHnXRRMB717OR8m3OTPgBALsoVG0SyvUMSJTN
hjcX3eUNdtMPZho72kqt8FlWzYMJ
=y3Y3
-----END PGP PUBLIC KEY BLOCK-----
`,
  },
] as const;
const [MINE, OTHER] = KEYS;

/** As apt, which ends with 0 although a server is unreachable, unless it is told otherwise. */
const UNREACHABLE = `
dpkg() { :; }
dpkg-query() { :; }
sleep() { SECONDS=$((SECONDS + 600)); }
apt-get() {
  echo "apt-get $*" >>"$CALLS"
  [[ $* != *" update" ]] || [[ $* != *"-o APT::Update::Error-Mode=any"* ]] || return 100
}`;

describe("bootstrap scripts, function by function", () => {
  let machine: BootstrapRun;
  const mode = (path: string): number => statSync(join(machine.root, path)).mode & 0o777;
  const file = (path: string): string => readFileSync(join(machine.root, path), "utf8");

  beforeEach(() => {
    machine = new BootstrapRun(["common", "etcd", "control-plane"]);
  });

  afterEach(() => {
    machine.remove();
  });

  describe("packages", () => {
    it("are installed after a complete refresh of the index, and no marker says that there was one", async () => {
      const calls = join(machine.root, "calls");
      const said = await machine.run(`${UNREACHABLE}\nstep kubernetes_packages`, { CALLS: calls });
      assert.notEqual(said.status, 0);
      assert.match(said.err, /FAILED in step kubernetes_packages/);
      assert.equal(
        existsSync(join(machine.root, "var/lib/ml-platform/kubernetes_packages.done")),
        false,
      );
      assert.doesNotMatch(readFileSync(calls, "utf8"), / install /);
    });

    it("have their index refreshed again in the step that installs them", async () => {
      const calls = join(machine.root, "calls");
      const there = UNREACHABLE.replace("return 100", "return 0");
      const steps = "apt-mark() { :; }\nstep kubernetes_packages";
      const said = await machine.run(`${there}\n${steps}`, { CALLS: calls });
      assert.equal(said.status, 0, said.err);
      const verbs = readFileSync(calls, "utf8").match(/ (update|install) ?/g) ?? [];
      assert.deepEqual(
        verbs.map((verb) => verb.trim()),
        ["update", "install"],
      );
      assert.doesNotMatch(bootstrapScript("worker", {}), /step refresh_index/);
    });

    it("are not installed while dpkg is interrupted", async () => {
      const stuck = UNREACHABLE.replace("dpkg() { :; }", "dpkg() { return 2; }");
      const calls = join(machine.root, "calls");
      const said = await machine.run(`${stuck}\nif refresh_index; then echo refreshed; fi`, {
        CALLS: calls,
      });
      assert.equal(said.out, "");
      assert.equal(existsSync(calls), false);
    });
  });

  describe("the key of the packages", () => {
    let server: Server;
    let address: string;
    let content: string;

    before((done) => {
      server = createServer((request, response) => {
        if (request.url === "/elsewhere/Release.key") {
          response.writeHead(302, { location: `${address}/Release.key` }).end();
        } else {
          response.end(content);
        }
      }).listen(0, "127.0.0.1", () => {
        address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        done();
      });
    });

    after(() => {
      server.close();
    });

    const add = (folder = "", key: string = MINE.fingerprint) =>
      machine.run("step repositories", { APT_REPOSITORY: address + folder, APT_KEY: key });

    it("is taken with the pinned fingerprint", async () => {
      content = MINE.armored;
      const said = await add();
      assert.equal(said.status, 0, said.err);
      assert.equal(file("etc/apt/keyrings/kubernetes.asc"), MINE.armored);
      const keyring = join(machine.root, "etc/apt/keyrings/kubernetes.asc");
      assert.equal(
        file("etc/apt/sources.list.d/kubernetes.list"),
        `deb [signed-by=${keyring}] ${address} /\n`,
      );
    });

    it("is refused with another fingerprint, and beside a second key", async () => {
      for (const served of [OTHER.armored, MINE.armored + OTHER.armored, ""]) {
        content = served;
        const said = await add();
        assert.notEqual(said.status, 0);
        assert.equal(existsSync(join(machine.root, "etc/apt/keyrings/kubernetes.asc")), false);
        assert.equal(
          existsSync(join(machine.root, "etc/apt/sources.list.d/kubernetes.list")),
          false,
        );
        assert.equal(
          existsSync(join(machine.root, "var/lib/ml-platform/repositories.done")),
          false,
        );
      }
      content = OTHER.armored;
      const { err } = await add();
      assert.match(
        err,
        new RegExp(`has the fingerprint ${OTHER.fingerprint}, not ${MINE.fingerprint}`),
      );
    });

    it("is not fetched from where a redirect leads without TLS", async () => {
      content = MINE.armored;
      const said = await add("/elsewhere");
      assert.notEqual(said.status, 0);
      assert.match(said.err, /[Pp]rotocol "?http"? (not supported or )?disabled/);
      assert.equal(existsSync(join(machine.root, "etc/apt/keyrings/kubernetes.asc")), false);
    });

    it("is by default that of Kubernetes", async () => {
      const { out } = await machine.run('echo "$APT_KEY $APT_REPOSITORY"');
      assert.equal(
        out,
        "DE15B14486CD377B9E876E1A234654DA9A296436 https://pkgs.k8s.io/core:/stable:/v1.36/deb\n",
      );
    });
  });

  it("send the token of the metadata service without naming it in an argument", async () => {
    const curl = `
curl() {
  local arg
  echo "$*" >>"$CALLS"
  for arg; do [[ $arg != @* ]] || cat "\${arg#@}" >>"$HEADERS"; done
  echo a-secret-token
}
metadata local-ipv4`;
    const [calls, headers] = [join(machine.root, "calls"), join(machine.root, "headers")];
    const said = await machine.run(curl, { CALLS: calls, HEADERS: headers });
    assert.equal(said.status, 0, said.err);
    assert.doesNotMatch(readFileSync(calls, "utf8"), /a-secret-token/);
    assert.equal(readFileSync(headers, "utf8"), "X-aws-ec2-metadata-token: a-secret-token");
  });

  it("pass no join token in an argument of a program", async () => {
    const programs = `
aws() { echo "aws $*" >>"$CALLS"; echo abcdef.0123456789abcdef; }
kubeadm() { echo "kubeadm $*" >>"$CALLS"; echo abcdef.0123456789abcdef; }
kubectl() { return 1; }
systemctl() { :; }
rm() { :; }
NODE_NAME=node ADDRESS=10.0.0.1 ZONE=z AWS_REGION=r INSTANCE_ID=i INSTANCE_TYPE=t`;
    const calls = async (act: string): Promise<string> => {
      const log = join(machine.root, "calls");
      await machine.run(`${programs}\n${act}`, { CALLS: log });
      const made = readFileSync(log, "utf8");
      assert.doesNotMatch(made, /abcdef\./);
      return made;
    };
    assert.match(await calls("rotate_join_token"), /aws ssm put-parameter .*--value file:/);
    machine.remove();
    machine = new BootstrapRun(["common", "worker"]);
    assert.match(await calls("join_once"), /aws ssm get-parameter[^]*kubeadm join --config/);
    assert.match(file("run/ml-platform/kubeadm.yaml"), /token: "abcdef\.0123456789abcdef"/);
    assert.equal(mode("run/ml-platform/kubeadm.yaml"), 0o600);
  });

  it("write the token of a new cluster for root only, and print it nowhere", async () => {
    const act = `
parameter() { echo abcdef.0123456789abcdef; }
identity() { :; }
authentication_config() { :; }
encryption_config() { :; }
rm() { :; }
kubeadm() { echo "kubeadm $*" >>"$CALLS"; }
NODE_NAME=node ADDRESS=10.0.0.1 ZONE=z INSTANCE_ID=i INSTANCE_TYPE=t
kubeadm_init`;
    const calls = join(machine.root, "calls");
    const said = await machine.run(act, { CALLS: calls });
    assert.equal(said.status, 0, said.err);
    assert.match(readFileSync(calls, "utf8"), /^kubeadm init .* --skip-token-print /m);
    assert.match(file("run/ml-platform/kubeadm.yaml"), /abcdef\.0123456789abcdef/);
    assert.equal(mode("run/ml-platform/kubeadm.yaml"), 0o600);
  });

  it("stop where S3 has no answer about snapshots, and make no new cluster", async () => {
    const unreachable = "sleep() { SECONDS=$((SECONDS + 600)); }\naws() { return 255; }\n";
    const backups = { ETCD_BACKUP_BUCKET: "backups", ETCD_BACKUP_PREFIX: "etcd" };
    const said = await machine.run(`${unreachable}restore_last_snapshot; echo went on`, backups);
    assert.notEqual(said.status, 0);
    assert.doesNotMatch(said.out + said.err, /went on|new cluster/);
    const none = await machine.run("aws() { :; }\nrestore_last_snapshot; echo went on", backups);
    assert.match(none.err + none.out, /no snapshot: a new cluster\nwent on/);
  });

  it("stop where the authority in SSM is not the one that workers expect", async () => {
    // The second one reads what the first one writes, which would end by SIGPIPE otherwise.
    const openssl = "openssl() { [[ $1 != pkey ]] || cat >/dev/null; echo key; }";
    const authority = `systemctl() { :; }\nparameter() { echo x; }\n${openssl}\n`;
    const said = await machine.run(`${authority}CA_CERT_HASH=sha256:0\nidentity; echo went on`);
    assert.notEqual(said.status, 0);
    assert.match(said.out + said.err, /ca\.crt in SSM has sha256:\w{64}, workers expect sha256:0/);
    assert.doesNotMatch(said.out, /went on/);
  });

  it("write the encryption key into a file for root only, even where there was another", async () => {
    const path = join(machine.root, "etc/kubernetes/policies/encryption.yaml");
    const act = `parameter() { echo c2VjcmV0; }\ntouch "${path}"\nchmod 644 "${path}"\nencryption_config`;
    const said = await machine.run(act);
    assert.equal(said.status, 0, said.err);
    assert.match(readFileSync(path, "utf8"), /secret: "c2VjcmV0"/);
    assert.equal(statSync(path).mode & 0o777, 0o600);
  });

  it("pull the programs of etcd by digest, once", async () => {
    assert.match(
      ETCD_PROGRAMS_IMAGE,
      /^gcr\.io\/etcd-development\/etcd:v3\.6\.\d+@sha256:[0-9a-f]{64}$/,
    );
    const ctr = `
ctr() { echo "ctr $*" >>"$CALLS"; }
install() { mkdir "$3"; }
etcd_programs
etcd_programs`;
    const calls = join(machine.root, "calls");
    const said = await machine.run(ctr, { CALLS: calls, ETCD_PROGRAMS_IMAGE });
    assert.equal(said.status, 0, said.err);
    const pulls = readFileSync(calls, "utf8").match(/^ctr images pull .*$/gm) ?? [];
    assert.deepEqual(
      pulls.map((line) => line.split(" ").at(-1)),
      [ETCD_PROGRAMS_IMAGE],
    );
  });

  it("accept containerd only with the setting in its running configuration", async () => {
    const step = (dump: string) => `${UNREACHABLE.replace("return 100", "return 0")}
dpkg() { :; }
systemctl() { :; }
containerd() {
  case $* in
    --version) echo 'containerd github.com/containerd/containerd v2.2.1 x' ;;
    'config default') echo 'SystemdCgroup = false' ;;
    'config dump') ${dump} ;;
  esac
}
step container_runtime`;
    const variables = { CALLS: join(machine.root, "calls") };
    const bad = await machine.run(step("echo 'SystemdCgroup = false'"), variables);
    assert.match(bad.err, /containerd did not take SystemdCgroup = true/);
    const done = join(machine.root, "var/lib/ml-platform/container_runtime.done");
    assert.equal(existsSync(done), false);
    // More than a pipe holds, behind the line that is looked for.
    const long =
      "echo 'SystemdCgroup = true'; for ((i = 0; i < 9000; i++)); do echo 0123456789; done";
    const good = await machine.run(step(long), variables);
    assert.equal(good.status, 0, good.err);
    assert.equal(existsSync(done), true);
  });
});
