import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";

const SCRIPTS = join(__dirname, "..", "..", "scripts");
const SHA1_BYTES = 20;

type Code = Map<string, { digest: string; data: Buffer }>;

describe("the cache of compiled code", () => {
  // A path without links, as Node names modules. The scripts are copied into it, since they keep things
  // beside themselves and other tests run them at the same time.
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "compiled-")));
  const kept = join(folder, "node_modules", ".cache", "ml-platform", "compiled-code");
  const file = join(folder, "one.js");
  const write = (text: string): void => {
    writeFileSync(file, text);
  };
  const code = (): Code => deserialize(readFileSync(kept).subarray(SHA1_BYTES)) as Code;
  const run = (): { stdout: string; stderr: string } => {
    const args = ["--require", "./scripts/compiled.cjs", file];
    return spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
  };

  before(() => {
    cpSync(SCRIPTS, join(folder, "scripts"), { recursive: true });
  });
  beforeEach(() => {
    rmSync(kept, { force: true });
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it("is used by the next run and not rewritten", () => {
    write(`console.log("one")`);
    assert.equal(run().stdout, "one\n");
    // A run that writes it again puts another file in its place.
    const before = statSync(kept).ino;
    assert.ok(code().has(file));
    assert.equal(run().stdout, "one\n");
    assert.equal(statSync(kept).ino, before);
  });

  it("is not used for changed text of the same length", () => {
    write(`console.log("one")`);
    run();
    write(`console.log("two")`);
    assert.equal(run().stdout, "two\n");
  });

  it("is ignored when its file is damaged", () => {
    write(`console.log("two")`);
    run();
    const other = code().get(file)?.data;
    write(`console.log("one")`);
    run();
    const mixed = code();
    const { digest } = mixed.get(file) ?? {};
    assert.ok(digest !== undefined && other !== undefined);
    const rest = serialize(mixed.set(file, { digest, data: other }));
    const whole = createHash("sha1").update(rest).digest();
    writeFileSync(kept, Buffer.concat([whole, rest]));
    assert.equal(run().stdout, "two\n", "V8 runs what it is handed");
    writeFileSync(kept, Buffer.concat([whole.fill(0), rest]));
    assert.equal(run().stdout, "one\n");
    writeFileSync(kept, "");
    assert.equal(run().stdout, "one\n");
  });

  it("keeps error positions and `require.main`", () => {
    write(`const { basename } = require("node:path"); throw new Error(basename(require.main.id))`);
    for (const time of ["first", "second"]) {
      assert.match(run().stderr, /Error: \.\n +at Object\.<anonymous> \(.*one\.js:1:50\)/, time);
    }
  });

  it("leaves import() to Node", () => {
    write(`import("node:path").then(({ sep }) => console.log(sep))`);
    const { stdout, stderr } = run();
    assert.deepEqual([stdout, stderr], ["/\n", ""]);
  });
});
