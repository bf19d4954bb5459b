import assert from "node:assert/strict";
import { compare, type CompareContext } from "../../commands/compare";
import { plain } from "../../commands/table";
import { CostError } from "../../cost/cost-error";
import { SettingsError } from "../../settings/load";
import { assertGolden } from "../support/golden";
import { pricedStack } from "../support/priced";

interface Run {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command on stacks made by hand, on a fixed day. */
async function run(argv: string[], changes: Partial<CompareContext> = {}): Promise<Run> {
  let [out, err] = ["", ""];
  const status = await compare(argv, {
    stacks: () => ["small", "large"],
    priceStack: (stack, usage) =>
      Promise.resolve(pricedStack(stack, stack === "small" ? 1 : 3, usage)),
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    paint: plain,
    today: "2026-11-23",
    ...changes,
  });
  return { status, out, err };
}

describe("npm start", () => {
  it("prints a table for each stack and what is behind it", async () => {
    const { status, out, err } = await run([]);
    assert.deepEqual([status, err], [0, ""]);
    assertGolden("compare.txt", out);
  });

  it("never shows an amount for what depends on usage, and keeps to 100 columns", async () => {
    const { out } = await run([]);
    const open = out.split("\n").filter((line) => line.includes("depends on usage  "));
    assert.ok(open.length > 0);
    assert.ok(open.every((line) => /not added$/.test(line) && !line.includes("0.00")));
    assert.ok(out.split("\n").every((line) => line.length <= 100));
  });

  it("prices the stacks asked for, in that order, and needs no summary for one", async () => {
    const titles = (out: string): string[] => out.match(/^Stack \w+:/gm) ?? [];
    assert.deepEqual(titles((await run(["--stacks", "large, small"])).out), [
      "Stack large:",
      "Stack small:",
    ]);
    const one = (await run(["--stacks=large"])).out;
    assert.deepEqual(titles(one), ["Stack large:"]);
    assert.doesNotMatch(one, /Side by side/);
  });

  it("prints JSON of the documented shape", async () => {
    const { status, out } = await run(["--json", "--stacks", "small"]);
    assert.equal(status, 0);
    assertGolden("compare.json", out);
    const { stacks } = JSON.parse(out) as {
      stacks: { totals: { totalCents: number }; lines: { monthCents: number | null }[] }[];
    };
    const sum = stacks[0]!.lines.reduce((total, { monthCents }) => total + (monthCents ?? 0), 0);
    assert.equal(sum, stacks[0]!.totals.totalCents);
  });

  it("lists every option with --help", async () => {
    for (const argv of [["--help"], ["-h"]]) {
      const { status, out, err } = await run(argv);
      assert.deepEqual([status, err], [0, ""]);
      for (const option of ["--stacks", "--json", "--help"]) {
        assert.ok(out.includes(option), option);
      }
    }
  });

  it("ends with 2 on wrong arguments, with nothing on standard output", async () => {
    for (const argv of [["--stack", "a"], ["extra"], ["--stacks", "a,,b"], ["--stacks", ""]]) {
      const { status, out, err } = await run(argv);
      assert.deepEqual([status, out], [2, ""], argv.join(" "));
      assert.match(err, /npm start -- --help lists the options\n$/);
    }
  });

  it("ends with 1 and the bare message when a stack cannot be priced", async () => {
    for (const error of [
      new CostError("there is no price x"),
      new SettingsError("no such stack"),
    ]) {
      const failed = await run([], { priceStack: () => Promise.reject(error) });
      assert.deepEqual(failed, { status: 1, out: "", err: `${error.message}\n` });
    }
    const none = await run([], { stacks: () => [] });
    assert.equal(none.status, 1);
    assert.match(none.err, /there is no Pulumi\.<stack>\.yaml/);
  });

  it("lets a fault of the program through with its stack trace", async () => {
    const fault = new TypeError("x is not a function");
    await assert.rejects(run([], { priceStack: () => Promise.reject(fault) }), fault);
  });

  it("prints warnings about settings beside the result, not in it", async () => {
    const { status, out, err } = await run(["--stacks", "small"], {
      priceStack: (stack, usage) =>
        Promise.resolve({ ...pricedStack(stack, 1, usage), warnings: ["one zone"] }),
    });
    assert.equal(status, 0);
    assert.equal(err, "warning: stack small: one zone\n");
    assert.doesNotMatch(out, /one zone/);
  });
});
