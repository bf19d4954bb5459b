import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import {
  chownSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pki, type Pair } from "../support/pki";
import { toHere, type Content } from "./katib-objects";
import { until } from "./lab";

/** Folders of programs: of Kubernetes with etcd and kubectl, and of Katib. */
export interface Programs {
  readonly kubernetes: string;
  readonly katib: string;
}

/** Folder in which the controller looks for its certificate; there is no way to name another. */
const CERTIFICATES = "/tmp/cert";
const PORTS = { api: 16643, etcd: 16644, peers: 16645, database: 16646 };
/** PostgreSQL refuses to run as root. */
const NOBODY = { uid: 65534, gid: 65534 };
const PASSWORD = "aB3dE5fG7hJ9";
/** The only node, which exists by name alone. */
export const NODE = "node-1";
/** Token by which the API server knows the test itself. */
const TOKEN = "of-this-test";

/** Katib's programs by the names of their Deployments. */
const PROGRAMS: Readonly<Record<string, string>> = {
  "katib-controller": "katib-controller",
  "katib-db-manager": "db-manager",
};

/** A real API server with controllers but no nodes, a PostgreSQL with TLS, and Katib's real programs. */
export class KatibRig {
  readonly folder = mkdtempSync(join(tmpdir(), "katib-"));
  private readonly processes = new Map<string, ChildProcess>();
  private readonly pki = pki();
  private readonly kubeconfig = join(this.folder, "kubeconfig");

  constructor(private readonly programs: Programs) {}

  /** Starts the cluster and PostgreSQL. */
  async up(): Promise<void> {
    const at = (file: string): string => join(this.folder, file);
    writeFileSync(at("tokens"), `${TOKEN},admin,admin,system:masters\n`);
    const key = spawnSync("openssl", ["genrsa", "-out", at("accounts.key"), "2048"]);
    assert.equal(key.status, 0, String(key.stderr));
    const etcd = `http://127.0.0.1:${PORTS.etcd}`;
    this.start("etcd", [
      ...["--data-dir", at("etcd"), "--listen-client-urls", etcd, "--advertise-client-urls", etcd],
      ...["--listen-peer-urls", `http://127.0.0.1:${PORTS.peers}`, "--unsafe-no-fsync"],
    ]);
    this.start("kube-apiserver", [
      ...["--etcd-servers", etcd, "--bind-address", "127.0.0.1"],
      ...["--secure-port", String(PORTS.api), "--cert-dir", at("pki")],
      ...["--token-auth-file", at("tokens"), "--authorization-mode", "RBAC"],
      ...["--service-cluster-ip-range", "10.96.0.0/16", "--endpoint-reconciler-type", "none"],
      ...["--service-account-issuer", "https://kubernetes.default.svc"],
      ...["--service-account-key-file", at("accounts.key")],
      ...["--service-account-signing-key-file", at("accounts.key")],
    ]);
    this.writeKubeconfig(this.kubeconfig, TOKEN);
    await until("API server", 60, () =>
      this.attempt(["get", "namespace", "default"]).status === 0 ? true : undefined,
    );
    this.start("kube-controller-manager", [
      ...["--kubeconfig", this.kubeconfig, "--secure-port", "0"],
      ...["--service-account-private-key-file", at("accounts.key"), "--leader-elect=false"],
    ]);
    const labels = { "node.kubernetes.io/instance-type": "t3.large" };
    const node = { apiVersion: "v1", kind: "Node", metadata: { name: NODE, labels } };
    this.kubectl(["create", "--filename=-"], JSON.stringify(node));
    await this.database();
  }

  /** Starts Katib's programs as the objects in the cluster say, with the rights of its service account. */
  async katib(configuration: string): Promise<void> {
    const token = this.kubectl(["--namespace", "kubeflow", "create", "token", "katib-controller"]);
    const kubeconfig = join(this.folder, "controller");
    this.writeKubeconfig(kubeconfig, token.trim());
    const file = join(this.folder, "katib-config.yaml");
    const config = JSON.parse(configuration) as { init: { controller: object } };
    // No metrics: their port is one that other programs use, too.
    Object.assign(config.init.controller, { metricsAddr: "0" });
    writeFileSync(file, JSON.stringify(config));
    mkdirSync(CERTIFICATES, { recursive: true });
    writeFileSync(join(CERTIFICATES, "tls.crt"), this.pki.server.certificate);
    writeFileSync(join(CERTIFICATES, "tls.key"), this.pki.server.key);
    this.manager();
    this.start("katib-controller", [`--katib-config=${file}`], {
      KUBECONFIG: kubeconfig,
      KATIB_CORE_NAMESPACE: "kubeflow",
      // It joins these two with a dot.
      KATIB_DB_MANAGER_SERVICE_IP: "127.0.0",
      KATIB_DB_MANAGER_SERVICE_NAMESPACE: "1",
    });
    // It tries for the first time after five seconds.
    await until("its table", 30, () =>
      this.sql("SELECT to_regclass('observation_logs')") === "" ? undefined : true,
    );
    await until("Katib's controller", 60, () => {
      const answer = spawnSync("curl", ["--silent", "--fail", "http://127.0.0.1:18080/readyz"]);
      return answer.status === 0 ? true : undefined;
    });
  }

  /** Starts the database manager with the variables of its pod, in the same PostgreSQL. */
  manager(): void {
    this.start("db-manager", [], {
      DB_NAME: "postgres",
      DB_USER: "katib",
      DB_PASSWORD: PASSWORD,
      KATIB_POSTGRESQL_DB_HOST: "127.0.0.1",
      KATIB_POSTGRESQL_DB_PORT: String(PORTS.database),
      KATIB_POSTGRESQL_DB_DATABASE: "katib",
      KATIB_POSTGRESQL_SSL_MODE: "verify-full",
      PGSSLROOTCERT: join(this.folder, "ca.crt"),
    });
  }

  /** Applies an object, whose webhooks lead to this machine. */
  apply(content: Content): void {
    this.kubectl(
      ["apply", "--server-side", "--filename=-"],
      JSON.stringify(toHere(content, this.pki.ca)),
    );
  }

  /** Deletes objects as Pulumi does, and waits for their end. A program of which the Deployment goes ends with it. */
  async remove(contents: readonly Content[]): Promise<void> {
    const items = contents.map(({ metadata, ...others }) => {
      const { name, namespace } = metadata;
      return { ...others, metadata: { name, namespace } };
    });
    const list = JSON.stringify({ apiVersion: "v1", kind: "List", items });
    this.kubectl(["delete", "--filename=-", "--ignore-not-found", "--timeout=60s"], list);
    for (const { kind, metadata } of contents) {
      const program = PROGRAMS[metadata.name];
      if (kind === "Deployment" && program !== undefined) {
        await this.end(program);
      }
    }
  }

  /** `kubectl`, whose failure is one of the test. */
  kubectl(args: readonly string[], input = ""): string {
    const { status, stdout, stderr } = this.attempt(args, input);
    assert.equal(status, 0, `kubectl ${args.join(" ")}: ${stderr}`);
    return stdout;
  }

  /** Waits until these are in a namespace; gives what `kubectl` knows of each. */
  async appears(namespace: string, ...things: readonly string[]): Promise<readonly unknown[]> {
    const found: unknown[] = [];
    for (const thing of things) {
      const args = ["--namespace", namespace, "get", thing, "--output=json"];
      const text = await until(thing, 30, () => {
        const { status, stdout } = this.attempt(args);
        return status === 0 && stdout.includes('"kind"') ? stdout : undefined;
      });
      found.push(JSON.parse(text));
    }
    return found;
  }

  attempt(args: readonly string[], input = "") {
    const program = join(this.programs.kubernetes, "kubectl");
    return spawnSync(program, ["--kubeconfig", this.kubeconfig, ...args], {
      input,
      encoding: "utf8",
    });
  }

  /** Runs a statement in Katib's database. */
  sql(statement: string, database = "katib"): string {
    const address = `host=127.0.0.1 port=${PORTS.database} user=postgres dbname=${database}`;
    const { status, stdout, stderr } = spawnSync(
      join(postgres(), "psql"),
      [address, "-Atqc", statement],
      {
        encoding: "utf8",
      },
    );
    assert.equal(status, 0, stderr);
    return stdout.trim();
  }

  /** Ends a program. */
  async end(name: string): Promise<void> {
    const one = this.processes.get(name);
    this.processes.delete(name);
    if (one !== undefined && one.exitCode === null) {
      const ended = new Promise((resolve) => one.once("exit", resolve));
      one.kill();
      await ended;
    }
  }

  async down(): Promise<void> {
    for (const name of [...this.processes.keys()].reverse()) {
      await this.end(name);
    }
    if (this.home !== "") {
      rmSync(this.home, { recursive: true, force: true });
    }
    rmSync(CERTIFICATES, { recursive: true, force: true });
    rmSync(this.folder, { recursive: true, force: true });
  }

  private start(name: string, args: readonly string[], env: NodeJS.ProcessEnv = {}, as = {}): void {
    const inKatib = ["katib-controller", "db-manager"].includes(name);
    const folder = inKatib ? this.programs.katib : this.programs.kubernetes;
    const log = openSync(join(this.folder, `${name}.log`), "a");
    const program = name === "postgres" ? join(postgres(), name) : join(folder, name);
    const one = spawn(program, args, {
      stdio: ["ignore", log, log],
      env: { PATH: process.env["PATH"], ...env },
      ...as,
    });
    this.processes.set(name, one);
  }

  private home = "";

  private async database(): Promise<void> {
    const as = process.getuid?.() === 0 ? NOBODY : {};
    const home = mkdtempSync(join(tmpdir(), "katib-postgres-"));
    this.home = home;
    const data = join(home, "data");
    const file = (name: string, text: string): string => {
      const path = join(home, name);
      writeFileSync(path, text, { mode: 0o600 });
      chownTo(path, as);
      return path;
    };
    chownTo(home, as);
    const made = spawnSync(
      join(postgres(), "initdb"),
      ["-D", data, "-U", "postgres", "-A", "trust"],
      {
        cwd: home,
        encoding: "utf8",
        ...as,
      },
    );
    assert.equal(made.status, 0, made.stderr);
    const { certificate, key }: Pair = this.pki.server;
    writeFileSync(join(this.folder, "ca.crt"), this.pki.ca);
    const rules = file(
      "rules",
      "host all postgres 127.0.0.1/32 trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n",
    );
    const options = {
      port: PORTS.database,
      listen_addresses: "127.0.0.1",
      unix_socket_directories: "",
      ssl: "on",
      ssl_cert_file: file("tls.crt", certificate),
      ssl_key_file: file("tls.key", key),
      hba_file: rules,
    };
    const given = Object.entries(options).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    this.start("postgres", ["-D", data, ...given], {}, { cwd: home, ...as });
    await until("PostgreSQL", 30, () => {
      const address = `host=127.0.0.1 port=${PORTS.database} user=postgres`;
      return spawnSync(join(postgres(), "psql"), [address, "-c", "select 1"]).status === 0
        ? true
        : undefined;
    });
    this.sql(`CREATE ROLE katib LOGIN PASSWORD '${PASSWORD}'`, "postgres");
    this.sql("CREATE DATABASE katib OWNER katib", "postgres");
  }

  private writeKubeconfig(file: string, token: string): void {
    const cluster = { server: `https://127.0.0.1:${PORTS.api}`, "insecure-skip-tls-verify": true };
    const config = {
      apiVersion: "v1",
      kind: "Config",
      "current-context": "rig",
      clusters: [{ name: "rig", cluster }],
      users: [{ name: "rig", user: { token } }],
      contexts: [{ name: "rig", context: { cluster: "rig", user: "rig" } }],
    };
    writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  }
}

function chownTo(path: string, as: { uid?: number; gid?: number }): void {
  if (as.uid !== undefined && as.gid !== undefined) {
    chownSync(path, as.uid, as.gid);
  }
}

/** Folder of the newest PostgreSQL's programs on Debian, which are not on the PATH. */
function postgres(): string {
  const versions = readdirSync("/usr/lib/postgresql").toSorted();
  return join("/usr/lib/postgresql", versions.at(-1) ?? "", "bin");
}
