import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readArguments } from "../../commands/arguments";
import { COMMAND as START, readOptions } from "../../commands/options";
import { COMMAND as LEFTOVERS } from "../../commands/leftovers";
import { TRAINING_COMMAND as WORKLOAD } from "../../commands/workload/training-options";
import { PREDICTION_COMMAND as PREDICT } from "../../commands/workload/prediction-options";
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
      [PREDICT, "npm run predict --"],
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
    // Off in the environment in which npm was called.
    assert.equal(problem(START, [], { npm_config_json: "false" }), undefined);
    // Typed after the `--` as well.
    assert.equal(problem(START, ["--equal"], equal), undefined);
  });

  it("are refused without a text, too, as a variable that is empty leaves them", () => {
    for (const [name, { type }] of Object.entries(START.options)) {
      const said = problem(START, [], { [`npm_config_${name.replaceAll("-", "_")}`]: "" });
      if (type === "string") {
        assert.equal(said, `npm keeps --${name} for itself; write npm start -- --${name}=TEXT`);
      } else if (!name.startsWith("no-")) {
        assert.equal(said, `"--no-${name}" or "--${name}=" is no option`);
      }
    }
    assert.equal(problem(START, [], { npm_config_equal: "no" }), '"--equal=no" is no option');
    assert.equal(problem(START, [], { npm_config_billed: "true" }), '"--billed" is no option');
  });

  it("are refused where they are misspelt or cut off", () => {
    for (const [variable, value, said] of [
      ["equals", "true", '"--equals" is no option; did you mean npm start -- --equal?'],
      ["stak", "ec2", '"--stak" is no option; did you mean npm start -- --stack=ec2?'],
      // As near to --stack.
      ["stackz", "ec2", '"--stackz" is no option; did you mean npm start -- --stacks=ec2?'],
      ["scen", "", '"--scen" is no option; did you mean npm start -- --scenario=TEXT?'],
      ["max_incr", "3", '"--max-incr" is no option; did you mean npm start -- --max-increase=3?'],
      ["bill", "", '"--no-bill" is no option; did you mean npm start -- --no-billed?'],
      ["equals", "", '"--no-equals" or "--equals=" is no option'],
      ["equal\u001b", "", '"--no-equal\\u001b" or "--equal\\u001b=" is no option'],
    ] as const) {
      assert.equal(problem(START, [], { [`npm_config_${variable}`]: value }), said);
    }
    const both = problem(START, [], { npm_config_billed: "true", npm_config_equals: "true" });
    assert.equal(both?.split("\n").length, 2);
  });

  it("are written as a command that means the same, or without what cannot be typed", () => {
    const said = (argv: string[], stacks: string): string | undefined =>
      problem(START, argv, { npm_config_stacks: stacks });
    assert.match(said([], "ec2\n\neks") ?? "", /write npm start -- --stacks=ec2,eks$/);
    assert.match(said(["ec2", "eks"], "true\n\ntrue") ?? "", /-- --stacks TEXT$/);
    for (const odd of ["\u001b[2J", "\u202e", "x".repeat(101)]) {
      assert.match(said([], odd) ?? "", /-- --stacks=TEXT$/);
      assert.match(said([odd], "true") ?? "", /-- --stacks TEXT$/);
      assert.match(said([odd], "ec2") ?? "", /-- --stacks=ec2 TEXT$/);
    }
    // A command cannot know which of the two was meant.
    const twice = "npm keeps one of the two --stacks for itself; give it once, after npm start --";
    assert.equal(said(["--stacks", "eks"], "ec2"), twice);
    assert.equal(said(["--stacks=eks"], "ec2"), twice);
  });

  it("are no names of npm itself", () => {
    const { stdout } = spawnSync("npm", ["config", "list", "--long", "--json"], {
      encoding: "utf8",
    });
    const names = [
      ...Object.keys(JSON.parse(stdout) as object),
      // What npm sets without an option, and what it had until version 6, where it handed on all.
      ...["npm-version", "node-gyp", "global-prefix", "local-prefix", "argv", "user-agent"],
      ...[
        "always-auth",
        "cache-lock-stale",
        "group",
        "ham-it-up",
        "metrics-registry",
        "onload-script",
      ],
      ...["rollback", "send-metrics", "sso-type", "tmp", "unsafe-perm", "user", "cache-lock-wait"],
    ];
    assert.ok(names.length > 100);
    for (const command of [START, LEFTOVERS, WORKLOAD]) {
      for (const name of names.filter((one) => !Object.hasOwn(command.options, one))) {
        for (const value of ["", "true", "x"]) {
          const variable = `npm_config_${name.replaceAll("-", "_")}`;
          assert.equal(problem(command, [], { [variable]: value }), undefined, name);
        }
      }
    }
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
      [["start", "--stacks=", "--scenario=false"], "npm start -- --stacks=TEXT --scenario=TEXT"],
      [["start", "--stacks=ec2", "--stacks=eks"], "npm start -- --stacks=ec2,eks"],
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
    assert.equal(problem(command, ["--\u001b[2J"], {}), '"--\\u001b[2J" is no option');
    assert.equal(problem(command, ["\u202ea"], {}), '"\\u{202e}a" is no option');
    assert.ok((problem(command, ["x".repeat(100_000)], {}) ?? "").length < 200);
    assert.ok((problem(command, [`--${"x".repeat(100_000)}`], {}) ?? "").length < 200);
  });

  it("that are wrong are said without advice that leads nowhere", () => {
    const options = {
      equal: FLAG,
      html: { type: "string" },
      help: { ...FLAG, short: "h" },
    } as const;
    for (const [argv, said] of [
      [["--config"], '"--config" is no option'],
      [["--equall"], '"--equall" is no option; did you mean --equal?'],
      [["-x"], '"-x" is no option'],
      [["--html"], "--html needs a value"],
      [["--html", "--equal"], "--html needs a value"],
      [["--equal=yes"], "--equal takes no value"],
      [["--help=yes"], "--help takes no value"],
      [["--html", "a", "--equal", "--html=b"], "--html must be given once"],
    ] as const) {
      assert.equal(problem({ script: "start", options }, argv, {}), said);
    }
  });
});
