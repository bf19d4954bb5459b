import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import type { DeclaredResource } from "../../cost/rule";
import type { Trial } from "../../cost/tuning-run";
import type { Kubectl } from "../../commands/workload/kubectl";
import { KubernetesRunner } from "../../commands/workload/kubernetes";
import { follow, type RunEnd } from "../../commands/workload/one-run";
import { searchSpace, type SearchSpace } from "../../commands/workload/search-space";
import { LOCAL_URL } from "../../components/ml/notebooks/notebooks";
import { bootstrapScript } from "../../targets/ec2/user-data";
import { declaredNotebooks, inTheClear, type Given } from "../support/notebooks";
import { writeIdentity } from "./identity";
import { type Lab, run, until } from "./lab";
import { Wheels } from "./wheels";
import { manifests } from "../notebooks/chart/manifests";

const HERE = join(__dirname, "..", "notebooks");
const CACHE = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "k8s-lab");
const REGION = "eu-central-1";
const BUCKET = "lab-data";

/** The hub's public address; the laboratory's CloudFront forwards requests to the node port. */
export const URL = "https://lab.cloudfront.net";
const STACK_ID = "0a1b2c3d";
const LOGIN = `https://ml-platform-${STACK_ID}.auth.${REGION}.amazoncognito.com`;

/** Counts the established connections of a container to port 443 of a host, in Python. */
const COUNT_CONNECTIONS = `
import socket, sys
address = reversed(socket.inet_aton(socket.gethostbyname(sys.argv[1])))
remote = "".join(f"{byte:02X}" for byte in address) + ":01BB"
rows = [line.split() for line in open("/proc/net/tcp")]
print(sum(row[2] == remote and row[3] == "01" for row in rows))
`;

/** End of a run of the workload, and what it showed meanwhile. */
export interface Worked {
  readonly end: RunEnd;
  readonly steps: readonly string[];
}

/** Metrics that a run of the workload leaves in the bucket. */
export interface Metrics {
  readonly run: string;
  readonly accuracy: number;
  readonly seconds: Readonly<Record<string, number>>;
}

/** Output of `notebooks-seed.sh`. */
interface Seeded {
  readonly id: string;
  readonly secret: string;
  readonly pool: string;
  readonly master: string;
}

/** Result of an act of `day.py`; each act returns some of these fields. */
export interface Answer {
  readonly status?: number;
  readonly url?: string;
  readonly text?: string;
  readonly printed?: string;
  readonly event?: { readonly ready?: boolean; readonly message: string };
  readonly ready?: boolean;
  readonly message?: string;
  readonly seconds?: number | null;
  readonly running?: boolean;
  readonly server?: number;
  readonly page?: number;
  readonly hops?: readonly string[];
}

/** Hub in the laboratory, created from the resources that the program declares. */
export class NotebooksLab {
  private seeded: Seeded = { id: "", secret: "", pool: "", master: "" };
  private readonly wheels: Wheels;
  /** Address at which people reach the hub. */
  private url = URL;

  constructor(
    readonly lab: Lab,
    private readonly program: string,
  ) {
    this.wheels = new Wheels(join(CACHE, "apt", "wheels"), `${lab.packages}/wheels`);
  }

  /** Creates three machines with the program's own scripts, and the AWS services that they use. */
  up(): void {
    const { lab } = this;
    const dir = mkdtempSync(join(tmpdir(), "notebooks-"));
    const identity = writeIdentity(join(dir, "seed"));
    const parameters = "/ml-platform/lab";
    const scripts = (["control-plane", "worker"] as const).flatMap((role) => {
      writeFileSync(join(dir, role), bootstrapScript(role, {}));
      return [`--${role}`, join(dir, role)];
    });
    lab.addEtcdPrograms();
    const settings = {
      KUBERNETES_VERSION: lab.kubernetesVersion,
      API_ENDPOINT: `${lab.machine(0)}:6443`,
      API_CERT_SANS: "api.example.com",
      CA_CERT_HASH: identity.caHash,
      PARAMETERS: parameters,
      CLUSTER_NAME: "lab",
      SERVICE_ACCOUNT_ISSUER: "https://issuer.example.com/lab",
      ETCD_BACKUP_BUCKET: "ml-platform-lab",
      KUBE_PROXY: "install",
      APT_REPOSITORY: lab.packages,
      APT_KEY: lab.packageKey,
      ETCD_PROGRAMS_IMAGE: lab.etcdProgramsImage,
      CONTAINERD_PACKAGE: "containerd.io",
    };
    const set = Object.entries(settings).flatMap(([key, value]) => ["--set", `${key}=${value}`]);
    const seed = ["--seed", join(__dirname, "seed.sh"), "--workers", "2"];
    const env = { SEED: identity.dir, PARAMETERS: parameters, BUCKET: "ml-platform-lab" };
    lab.up([...scripts, ...seed, ...set], env);
    lab.waitReady(500);
    this.approveKubelets();
    const started = spawnSync(this.program, ["notebooks"], { encoding: "utf8" });
    if (started.status !== 0) throw new Error(started.stderr);
    // The laboratory publishes this file as AWS publishes the certificates of RDS's authorities.
    copyFileSync(join(CACHE, "notebooks", "ca.crt"), join(CACHE, "apt", "rds-roots.pem"));
    this.wheels.download();
  }

  /** Approves as the approver does: without serving certificates kubelets return no logs. */
  private approveKubelets(): void {
    const names = this.lab.kubectl("get", "csr", "-o", "name").trim().split("\n");
    this.lab.kubectl("certificate", "approve", ...names);
  }

  /** Creates people, bucket and secret, and the hub's client in the user pool. */
  seed(): void {
    const given = {
      URL,
      LOCAL_URL,
      POOL_DOMAIN: `ml-platform-${STACK_ID}`,
      BUCKET,
      SECRET: "master",
    };
    const set = Object.entries(given).map(([key, value]) => `${key}=${value}`);
    const script = join(__dirname, "notebooks-seed.sh");
    this.seeded = JSON.parse(this.lab.net("env", ...set, script)) as Seeded;
  }

  /** Puts the workload's data where `up` puts them. */
  seedWorkload(): void {
    const data = join(__dirname, "..", "..", "workload", "digits.csv.gz");
    this.lab.net("aws", "s3", "cp", data, `s3://${BUCKET}/public/workload/digits.csv.gz`);
  }

  /** Runs the workload as `npm run workload` does on a cluster, until its end or until `stopAt` matches a step. */
  async workload(person: string, run: string, stopAt?: RegExp): Promise<Worked> {
    const steps: string[] = [];
    const stop = new AbortController();
    const step = (one: string): void => {
      steps.push(one);
      if (stopAt?.test(one) === true) stop.abort();
    };
    const request = { run, person, size: "small" } as const;
    const context = { signal: stop.signal, step, interval: 1000 };
    const end = await follow(new KubernetesRunner(this.kubectl), request, context);
    return { end, steps };
  }

  /** Tunes as `npm run tune` does on a cluster, until its end; `onStep` may disturb it. */
  async tune(
    person: string,
    run: string,
    numbers: Pick<SearchSpace, "trials" | "parallel">,
    onStep: (step: string) => void,
  ): Promise<Worked> {
    const steps: string[] = [];
    const step = (one: string): void => {
      steps.push(one);
      onStep(one);
    };
    const read = searchSpace();
    if ("problem" in read) throw new Error(read.problem);
    const request = { run, person, size: "small", space: { ...read.ok, ...numbers } } as const;
    const context = { signal: new AbortController().signal, step, interval: 1000 };
    return { end: await follow(new KubernetesRunner(this.kubectl), request, context), steps };
  }

  /** Trials of a tuning that is done. */
  trials(person: string, run: string): readonly Trial[] {
    const key = `s3://${BUCKET}/users/${person}/workload/${run}/trials.json`;
    return (JSON.parse(this.lab.net("aws", "s3", "cp", key, "-")) as { trials: Trial[] }).trials;
  }

  /** Metrics of a run that is done. */
  metrics(person: string, run: string): Metrics {
    const key = `s3://${BUCKET}/users/${person}/workload/${run}/metrics.json`;
    return JSON.parse(this.lab.net("aws", "s3", "cp", key, "-")) as Metrics;
  }

  private readonly kubectl: Kubectl = (args, input) => {
    const { status, stdout, stderr } = run(this.program, ["kubectl", ...args], {}, input);
    return status === 0 ? Promise.resolve(stdout) : Promise.reject(new Error(stderr));
  };

  /** Number of connections from the hub to the user pool's pages that are open now. */
  connectionsToPool(): number {
    const hub = ["-n", "jupyterhub", "exec", "deployment/hub", "-c", "hub", "--"];
    const count = ["python3", "-c", COUNT_CONNECTIONS, LOGIN.replace("https://", "")];
    return Number(this.lab.kubectl(...hub, ...count));
  }

  /** Deletes a person from the user pool, as `up` does with people who were removed. */
  removeFromPool(person: string): void {
    const of = ["--user-pool-id", this.seeded.pool, "--username", person];
    this.lab.net("aws", "cognito-idp", "admin-delete-user", ...of);
  }

  /**
   * Acts as `up` does in the cluster: creates what the release needs, waits for the Job, installs the
   * release.
   */
  async apply(given: Given): Promise<void> {
    this.url = typeof given.url === "string" ? given.url : URL;
    const resources = await this.declared(given);
    const inCluster = resources.filter(
      ({ type }) => type.startsWith("kubernetes:") && !type.includes("helm"),
    );
    this.kubectlApply(inCluster.map(({ inputs }) => inputs));
    const job = inCluster.find(({ type }) => type.endsWith(":Job"));
    const { name } = job?.inputs["metadata"] as { name: string };
    const jobs = ["-n", "jupyterhub", `job/${name}`, "--for", "condition=complete"];
    this.lab.kubectl("wait", ...jobs, "--timeout", "180s");
    const release = resources.find(({ type }) => type.endsWith(":Release"));
    const values = release?.inputs["values"] as Record<string, unknown>;
    this.kubectlApply(manifests(values));
    for (const deployment of ["hub", "proxy"]) {
      const of = ["-n", "jupyterhub", `deployment/${deployment}`, "--timeout", "180s"];
      this.lab.kubectl("rollout", "status", ...of);
    }
    if (given.url === undefined) await this.answers();
  }

  /** Waits until the front door leads to the hub: nodes learn a ready pod's address a little later. */
  answers(): Promise<true> {
    const asked = `curl -fso /dev/null --cacert "$CA_FILE" ${URL}/hub/health`;
    return until("the hub's first answer", 60, () =>
      run(this.program, ["net", "bash", "-c", asked]).status === 0 ? true : undefined,
    );
  }

  /** Performs a person's act with `tests/notebooks/day.py`. */
  act(...what: string[]): Answer {
    return JSON.parse(this.lab.net(...this.command(what))) as Answer;
  }

  /** Performs an act in the background. */
  meanwhile(...what: string[]): Promise<Answer> {
    const child: ChildProcess = spawn(this.program, ["net", ...this.command(what)]);
    let [out, err] = ["", ""];
    child.stdout?.on("data", (part: Buffer) => (out += part.toString()));
    child.stderr?.on("data", (part: Buffer) => (err += part.toString()));
    return new Promise((resolve, reject) => {
      child.on("close", (status) => {
        if (status === 0) resolve(JSON.parse(out) as Answer);
        else reject(new Error(`${what.join(" ")}: ${err}`));
      });
    });
  }

  /** Forwards port 8000 to the proxy, as people do without a front door, until `work` has ended. */
  async forwarded(work: () => void): Promise<void> {
    const ports = ["port-forward", "service/proxy-public", "8000:80"];
    const command = ["kubectl", "-n", "jupyterhub", ...ports];
    // A group of its own: the laboratory's program starts kubectl as another process.
    const child = spawn(this.program, command, { detached: true });
    let printed = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (part: Buffer) => (printed += part.toString()));
    }
    try {
      await until("port-forward", 30, () => {
        if (child.exitCode !== null) throw new Error(printed);
        return printed.includes("Forwarding from") || undefined;
      });
      work();
    } finally {
      process.kill(-(child.pid ?? 0));
    }
  }

  /** A field of the pod of a person's server; empty if there is none. */
  server(person: string, path: string): string {
    const of = ["-n", `user-${person}`, "pods", "--field-selector", "metadata.name=notebook"];
    return this.lab.kubectl("get", ...of, "-o", `jsonpath={.items[*]${path}}`);
  }

  private command(what: string[]): string[] {
    return ["env", `HUB=${this.url}`, `LOGIN=${LOGIN}`, "python3", join(HERE, "day.py"), ...what];
  }

  private async declared(given: Given): Promise<DeclaredResource[]> {
    const host = this.lab.net("printenv", "DATABASE_HOST").trim();
    const resources = await declaredNotebooks({
      url: URL,
      stackId: STACK_ID,
      region: REGION,
      bucketName: BUCKET,
      masterSecretArn: this.seeded.master,
      database: {
        host,
        port: 5432,
        name: "platform",
        rootsUrl: `${this.lab.packages}/rds-roots.pem`,
      },
      sizes: [
        { name: "small", vcpus: 1, memoryGib: 0.5 },
        { name: "large", vcpus: 2, memoryGib: 1 },
      ],
      homeGib: 1,
      image: "quay.io/jupyterhub/k8s-singleuser-sample:4.4.0",
      ...given,
    });
    // Values that only AWS knows: the recorder returns the same for every client.
    const text = JSON.stringify(
      resources.map((one) => ({ ...one, inputs: inTheClear(one.inputs) })),
      this.wheels.installing(),
    )
      .replaceAll("notebooks-client-id", this.seeded.id)
      .replaceAll("the-clients-secret", this.seeded.secret);
    return JSON.parse(text) as DeclaredResource[];
  }

  private kubectlApply(items: readonly object[]): void {
    const file = join(mkdtempSync(join(tmpdir(), "notebooks-")), "objects.json");
    writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "List", items }));
    this.lab.kubectl("apply", "-f", file);
  }
}

/** Checks that the laboratory has what notebooks need. */
export function hasNotebooks(): boolean {
  return existsSync(join(CACHE, "notebooks", "ca.crt"));
}
