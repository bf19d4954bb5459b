import assert from "node:assert/strict";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SettingsError } from "../../settings/contract";
import { readStackFile } from "../../settings/schema/stack-file";
import { comparable, settingsCases, stackFileCases } from "../support/corpus";
import { fault, warnings } from "../support/settings";

/** Microseconds of processor time in which every file has an answer; a busy machine takes no more of these. */
const PATIENCE = 5e6;

function spent(begun: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(begun);
  return user + system;
}

const folder = mkdtempSync(join(tmpdir(), "ml-platform-"));
after(() => {
  rmSync(folder, { recursive: true });
});

/** The refusal of a stack file, after its name. */
function refusal(content: string | Buffer): string {
  writeFileSync(join(folder, "Pulumi.x.yaml"), content);
  try {
    readStackFile(folder, "x");
  } catch (error) {
    assert.ok(error instanceof SettingsError, String(error));
    assert.ok(error.message.startsWith("Pulumi.x.yaml "), error.message);
    return error.message.slice("Pulumi.x.yaml ".length);
  }
  return assert.fail(`accepted ${content.toString().slice(0, 100)}`);
}

describe("the corpus of stack files", () => {
  for (const { yaml, reads, refused } of stackFileCases()) {
    it(`${refused === undefined ? "reads" : "refuses"} ${JSON.stringify(yaml)}`, () => {
      if (refused !== undefined) {
        const message = refusal(yaml);
        assert.equal(message.replace(/ at line \d+, column \d+.*$/, ""), refused);
        return;
      }
      writeFileSync(join(folder, "Pulumi.x.yaml"), yaml);
      assert.deepEqual(comparable(readStackFile(folder, "x")), comparable(reads ?? {}));
    });
  }
});

describe("stack files that are large, deep or no text", () => {
  const levels = (count: number, open: string, close: string): string =>
    `config:\n  a: ${open.repeat(count)}${close.repeat(count)}\n`;
  const below = (entry: (index: number) => string, count: number): string =>
    `config:\n${Array.from({ length: count }, (_, index) => entry(index)).join("\n")}\n`;
  const CASES: Readonly<Record<string, readonly [content: () => string | Buffer, RegExp]>> = {
    "5 MB of settings": [
      () => below((at) => `  k${at}: v`, 500_000),
      /at most 64 KiB; it has more$/,
    ],
    "5 MB of one value": [() => `config:\n  a: ${"x".repeat(5e6)}\n`, /at most 64 KiB/],
    "30,000 lists in each other": [() => levels(30_000, "[", "]"), /more than 50 levels/],
    "30,000 lists without an end": [() => levels(60_000, "[", ""), /more than 50 levels/],
    "16,000 groups in each other": [() => levels(15_000, "{a: ", ""), /more than 50 levels/],
    "51 lists in each other": [() => levels(51, "[", "]"), /more than 50 levels/],
    "20,000 anchors of a value": [() => `config:\n  a: ${"&a ".repeat(20_000)}\n`, /one anchor/],
    "aliases of aliases": [
      () => below((at) => `  a${at}: &a${at} [${at === 0 ? "x" : `*a${at - 1},`.repeat(9)}]`, 12),
      /alias that cannot be followed/,
    ],
    "an alias of itself": [() => "config:\n  a: &a [*a]\n", /alias that refers to itself/],
    "bytes that are no text": [() => Buffer.from([0xff, 0xfe, 0, 1]), /must be UTF-8 text/],
    "a key of 60,000 letters": [() => `config:\n  ${"k".repeat(60_000)}: 1\n`, /1024 chars/],
  };
  for (const [name, [content, expected]] of Object.entries(CASES)) {
    it(`are refused in time: ${name}`, () => {
      const begun = process.cpuUsage();
      const message = refusal(content());
      assert.match(message, expected);
      assert.ok(message.length < 400, `${message.length} characters`);
      assert.ok(spent(begun) < PATIENCE);
    });
  }

  it("are refused where they have no end, without reading on", () => {
    symlinkSync("/dev/zero", join(folder, "Pulumi.zero.yaml"));
    assert.throws(() => readStackFile(folder, "zero"), /Pulumi\.zero\.yaml must have at most 64/);
  });
});

describe("the corpus of settings", () => {
  for (const { set, says, fix, warns } of settingsCases()) {
    const named = JSON.stringify(set);
    it(`${warns === undefined ? "refuses" : "warns of"} ${named.slice(0, 100)}`, () => {
      const overrides = Object.fromEntries(
        Object.entries(set).map(([key, value]) => [key, value ?? undefined]),
      );
      if (warns !== undefined) {
        assert.deepEqual(warnings(overrides), warns);
        return;
      }
      const lines = fault(overrides).split("\n").slice(1);
      assert.deepEqual(
        lines
          .filter((line) => line.startsWith("  - "))
          .map((line) => line.slice(4).replace(/^(\S+ must be) (?:.*)?; /, "$1 …; ")),
        says,
      );
      assert.deepEqual(
        lines
          .filter((line) => line.startsWith("      "))
          .map((line) => line.trim().replace(/ --stack test$/, "")),
        fix,
      );
    });
  }
});

describe("a message about settings", () => {
  it("lists twenty faults and counts the rest", () => {
    const unknown = Object.fromEntries(Array.from({ length: 117 }, (_, at) => [`zz${at}`, "1"]));
    const lines = fault(unknown).split("\n");
    assert.equal(lines.filter((line) => line.startsWith('  - "zz')).length, 20);
    assert.equal(lines.at(-1), "  - and 97 more");
  });

  it("lists twenty commands of a fault and counts the rest", () => {
    const twin = { name: "ada", email: "a@x.de", group: "ml-users" };
    const users = JSON.stringify(
      Array.from({ length: 50 }, (_, at) => ({ ...twin, email: `a${at}@x.de` })),
    );
    const text = fault({ users });
    assert.match(text, /users\[0\], users\[1\], .* and 40 more have the same name "ada"/);
    assert.equal(text.match(/pulumi config set/g)?.length, 20);
    assert.match(text, /\n {6}# and 29 more$/);
  });

  it("is short, however long and deep the values are", () => {
    for (const overrides of [
      { owner: "x".repeat(5e6) },
      { ["k".repeat(500_000)]: "1" },
      { users: `[${"[".repeat(20_000)}${"]".repeat(20_000)}]` },
      { allowedCidrs: `["${"x".repeat(100_000)}"]` },
      { "nodes.count": "9".repeat(100_000) },
      { "nodes.instanceType": "m".repeat(100_000) },
      { nodes: `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}` },
    ]) {
      const begun = process.cpuUsage();
      assert.ok(fault(overrides).length < 1000);
      assert.ok(spent(begun) < PATIENCE);
    }
  });
});
