import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SettingsError } from "../../../settings/contract";
import { readStackFile, refuseRepeatedKeys } from "../../../settings/schema/stack-file";

describe("reading a stack file", () => {
  const folder = mkdtempSync(join(tmpdir(), "ml-platform-"));
  after(() => {
    rmSync(folder, { recursive: true });
  });
  const read = (content: string): ReturnType<typeof readStackFile> => {
    writeFileSync(join(folder, "Pulumi.x.yaml"), content);
    return readStackFile(folder, "x");
  };

  it("returns text as it is and everything else as JSON, as the engine does", () => {
    const source = read("config:\n  a:b: text\n  a:n: 3\n  a:t: true\n  a:l: [1, x]\n  a:s: '3'\n");
    assert.deepEqual(source, {
      "a:b": "text",
      "a:n": "3",
      "a:t": "true",
      "a:l": '[1,"x"]',
      "a:s": "3",
    });
  });

  it("returns a setting without a value as empty text, and an empty list entry as null", () => {
    const source = read("config:\n  a:e:\n  a:t: ~\n  a:n: null\n  a:l: [~]\n");
    assert.deepEqual(source, { "a:e": "", "a:t": "", "a:n": "", "a:l": "[null]" });
  });

  it("reads numbers with a leading zero as the engine does", () => {
    const source = read("config:\n  a:o: 010\n  a:d: 089\n  a:z: 0\n  a:s: '010'\n  a:l: [010]\n");
    assert.deepEqual(source, { "a:o": "8", "a:d": "89", "a:z": "0", "a:s": "010", "a:l": "[8]" });
  });

  it("accepts keys as old versions of Pulumi wrote them", () => {
    const source = read("config:\n  ml-platform:config:owner: a\n  aws:config:region: b\n");
    assert.deepEqual(source, { "ml-platform:owner": "a", "aws:region": "b" });
  });

  it("refuses a key in two forms, of which the engine takes either", () => {
    const forms = ["nodes.count", "ml-platform:nodes.count", "ml-platform:config:nodes.count"];
    for (const [one, other] of [
      [0, 1],
      [1, 0],
      [1, 2],
      [0, 2],
    ] as const) {
      assert.throws(() => read(`config:\n  ${forms[one]}: 5\n  ${forms[other]}: 4\n`), {
        constructor: SettingsError,
        message: `Pulumi.x.yaml sets the same key twice, as "${forms[one]}" and as "${forms[other]}"; delete one of them`,
      });
      assert.throws(() => {
        refuseRepeatedKeys(folder, "x");
      }, /sets the same key twice/);
    }
    read("config:\n  nodes.count: 5\n");
    refuseRepeatedKeys(folder, "x");
    refuseRepeatedKeys(folder, "without-a-file");
  });

  it("omits encrypted values", () => {
    assert.deepEqual(read("config:\n  a:b:\n    secure: v1:abc\n"), { "a:b": undefined });
    const part = "config:\n  a:b:\n    - roleArn: x\n      externalId:\n        secure: v1:abc\n";
    assert.deepEqual(read(part), { "a:b": undefined });
  });

  it("explains a missing file, invalid YAML and missing settings", () => {
    writeFileSync(join(folder, "Pulumi.x.yaml"), "");
    assert.throws(() => readStackFile(folder, "nope"), {
      constructor: SettingsError,
      message: "there is no Pulumi.nope.yaml; stacks with a file: x",
    });
    assert.throws(() => read("config: [}"), /Pulumi\.x\.yaml is not valid YAML: /);
    assert.throws(() => read("a: b\n"), /has no "config:"/);
    assert.throws(() => read("config:\n  a:b: c\n---\nconfig:\n  a:b: d\n"), {
      constructor: SettingsError,
      message: /^Pulumi\.x\.yaml must be one YAML document; it has several: delete/,
    });
    mkdirSync(join(folder, "Pulumi.folder.yaml"));
    assert.throws(() => readStackFile(folder, "folder"), {
      constructor: SettingsError,
      message: "Pulumi.folder.yaml is a folder, not a file",
    });
    assert.throws(() => read("config:\n  a:b: &self\n    - *self\n"), {
      constructor: SettingsError,
      message: /^Pulumi\.x\.yaml has .*an alias that refers to itself/,
    });
  });
});
