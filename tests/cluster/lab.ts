import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** Result of one command. */
export interface Result {
  status: number;
  stdout: string;
  stderr: string;
}

/** Host names for commands on the machines' network. `ip netns` mounts the file over /etc/hosts there. */
const NETWORK_HOSTS = "/etc/netns/k8s-lab";

/** Runs a command to its end, with `input` on its standard input. The caller checks its status. */
export function run(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  input = "",
): Result {
  const done = spawnSync(command, args, {
    encoding: "utf8",
    input,
    env: { ...process.env, ...env },
    maxBuffer: 64 * 1024 * 1024,
  });
  if (done.error) throw done.error;
  return { status: done.status ?? -1, stdout: done.stdout, stderr: done.stderr };
}

/** Runs a command like `run`. A failure throws an error with the command's output. */
export function mustRun(command: string, args: string[], env: NodeJS.ProcessEnv = {}): string {
  const { status, stdout, stderr } = run(command, args, env);
  if (status === 0) return stdout;
  throw new Error(`${command} ${args.join(" ")}: status ${status}\n${stdout}\n${stderr}`);
}

/** Waits until `check` returns a value. Calls it once a second. */
export async function until<T>(
  what: string,
  seconds: number,
  check: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = await check();
    if (value !== undefined) return value;
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

/** Machines with systemd, metadata, SSM and packages on this host. The program in `K8S_LAB` creates them. */
export class Lab {
  private readonly cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "k8s-lab");
  private readonly prefix = process.env.K8S_LAB_PREFIX ?? "10.77.0";

  constructor(private readonly program: string) {}

  /** Address of machine `n`. 0 is the control plane, then follow the workers. */
  address(n: number): string {
    return `${this.prefix}.${10 + n}`;
  }

  /** The short name of machine `n`. */
  machine(n: number): string {
    return `ip-${this.address(n).replaceAll(".", "-")}`;
  }

  /** Address at which the lab serves its packages. */
  get packages(): string {
    return `http://${this.prefix}.1:8000/apt`;
  }

  /** Fingerprint of the key that signs them. */
  get packageKey(): string {
    const file = join(this.cache, "apt", "Release.key");
    const keys = mustRun("gpg", ["--batch", "--with-colons", "--show-keys", file]);
    return /^fpr:+([0-9A-F]{40}):$/m.exec(keys)?.[1] ?? "";
  }

  /** The lab's only Kubernetes version. */
  get kubernetesVersion(): string {
    return this.match(fs.readdirSync(join(this.cache, "apt")), /^kubeadm_([\d.]+)-/);
  }

  /** The etcd version of that Kubernetes version. */
  get etcdVersion(): string {
    return this.match(this.images(), /^etcd:([\d.]+)-0$/);
  }

  /** Starts the machines with these scripts. The seed gets `env`. */
  up(args: string[], env: NodeJS.ProcessEnv): void {
    fs.mkdirSync(NETWORK_HOSTS, { recursive: true });
    const hosts = `127.0.0.1 localhost\n${this.address(0)} ${this.machine(0)}\n`;
    fs.writeFileSync(join(NETWORK_HOSTS, "hosts"), hosts);
    mustRun(this.program, ["up", ...args], env);
  }

  /** Deletes everything that `up` created. */
  down(): void {
    mustRun(this.program, ["down"]);
    fs.rmSync(NETWORK_HOSTS, { recursive: true, force: true });
  }

  /** Waits until every script has ended and every machine is a Ready node. */
  waitReady(seconds: number): void {
    mustRun(this.program, ["wait", String(seconds)]);
  }

  /**
   * Runs a shell command as root in machine `n`. One that enters a machine at the start of its boot can hang
   * forever, so a caller that repeats it sets a limit.
   */
  shell(n: number, command: string, seconds = 600): Result {
    const enter = [this.program, "console", this.machine(n), "bash", "-c", command];
    return run("timeout", ["--signal", "KILL", String(seconds), ...enter]);
  }

  /** Runs a shell command like `shell`. A failure throws an error. */
  mustShell(n: number, command: string): string {
    return mustRun(this.program, ["console", this.machine(n), "bash", "-c", command]);
  }

  /** Runs kubectl with the control plane's admin.conf. */
  kubectl(...args: string[]): string {
    return mustRun(this.program, ["kubectl", ...args]);
  }

  /** Runs a command on the machines' network, in which `aws` calls the lab. */
  net(...args: string[]): string {
    return mustRun(this.program, ["net", ...args]);
  }

  /**
   * Adds the etcd project's image to the lab's registry, since the lab's own has the server only. Builds it
   * once from the Go module proxy, without the server, which nobody starts from it.
   */
  addEtcdPrograms(): void {
    const version = this.etcdVersion;
    if (this.images().includes(`etcd:v${version}`)) return;
    const source = join(this.cache, "src", `etcd-programs-${version}`);
    const root = join(source, "root");
    const programs = ["etcdctl", "etcdutl"];
    fs.mkdirSync(join(root, "usr", "local", "bin"), { recursive: true });
    const requires = programs.map((name) => `require go.etcd.io/etcd/${name}/v3 v${version}\n`);
    fs.writeFileSync(join(source, "go.mod"), `module programs\ngo 1.24\n${requires.join("")}`);
    for (const name of programs) {
      const out = ["build", "-C", source, "-o", join(source, name), `go.etcd.io/etcd/${name}/v3`];
      mustRun("go", out, { GOFLAGS: "-mod=mod", CGO_ENABLED: "0" });
      fs.copyFileSync(join(source, name), join(root, "usr", "local", "bin", name));
    }
    const add = join(dirname(this.program), "images.py");
    mustRun("python3", [add, join(this.cache, "images"), `etcd:v${version}`, root, "etcd"]);
  }

  /** The image that `addEtcdPrograms` adds, by its digest in the lab's registry. */
  get etcdProgramsImage(): string {
    const tag = `etcd:v${this.etcdVersion}`;
    return `gcr.io/etcd-development/${tag}@${this.digests()[tag] ?? ""}`;
  }

  private images(): string[] {
    return Object.keys(this.digests());
  }

  /** Digest of each image in the lab's registry, by name and tag. */
  private digests(): Record<string, string> {
    const file = join(this.cache, "images", "tags.json");
    if (!fs.existsSync(file)) throw new Error(`${file} is missing: install the lab first`);
    return JSON.parse(fs.readFileSync(file, "utf8")) as Record<string, string>;
  }

  private match(names: string[], pattern: RegExp): string {
    const found = names.map((name) => pattern.exec(name)?.[1]).find((version) => version);
    if (found === undefined) throw new Error(`${this.cache}: nothing matches ${String(pattern)}`);
    return found;
  }
}
