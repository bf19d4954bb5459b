import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadSettings } from "../../settings";
import { SettingsError } from "../../settings/contract";
import { escaped } from "../../settings/foreign-text";
import { AWS_NAMES } from "../../settings/schema/aws-config";
import { warningMessage } from "../../settings/schema/message";
import { flatten } from "../../settings/schema/setting";
import { SHARED_SETTINGS, TARGET_NAMES } from "../../settings/shared";
import { profileOf } from "../../settings/targets";
import { config, type Overrides } from "../support/declared";
import { TODAY } from "../support/resources";

/** Texts that a shell would run, or a terminal obey; each leaves a file `pwned` where it is run. */
const HOSTILE = [
  "$(touch pwned)",
  "`touch pwned`",
  "$(>pwned)",
  "`>pwned`",
  "x;>pwned",
  "x; touch pwned",
  "x && touch pwned #",
  "x | touch pwned",
  "x > pwned",
  "'; touch pwned; '",
  '"; touch pwned; "',
  "x\ntouch pwned",
  "x\r\ntouch pwned",
  "\u001b[31mred",
  "a\u202eb",
  "-x",
  "~/x*",
];

/** Forms in which a stack file may have a text: as it is, in a list, in a map, as a name, twice. */
const FORMS: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => JSON.stringify([text]),
  (text) => JSON.stringify({ [text]: text }),
  (text) => JSON.stringify([{ name: text, email: text }]),
  (text) => `arn:aws:ses:eu-west-3:123456789012:identity/${text}`,
];

/** Everything that is printed about settings. */
function printedAbout(overrides: Overrides): string {
  try {
    const { warnings } = loadSettings("test", config(overrides), TODAY);
    return warnings.map((one) => warningMessage("test", one)).join("\n");
  } catch (error) {
    assert.ok(error instanceof SettingsError, String(error));
    return error.message;
  }
}

/** Settings with hostile text in each form, and as their names. */
function* hostileSettings(): Generator<Overrides> {
  for (const target of TARGET_NAMES) {
    const own = target === "ec2" ? { ...SHARED_SETTINGS } : {};
    const paths = flatten({ ...own, ...profileOf(target).settings }).map(
      ({ path, setting }) => setting.key ?? path,
    );
    const names = [...paths, ...(target === "ec2" ? AWS_NAMES.map((name) => `aws:${name}`) : [])];
    for (const name of names) {
      for (const text of HOSTILE) {
        for (const form of FORMS) {
          yield { target, [name]: form(text) };
        }
      }
    }
  }
  for (const text of HOSTILE) {
    for (const value of ["1", "", "[1]", "{}", text]) {
      for (const name of [
        text,
        `aws:${text}`,
        `nodes.${text}`,
        `ml-platform:${text}`,
        `${text}:x`,
      ]) {
        yield { [name]: value };
      }
    }
  }
}

describe("commands below faults and warnings", () => {
  const commands = new Set<string>();

  before(() => {
    for (const overrides of hostileSettings()) {
      for (const line of printedAbout(overrides).split("\n")) {
        if (line.trimStart().startsWith("pulumi config ")) {
          commands.add(line.trimStart());
        }
      }
    }
    assert.ok(commands.size > 50, String(commands.size));
  });

  it("have no sign that a terminal obeys or does not show", () => {
    for (const command of commands) {
      assert.equal(escaped(command), command);
    }
  });

  it("run nothing but pulumi, and hand their texts to it as they are", () => {
    const folder = mkdtempSync(join(tmpdir(), "commands-"));
    const input = ["pulumi() { :; }", "set -u", ...commands].join("\n");
    const { status, stdout, stderr } = spawnSync("bash", { cwd: folder, input, encoding: "utf8" });
    assert.deepEqual([status, stdout, stderr], [0, "", ""]);
    assert.deepEqual(readdirSync(folder), []);
    rmSync(folder, { recursive: true });
  });
});
