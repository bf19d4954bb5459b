import { LocalWorkspace, type DestroyOptions, type Stack } from "@pulumi/pulumi/automation";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PROJECT = join(__dirname, "..", "..");
const PASSPHRASE = { PULUMI_CONFIG_PASSPHRASE: "correct horse battery staple" };
const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"];

/**
 * The address of the emulator, from `AWS_ENDPOINT_URL`.
 *
 * @throws Error unless it is on this machine: these tests create and destroy without asking.
 */
export function emulator(): URL {
  const given = process.env["AWS_ENDPOINT_URL"];
  const url = given === undefined || !URL.canParse(given) ? undefined : new URL(given);
  if (url === undefined || !LOOPBACK.includes(url.hostname)) {
    throw new Error(
      `AWS_ENDPOINT_URL must be the address of an AWS emulator on this machine, such as ` +
        `http://127.0.0.1:4566; it is ${given ?? "not set"}. Nothing was done.`,
    );
  }
  return url;
}

/** What a command has printed, and its exit status. */
export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Somebody who works with the project: a folder and a Pulumi backend of their own. */
export class Colleague {
  private readonly home = mkdtempSync(join(tmpdir(), "ml-platform-"));
  /** Folder of the backend. */
  readonly backend = join(this.home, "backend");
  /** Folder of the project as this person has it, with stack files of their own. */
  readonly project = join(this.home, "project");

  /** The project as this person has it; only Pulumi's files are copies, since Pulumi writes them. */
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

  /** A stack that this repository ships, as it is: with its example values. */
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
   * @param env what the command finds beside this process's environment.
   */
  async command(file: string, argv: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
    const node = ["--require", "./scripts/typescript.cjs", file, ...argv];
    const options = {
      cwd: this.project,
      env: { ...process.env, ...this.login(), ...env },
    };
    return new Promise((resolve) => {
      execFile(process.execPath, node, options, (error, out, err) => {
        resolve({ status: typeof error?.code === "number" ? error.code : 0, out, err });
      });
    });
  }

  /** What somebody's shell has in its environment to run Pulumi. */
  environment(): NodeJS.ProcessEnv {
    return { ...process.env, ...this.login(), ...PASSPHRASE };
  }

  private login(): Record<string, string> {
    return { PULUMI_BACKEND_URL: `file://${this.backend}` };
  }

  /**
   * The same with this person's own network and people, as the messages of the program ask. No machine
   * runs in the emulator, so nothing is waited for.
   */
  async ownStack(stackName: string): Promise<Stack> {
    const stack = await this.stack(stackName);
    const path = true;
    await stack.setConfig("ml-platform:allowedCidrs[0]", { value: "81.2.69.160/27" }, path);
    if ((await stack.getConfig("ml-platform:target")).value === "ec2") {
      await stack.setConfig("ml-platform:kubernetes.readyMinutes", { value: "0" });
    }
    const users = JSON.parse((await stack.getConfig("ml-platform:users")).value) as object[];
    for (const index of users.keys()) {
      const value = `person-${index}@your-company.com`;
      await stack.setConfig(`ml-platform:users[${index}].email`, { value }, path);
    }
    return stack;
  }

  /** The stack's state as it lies on disk. */
  state(stackName: string): string {
    const file = join(this.backend, ".pulumi", "stacks", "ml-platform", `${stackName}.json`);
    return readFileSync(file, "utf8");
  }

  /** Takes the folder and the backend away; the stacks must be destroyed before. */
  leave(): void {
    rmSync(this.home, { recursive: true });
  }
}

/** What `npm run leftovers` says of one stack. */
export interface Audited {
  readonly status: number;
  /** Resources of the state that it has seen. */
  readonly managed: number;
  /** How many of each kind it has found beside the state. */
  readonly beside: Readonly<Record<string, number>>;
  /** How many of each kind nothing knows any more. */
  readonly lost: Readonly<Record<string, number>>;
}

/** Audits a stack of somebody's as its owner would. */
export async function audited(who: Colleague, stack: string, region: string): Promise<Audited> {
  const argv = ["--stack", stack, "--region", region, "--json"];
  const { status, out, err } = await who.command("commands/leftovers.ts", argv);
  if (out === "") {
    throw new Error(`the audit says nothing: ${err}`);
  }
  const { stacks, notSeen } = JSON.parse(out) as {
    stacks: { managed: number; remains: { verdict: string; what: string }[] }[];
    notSeen: unknown[];
  };
  if (notSeen.length > 0) {
    throw new Error(`the audit could not look everywhere: ${JSON.stringify(notSeen)}`);
  }
  const count = (verdict: string): Record<string, number> => {
    const kinds: Record<string, number> = {};
    for (const { what } of stacks
      .flatMap(({ remains }) => remains)
      .filter((one) => one.verdict === verdict)) {
      kinds[what] = (kinds[what] ?? 0) + 1;
    }
    return kinds;
  };
  const managed = stacks.reduce((sum, one) => sum + one.managed, 0);
  return { status, managed, beside: count("beside"), lost: count("lost") };
}

/** What a request is answered with that was carried out before, when the answer to it got lost. */
const CARRIED_OUT = /api error \w+\.NotFound/;

/**
 * A plain destroy. Under load the emulator drops a connection now and then; the provider repeats the
 * request and takes "not found" for a failure. Only then the destroy is run once more, after a refresh.
 */
export async function destroy(stack: Stack, options: DestroyOptions = {}): Promise<void> {
  try {
    await stack.destroy(options);
  } catch (error) {
    if (!(error instanceof Error && CARRIED_OUT.test(error.message))) {
      throw error;
    }
    await stack.refresh();
    await stack.destroy(options);
  }
}

/** A resource as a state has it; `id` is AWS's own. */
interface StoredResource {
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

/** The resource of a state with this logical name and a type that ends so, `ec2/vpc:Vpc`. */
export function storedResource(state: string, type: string, name: string): StoredResource {
  const found = resourcesIn(state).find(
    (one) => one.type.endsWith(`:${type}`) && one.urn.endsWith(`::${name}`),
  );
  if (found === undefined) {
    throw new Error(`there is no ${type} "${name}" in the state`);
  }
  return found;
}

/** Every secret of a stack in clear, by what it stands in; from an export that shows them. */
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
