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

/** Cents of a cell of the table; what is no amount counts nothing. */
function amountOf(cell: string): number {
  return /^[\d,]+\.\d\d$/.test(cell) ? Math.round(Number(cell.replaceAll(",", "")) * 100) : 0;
}

describe("npm start", () => {
  it("prints several stacks in one table and what is behind it", async () => {
    const { status, out, err } = await run([]);
    assert.deepEqual([status, err], [0, ""]);
    assertGolden("compare.txt", out);
  });

  it("prints one stack line by line, with quantities and unit prices", async () => {
    const { status, out } = await run(["--stacks", "small"]);
    assert.equal(status, 0);
    assertGolden("one-stack.txt", out);
  });

  it("has in each column the lines of that stack, which add up to its total", async () => {
    const rows = (await run([])).out
      .split("\n")
      .map((line) => line.split(/ {2,}/))
      .map((cells) => ({ what: cells.at(-3) ?? "", amounts: cells.slice(-2).map(amountOf) }));
    const from = rows.findIndex(({ what }) => what === "Region");
    const to = rows.findIndex(({ what }) => what === "Total");
    const lines = rows.slice(from + 1, to).filter(({ what }) => !what.startsWith("Sub-total"));
    for (const column of [0, 1]) {
      const sum = lines.reduce((total, { amounts }) => total + (amounts[column] ?? 0), 0);
      assert.equal(sum, rows[to]?.amounts[column]);
    }
  });

  it("never shows an amount for what depends on usage, and keeps to 100 columns", async () => {
    const { out } = await run([]);
    assert.match(out, /Backup storage .* by usage +by usage$/m);
    const one = (await run(["--stacks", "small"])).out;
    const open = one.split("\n").filter((line) => line.includes("depends on usage  "));
    assert.ok(open.length > 0);
    assert.ok(open.every((line) => /not added$/.test(line) && !line.includes("0.00")));
    assert.ok([...out.split("\n"), ...one.split("\n")].every((line) => line.length <= 100));
  });

  it("prices the stacks asked for, in that order", async () => {
    assert.match((await run(["--stacks", "large, small"])).out, /^For .* large +small\n/);
    assert.match((await run(["--stacks=large"])).out, /^Stack large:/);
  });

  it("says how much each stack costs more than the cheapest", async () => {
    const { out } = await run(["--stacks", "large,small"]);
    // small 133.01, large 252.08: 119.07 more, 89.52 %
    assert.match(out, /More than the cheapest +119\.07 +-\n +\+90 % +-\n/);
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
