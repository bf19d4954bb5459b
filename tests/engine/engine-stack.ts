import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import type { Verdict } from "../../leftovers/audit";
import { edgeGaps } from "./edge-gaps";

const PROJECT = join(__dirname, "..", "..");
const PASSPHRASE = { PULUMI_CONFIG_PASSPHRASE: "correct horse battery staple" };
const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"];

/**
 * Address of the emulator, from `AWS_ENDPOINT_URL`.
 *
 * @throws Error unless it is on this machine, and nothing in the environment bypasses it: these tests create
 *   and destroy resources without asking.
 */
export function emulator(): URL {
  const given = process.env["AWS_ENDPOINT_URL"];
  const url = loopback(given);
  const past = Object.entries(process.env).find(
    ([name, value]) =>
      name === "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS" ||
      (name.startsWith("AWS_ENDPOINT_URL_") && loopback(value) === undefined),
  );
  if (past !== undefined) {
    throw new Error(`${past.join("=")} leads past the emulator; unset it. Nothing was done.`);
  }
  if (url === undefined) {
    throw new Error(
      `AWS_ENDPOINT_URL must be the address of an AWS emulator on this machine, such as ` +
        `http://127.0.0.1:4566; it is ${given ?? "not set"}. Nothing was done.`,
    );
  }
  return url;
}

function loopback(address: string | undefined): URL | undefined {
  const url = address === undefined || !URL.canParse(address) ? undefined : new URL(address);
  return url !== undefined && LOOPBACK.includes(url.hostname) ? url : undefined;
}

/** Milliseconds in which the emulator completes its last request. */
const AFTERMATH = 5000;

/** Milliseconds after which the state has what the engine said that it begins. */
const WRITTEN = 3000;

/** Running children of a process. Each has its own process group. */
function childrenOf(pid: number): string[] {
  const { stdout } = spawnSync("ps", ["-o", "pid=", "--ppid", String(pid)], { encoding: "utf8" });
  return stdout.split("\n").flatMap((line) => line.trim() || []);
}

/** Output of a command, and its exit status. */
export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Colleague with their own folder of the project and their own Pulumi backend. */
export class Colleague {
  private readonly home = mkdtempSync(join(tmpdir(), "ml-platform-"));
  private readonly backend = join(this.home, "backend");
  /** Folder of the project, with the colleague's stack files. */
  readonly project = join(this.home, "project");

  /** Creates the folder, with links to the project. Pulumi's files are copies, since Pulumi writes them. */
  constructor() {
    emulator();
    mkdirSync(this.backend);
    mkdirSync(this.project);
    for (const entry of readdirSync(PROJECT).filter((name) => !name.startsWith("."))) {
      const [from, to] = [join(PROJECT, entry), join(this.project, entry)];
      if (entry === "Pulumi.yaml") {
        const runtime = "--require ./scripts/typescript.cjs";
        const older = `${runtime} --require ./tests/engine/older-runtime.cjs`;
        writeFileSync(to, readFileSync(from, "utf8").replace(runtime, older));
      } else if (/^Pulumi\..*yaml$/.test(entry)) {
        copyFileSync(from, to);
      } else {
        symlinkSync(from, to);
      }
    }
  }

  /** Creates a stack of this repository, with its example values. */
  async stack(stackName: string): Promise<Stack> {
    return LocalWorkspace.createOrSelectStack(
      { stackName, workDir: this.project },
      { envVars: { ...this.login(), ...PASSPHRASE } },
    );
  }

  /**
   * Runs a command of the project as `npm start` does, without the stacks' passphrase.
   *
   * @param file e.g. `commands/compare.ts`.
   * @param env variables beside this process's environment.
   */
  async command(file: string, argv: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
    const node = ["--require", "./scripts/typescript.cjs", file, ...argv];
    const options = {
      cwd: this.project,
      env: {
        ...process.env,
        ...this.login(),
        AWS_ENDPOINT_URL_CLOUDFRONT: await edgeGaps(emulator()),
        ...env,
      },
    };
    return new Promise((resolve) => {
      execFile(process.execPath, node, options, (error, out, err) => {
        resolve({ status: typeof error?.code === "number" ? error.code : 0, out, err });
      });
    });
  }

  /**
   * Runs `pulumi up` or `pulumi destroy`, and kills it with SIGKILL once it has created, or deleted, so many
   * resources, or has printed a certain line. AWS completes the requests of that moment. After that this also kills
   * the children of the CLI.
   *
   * @throws Error when the run ends by itself before that.
   */
  async kill(command: "up" | "destroy", stackName: string, after: number | RegExp): Promise<void> {
    const argv = [command, "--yes", "--skip-preview", "--non-interactive", "--stack", stackName];
    const env = { ...process.env, ...this.login(), ...PASSPHRASE };
    const cli = spawn("pulumi", argv, {
      cwd: this.project,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const exit = once(cli, "exit");
    const [line, times] =
      after instanceof RegExp
        ? [after, 1]
        : [command === "up" ? / created \(/ : / deleted \(/, after];
    const said: string[] = [];
    let children: string[] | undefined;
    for (const stream of [cli.stdout, cli.stderr]) {
      createInterface(stream).on("line", (one) => {
        said.push(one);
        if (children === undefined && said.filter((each) => line.test(each)).length >= times) {
          children = childrenOf(cli.pid ?? 0);
          setTimeout(() => cli.kill("SIGKILL"), after instanceof RegExp ? WRITTEN : 0);
        }
      });
    }
    const [, signal] = (await exit) as [number | null, string | null];
    if (signal !== "SIGKILL") {
      throw new Error(`${command} was not killed:\n${said.slice(-60).join("\n")}`);
    }
    await delay(AFTERMATH);
    for (const child of children ?? []) {
      spawnSync("kill", ["-KILL", child]);
    }
  }

  /** Deletes the incomplete files that a killed engine leaves beside its states, as docs/runbook.md says. */
  deleteEmpty(): void {
    const folder = join(this.backend, ".pulumi", "stacks", "ml-platform");
    readdirSync(folder)
      .map((name) => join(folder, name))
      .filter((file) => file.endsWith(".attrs") && statSync(file).size === 0)
      .forEach((file) => {
        rmSync(file);
      });
  }

  private login(): Record<string, string> {
    return { PULUMI_BACKEND_URL: `file://${this.backend}` };
  }

  /**
   * Creates the same stack with the colleague's own network and people, as the program's messages ask. Does
   * not wait for machines and control plane, since none runs in the emulator.
   */
  async ownStack(stackName: string): Promise<Stack> {
    const stack = await this.stack(stackName);
    const path = true;
    await stack.setConfig("ml-platform:allowedCidrs[0]", { value: "81.2.69.160/27" }, path);
    if ((await stack.getConfig("ml-platform:target")).value !== "sagemaker") {
      await stack.setConfig("ml-platform:kubernetes.readyMinutes", { value: "0" });
    }
    const users = JSON.parse((await stack.getConfig("ml-platform:users")).value) as object[];
    for (const index of users.keys()) {
      const value = `person-${index}@your-company.com`;
      await stack.setConfig(`ml-platform:users[${index}].email`, { value }, path);
    }
    return stack;
  }

  /** The stack's state on disk. */
  state(stackName: string): string {
    const file = join(this.backend, ".pulumi", "stacks", "ml-platform", `${stackName}.json`);
    return readFileSync(file, "utf8");
  }

  /** Deletes the folder and the backend. Destroy the stacks before. */
  leave(): void {
    rmSync(this.home, { recursive: true });
  }
}

/** Sets settings of the program, and others by their full key, as `pulumi config set` does. */
export async function configure(
  stack: Stack,
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [key, value] of Object.entries(settings)) {
    await stack.setConfig(key.includes(":") ? key : `ml-platform:${key}`, { value });
  }
}

/** Findings of `npm run leftovers` for one stack: numbers of each kind, by verdict. */
export interface Audited extends Readonly<Record<Verdict, Readonly<Record<string, number>>>> {
  readonly status: number;
  /** Resources of the state that the audit has found. */
  readonly managed: number;
}

/** Findings for a stack without any resource. */
export const NOTHING: Audited = {
  status: 0,
  managed: 0,
  leftover: {},
  interrupted: {},
  kept: {},
  "user-made": {},
};

/**
 * Audits a colleague's stack as its owner would.
 *
 * @param env as that of {@link Colleague.command}.
 */
export async function audited(
  who: Colleague,
  stack: string,
  region: string,
  env: NodeJS.ProcessEnv = {},
): Promise<Audited> {
  const argv = ["--stack", stack, "--region", region, "--json"];
  const { status, out, err } = await who.command("commands/leftovers.ts", argv, env);
  if (out === "") {
    throw new Error(`the audit says nothing: ${err}`);
  }
  const { stacks, notSeen } = JSON.parse(out) as {
    stacks: { managed: number; remains: { verdict: Verdict; what: string }[] }[];
    notSeen: unknown[];
  };
  if (notSeen.length > 0) {
    throw new Error(`the audit could not look everywhere: ${JSON.stringify(notSeen)}`);
  }
  const found = structuredClone(NOTHING) as Record<Verdict, Record<string, number>>;
  for (const { verdict, what } of stacks.flatMap(({ remains }) => remains)) {
    found[verdict][what] = (found[verdict][what] ?? 0) + 1;
  }
  const managed = stacks.reduce((sum, one) => sum + one.managed, 0);
  return { ...found, status, managed };
}

/** Resource in a state. `id` is AWS's. */
export interface StoredResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** Resources in a state on disk, without the stack itself and its providers. */
export function resourcesIn(state: string): StoredResource[] {
  const { checkpoint } = JSON.parse(state) as {
    checkpoint: { latest?: { resources?: StoredResource[] } };
  };
  return (checkpoint.latest?.resources ?? []).filter(({ type }) => !type.startsWith("pulumi:"));
}

/** The resource of a state with this logical name and this end of its type, `ec2/vpc:Vpc`. */
export function storedResource(state: string, type: string, name: string): StoredResource {
  const found = resourcesIn(state).find(
    (one) => one.type.endsWith(`:${type}`) && one.urn.endsWith(`::${name}`),
  );
  if (found === undefined) {
    throw new Error(`there is no ${type} "${name}" in the state`);
  }
  return found;
}

/** Script of the first boot of a state's control plane, unpacked. */
export function bootScript(state: string): string {
  const { outputs } = storedResource(state, "ec2/instance:Instance", "ec2-nodes-control-plane");
  return gunzipSync(Buffer.from(String(outputs?.["userDataBase64"]), "base64")).toString();
}

/** Plain texts of all secrets in an export that shows them. */
export function secretsIn(exported: unknown): string[] {
  if (typeof exported !== "object" || exported === null) {
    return [];
  }
  const { plaintext } = exported as { plaintext?: unknown };
  return typeof plaintext === "string"
    ? texts(JSON.parse(plaintext))
    : Object.values(exported).flatMap(secretsIn);
}

function texts(value: unknown): string[] {
  if (typeof value === "string") {
    return [value];
  }
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(texts) : [];
}
