import assert from "node:assert/strict";
import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { chownSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SCRIPT = join(__dirname, "..", "docs", "database-roles.sql");
/** User `nobody`: PostgreSQL refuses to run as root, the user of many containers. */
const NOBODY = { uid: 65534, gid: 65534 };
const AS = process.getuid?.() === 0 ? NOBODY : {};
/** Folder of the server's programs. Debian does not add it to PATH. */
const VERSIONS = "/usr/lib/postgresql";

function programs(): string {
  try {
    return readdirSync(VERSIONS)
      .map((version) => join(VERSIONS, version, "bin"))
      .join(":");
  } catch {
    return "";
  }
}

const ENV = { ...process.env, PATH: `${programs()}:${process.env["PATH"] ?? ""}` };
const run = (command: string, args: readonly string[], input = ""): SpawnSyncReturns<string> =>
  spawnSync(command, args, { encoding: "utf8", input, env: ENV });
/** Runs the server's own programs as `nobody`, who may not enter the folder of this test. */
const serve = (command: string, args: readonly string[]): SpawnSyncReturns<string> =>
  spawnSync(command, args, { encoding: "utf8", env: ENV, cwd: tmpdir(), ...AS });

describe("docs/database-roles.sql on a real PostgreSQL", () => {
  let folder = "";

  before(function () {
    if (serve("initdb", ["--version"]).status !== 0) {
      this.skip(); // no PostgreSQL server on this machine
    }
    folder = mkdtempSync(join(tmpdir(), "roles-"));
    if (AS === NOBODY) {
      chownSync(folder, NOBODY.uid, NOBODY.gid);
    }
    const data = join(folder, "data");
    assert.equal(serve("initdb", ["-D", data, "-A", "trust", "-U", "platform"]).status, 0);
    const listen = `-c listen_addresses= -c unix_socket_directories=${folder}`;
    const log = join(folder, "log");
    const started = serve("pg_ctl", ["-D", data, "-w", "-l", log, "-o", listen, "start"]);
    assert.equal(started.status, 0, started.stderr);
    // As on RDS, its role for logins with tokens, and a database of ours.
    psql("platform", "CREATE ROLE rds_iam NOLOGIN; CREATE DATABASE mlplatform;", "postgres");
  });

  after(() => {
    if (folder !== "") {
      serve("pg_ctl", ["-D", join(folder, "data"), "-m", "immediate", "stop"]);
      rmSync(folder, { recursive: true });
    }
  });

  /** Runs a statement as a user and returns its output. Fails when the statement fails. */
  function psql(user: string, sql: string, database = "mlplatform"): string {
    const { status, stdout, stderr } = attempt(user, sql, database);
    assert.equal(status, 0, stderr);
    return stdout.trim();
  }

  function attempt(user: string, sql: string, database = "mlplatform") {
    const args = ["-h", folder, "-U", user, "-d", database, "-X", "-A", "-t", "-q"];
    return run("psql", [...args, "-v", "ON_ERROR_STOP=1"], sql);
  }

  const give = (people: string) =>
    run("psql", [
      ...["-h", folder, "-U", "platform", "-d", "mlplatform", "-X", "-q"],
      ...["--set", `people=${people}`, "--file", SCRIPT],
    ]);

  it("lets people log in with tokens, create their own schemas and share tables", () => {
    const { status, stderr } = give("ada,grace-2");
    assert.equal(status, 0, stderr);
    const logins = psql(
      "platform",
      "SELECT string_agg(m.rolname, ' ' ORDER BY 1) FROM pg_auth_members a JOIN pg_roles g ON g.oid = a.roleid JOIN pg_roles m ON m.oid = a.member WHERE g.rolname = 'rds_iam'",
    );
    assert.equal(logins, "ada grace-2");
    psql("ada", "CREATE SCHEMA mine; CREATE TABLE mine.t AS SELECT 1 AS x;");
    psql(
      "ada",
      "CREATE TABLE shared.t AS SELECT 2 AS x; GRANT SELECT ON shared.t TO platform_people;",
    );
    assert.equal(psql("grace-2", "SELECT x FROM shared.t"), "2");
  });

  it("denies access to other people's schemas and to public", () => {
    assert.match(attempt("grace-2", "SELECT * FROM mine.t").stderr, /permission denied/);
    assert.match(attempt("grace-2", "CREATE TABLE public.t (x int)").stderr, /permission denied/);
    assert.match(attempt("grace-2", "CREATE ROLE more").stderr, /permission denied/);
  });

  it("changes nothing on a second run, and adds new people", () => {
    const { status, stderr } = give(" ada, grace-2 ,mary ");
    assert.equal(status, 0, stderr);
    assert.equal(psql("ada", "SELECT x FROM mine.t"), "1");
    assert.equal(psql("mary", "SELECT current_user"), "mary");
    const logins = "SELECT count(*) FROM pg_roles WHERE rolcanlogin";
    assert.equal(psql("platform", logins), "4"); // the three, and the master user
  });

  it("quotes names, so that SQL in a name is not executed", () => {
    const { status, stderr } = give(`eve"; DROP SCHEMA mine CASCADE; --`);
    assert.equal(status, 0, stderr);
    assert.equal(psql("ada", "SELECT x FROM mine.t"), "1");
  });

  it("runs in one transaction: after an error nothing has changed", () => {
    psql("platform", "ALTER ROLE rds_iam RENAME TO gone");
    assert.notEqual(give("late").status, 0);
    assert.equal(psql("platform", "SELECT count(*) FROM pg_roles WHERE rolname = 'late'"), "0");
  });
});
