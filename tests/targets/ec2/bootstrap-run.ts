import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const FOLDER = join(__dirname, "..", "..", "..", "targets", "ec2", "bootstrap");

/** Folders of a machine that the scripts write to, each with one of its own below a temporary folder. */
const FOLDERS = [
  "/var/lib/ml-platform",
  "/run/ml-platform",
  "/etc/apt",
  "/etc/containerd",
  "/etc/kubernetes",
];

/** Variables without which the scripts do not start. */
const VARIABLES = {
  KUBERNETES_VERSION: "1.36.4",
  API_ENDPOINT: "api:6443",
  CA_CERT_HASH: "sha256:0",
  PARAMETERS: "/p",
  CLUSTER_NAME: "test",
  ETCD_PROGRAMS_IMAGE: "registry/etcd:v1@sha256:0",
};

/** Result of lines that ran after the functions of `bootstrap/`. */
export interface Said {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** A machine's folders, in which functions of the bootstrap scripts run without a machine. */
export class BootstrapRun {
  readonly root = mkdtempSync(join(tmpdir(), "bootstrap-run-"));

  constructor(
    private readonly scripts: readonly ("common" | "etcd" | "control-plane" | "worker")[],
  ) {
    for (const folder of [...FOLDERS, "/etc/apt/sources.list.d", "/etc/kubernetes/policies"]) {
      mkdirSync(join(this.root, folder), { recursive: true });
    }
  }

  /** Deletes the folders. */
  remove(): void {
    rmSync(this.root, { recursive: true });
  }

  /**
   * Runs lines of shell after the functions of the scripts. A function in `lines` takes the place of a command or
   * of a function of the scripts.
   */
  run(lines: string, variables: Readonly<Record<string, string>> = {}): Promise<Said> {
    const script = `${this.scripts.map((name) => this.functions(name)).join("\n")}\n${lines}`;
    return new Promise((resolve, reject) => {
      const bash = spawn("bash", ["--norc", "-c", script], { env: { ...VARIABLES, ...variables } });
      let [out, err] = ["", ""];
      bash.stdout.on("data", (data: Buffer) => (out += data.toString()));
      bash.stderr.on("data", (data: Buffer) => (err += data.toString()));
      bash.on("error", reject);
      bash.on("close", (status) => {
        resolve({ status: status ?? -1, out, err });
      });
    });
  }

  /** A script without its last part, which runs it, and with the folders of this machine. */
  private functions(name: string): string {
    const text = readFileSync(join(FOLDER, `${name}.sh`), "utf8");
    const [own = ""] = text.split("\ncase ${1:-} in");
    return FOLDERS.reduce(
      (script, folder) => script.replaceAll(folder, join(this.root, folder)),
      own,
    );
  }
}
