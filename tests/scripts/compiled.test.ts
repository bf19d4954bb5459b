import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";

const ROOT = join(__dirname, "..", "..");
const KEPT = join(ROOT, "node_modules", ".cache", "ml-platform", "compiled-code");
const SHA1_BYTES = 20;

type Code = Map<string, { digest: string; data: Buffer }>;

function run(file: string): { stdout: string; stderr: string } {
  const args = ["--require", "./scripts/compiled.cjs", file];
  return spawnSync(process.execPath, args, { cwd: ROOT, encoding: "utf8" });
}

describe("compiled code that is kept", () => {
  // A path without links, as Node names modules.
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "compiled-")));
  const file = join(folder, "one.js");
  const write = (text: string): void => {
    writeFileSync(file, text);
  };
  const code = (): Code => deserialize(readFileSync(KEPT).subarray(SHA1_BYTES)) as Code;

  // That of `npm start` goes, too; it makes it anew.
  beforeEach(() => {
    rmSync(KEPT, { force: true });
  });
  after(() => {
    rmSync(KEPT, { force: true });
    rmSync(folder, { recursive: true });
  });

  it("is taken at the next run, which then makes nothing anew", () => {
    write(`console.log("one")`);
    assert.equal(run(file).stdout, "one\n");
    // Whoever makes it anew puts another file in its place.
    const before = statSync(KEPT).ino;
    assert.ok(code().has(file));
    assert.equal(run(file).stdout, "one\n");
    assert.equal(statSync(KEPT).ino, before);
  });

  it("is of the text as it is now, also where that is as long", () => {
    write(`console.log("one")`);
    run(file);
    write(`console.log("two")`);
    assert.equal(run(file).stdout, "two\n");
  });

  it("is nothing once its file is damaged", () => {
    write(`console.log("two")`);
    run(file);
    const other = code().get(file)?.data;
    write(`console.log("one")`);
    run(file);
    const mixed = code();
    const { digest } = mixed.get(file) ?? {};
    assert.ok(digest !== undefined && other !== undefined);
    const rest = serialize(mixed.set(file, { digest, data: other }));
    const whole = createHash("sha1").update(rest).digest();
    writeFileSync(KEPT, Buffer.concat([whole, rest]));
    assert.equal(run(file).stdout, "two\n", "V8 runs what it is handed");
    writeFileSync(KEPT, Buffer.concat([whole.fill(0), rest]));
    assert.equal(run(file).stdout, "one\n");
    writeFileSync(KEPT, "");
    assert.equal(run(file).stdout, "one\n");
  });

  it("says where an error is, and knows what Node's own require does", () => {
    write(`const { basename } = require("node:path"); throw new Error(basename(require.main.id))`);
    for (const time of ["first", "second"]) {
      assert.match(
        run(file).stderr,
        /Error: \.\n +at Object\.<anonymous> \(.*one\.js:1:50\)/,
        time,
      );
    }
  });

  it("leaves import() to Node", () => {
    write(`import("node:path").then(({ sep }) => console.log(sep))`);
    const { stdout, stderr } = run(file);
    assert.deepEqual([stdout, stderr], ["/\n", ""]);
  });
});
