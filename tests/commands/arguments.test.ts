import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readArguments } from "../../commands/arguments";
import { COMMAND as START, readOptions } from "../../commands/options";
import { COMMAND as LEFTOVERS } from "../../commands/leftovers";
import { COMMAND as WORKLOAD } from "../../commands/workload/options";
import { TUNING_COMMAND as TUNE } from "../../commands/workload/tuning-options";

const ROOT = join(__dirname, "..", "..");
const FLAG = { type: "boolean", default: false } as const;

/** The problem with arguments, npm having set these variables. */
function problem(
  command: Parameters<typeof readArguments>[0],
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
): string | undefined {
  const read = readArguments(command, argv, { npm_lifecycle_event: command.script, ...env });
  return "problem" in read ? read.problem : undefined;
}

describe("options that npm keeps for itself", () => {
  it("are refused, each of every command, with the right way to write them", () => {
    for (const [command, run] of [
      [START, "npm start --"],
      [LEFTOVERS, "npm run leftovers --"],
      [WORKLOAD, "npm run workload --"],
      [TUNE, "npm run tune --"],
    ] as const) {
      for (const [name, { type }] of Object.entries(command.options)) {
        const isNo = name.startsWith("no-");
        const variable = `npm_config_${name.replace(/^no-/, "").replaceAll("-", "_")}`;
        const [value, typed] = isNo
          ? ["", `--${name}`]
          : type === "string"
            ? ["a b", `--${name}='a b'`]
            : ["true", `--${name}`];
        const said = problem(command, [], { [variable]: value });
        const word = typed.includes("=") ? `'--${name}=a b'` : typed;
        assert.equal(
          said?.replace(typed, word),
          `npm keeps --${name} for itself; write ${run} ${word}`,
          name,
        );
      }
    }
  });

  it("are written with the text that npm has torn off, if it is sure whose it is", () => {
    const said = (argv: string[], ...names: string[]): string | undefined =>
      problem(START, argv, Object.fromEntries(names.map((name) => [`npm_config_${name}`, "true"])));
    assert.match(said(["ec2"], "stacks") ?? "", /write npm start -- --stacks ec2$/);
    assert.match(said(["ec2"], "stacks", "equal") ?? "", /-- --stacks ec2 --equal$/);
    assert.match(said(["a", "b"], "stacks", "scenario") ?? "", /-- --stacks TEXT --scenario TEXT$/);
    assert.match(said(["$(id)"], "stacks") ?? "", /-- --stacks '\$\(id\)'$/);
  });

  it("are no matter where nothing shows that they were typed", () => {
    const equal = { npm_config_equal: "true" };
    // A script of another name runs this command, or none does.
    assert.equal(problem(START, [], { ...equal, npm_lifecycle_event: "test" }), undefined);
    assert.ok("ok" in readOptions([], equal));
    // `--no-equal`, and a switch that is off.
    assert.equal(problem(START, [], { npm_config_equal: "" }), undefined);
    // Typed after the `--` as well.
    assert.equal(problem(START, ["--equal"], equal), undefined);
  });

  it("are no matter where a file of npm's sets one that npm has, too", () => {
    const folder = mkdtempSync(join(tmpdir(), "ml-platform-"));
    const file = join(folder, ".npmrc");
    const json = { npm_config_json: "true" };
    for (const env of [{ npm_config_userconfig: file }, { npm_config_local_prefix: folder }]) {
      writeFileSync(file, "audit=false\n");
      assert.match(problem(START, [], { ...json, ...env }) ?? "", /npm keeps --json/);
      writeFileSync(file, "audit=false\njson = true\n");
      assert.equal(problem(START, [], { ...json, ...env }), undefined);
    }
    rmSync(folder, { recursive: true });
  });

  it("are refused by the commands themselves, run by npm", () => {
    const { PATH, HOME } = process.env;
    for (const [args, right] of [
      [["start", "--stacks=ec2", "--equal"], "npm start -- --stacks=ec2 --equal"],
      [["run", "leftovers", "--no-state", "--account"], "leftovers -- --account --no-state"],
      [["run", "prices", "--from", "x"], "npm run prices -- --from x"],
    ] as const) {
      const { status, stdout, stderr } = spawnSync("npm", ["--silent", ...args], {
        cwd: ROOT,
        encoding: "utf8",
        env: { PATH, HOME },
      });
      assert.deepEqual([status, stdout], [2, ""], stderr);
      assert.ok(stderr.includes(`for itself; write `) && stderr.includes(right), stderr);
    }
  });
});

describe("arguments", () => {
  it("that are wrong are said without what could affect the terminal", () => {
    const command = { script: "start", options: { equal: FLAG } } as const;
    assert.match(problem(command, ["--\u001b[2J"], {}) ?? "", /Unknown option '--\\u001b\[2J'/);
    assert.equal(problem(command, ["\u202ea"], {}), '"\\u{202e}a" is no option');
    assert.ok((problem(command, ["x".repeat(100_000)], {}) ?? "").length < 200);
    assert.ok((problem(command, [`--${"x".repeat(100_000)}`], {}) ?? "").length < 200);
  });
});
