import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CompareContext } from "../../commands/compare";
import { priceStack } from "../../commands/price-stack";
import { CostError } from "../../cost/cost-error";
import { SettingsError } from "../../settings/contract";
import { assertGolden } from "../support/golden";
import { pricedStack } from "../support/priced";
import { TODAY } from "../support/resources";
import { USD } from "../../cost/currency";
import {
  amountOf,
  csvRowsOf,
  markdownRowsOf,
  rowsOf,
  run,
  type Json,
  type TextRow,
} from "../support/printed";

const ROOT = join(__dirname, "..", "..");

describe("npm start", () => {
  it("prints several stacks in one table, with its assumptions", async () => {
    const { status, out, err } = await run([]);
    assert.deepEqual([status, err], [0, ""]);
    assertGolden("compare.txt", out);
  });

  it("prints one stack line by line with quantities and unit prices", async () => {
    const { status, out } = await run(["--stacks", "small"]);
    assert.equal(status, 0);
    assertGolden("one-stack.txt", out);
  });

  it("prints every line of several stacks with --detail", async () => {
    const { out } = await run(["--detail"]);
    assertGolden("compare-detail.txt", out);
    assert.match(out, /NAT gateway data processed +5\.00 +5\.00\n/);
    assert.doesNotMatch((await run([])).out, /NAT gateway data processed/);
  });

  it("sums each column to its total, by category and by line", async () => {
    for (const argv of [[], ["--detail"]]) {
      const rows = rowsOf((await run(argv)).out);
      const from = rows.findIndex(({ what }) => what.startsWith("Serves"));
      const to = rows.findIndex(({ what }) => what === "Total");
      const lines = rows.slice(from + 1, to).filter(({ what }) => !what.startsWith("Sub-total"));
      for (const column of [0, 1]) {
        const sum = lines.reduce((total, { amounts }) => total + (amounts[column] ?? 0), 0);
        assert.equal(sum, rows[to]?.amounts[column]);
        assert.ok(sum > 0);
      }
    }
  });

  it("shows no amount for unknown usage, and stays within 100 columns", async () => {
    const { out } = await run(["--detail"]);
    assert.match(out, /Backup storage .* by usage +by usage$/m);
    const short = (await run([])).out;
    assert.match(short, /^database +16\.20\+ +16\.20\+$/m);
    // So do all sums with such a line, and no other.
    assert.match(short, /^Sub-total, shared +73\.47\+ +73\.47\+$/m);
    assert.match(short, /^Sub-total, target +68\.82 +187\.89$/m);
    assert.match(short, /^Total +142\.29\+ +261\.36\+$/m);
    const one = (await run(["--stacks", "small"])).out;
    const open = one.split("\n").filter((line) => line.includes("depends on usage  "));
    assert.ok(open.length > 0);
    assert.ok(open.every((line) => /not added$/.test(line) && !line.includes("0.00")));
    assert.ok(
      [...short.split("\n"), ...out.split("\n"), ...one.split("\n")].every(
        (line) => line.length <= 100,
      ),
    );
  });

  it("stays within 100 columns for any number of stacks and any names, and omits none", async () => {
    const long = "a-stack-whose-name-has-sixty-characters-0123456789-0123456789";
    const names = [long, "2", "3", "4_with_quite_a_long_name_too", "5", "6", "7", "small"];
    const changes: Partial<CompareContext> = {
      stacks: () => names,
      priceStack: (stack, { usage, overrides = {} }) =>
        Promise.resolve(
          pricedStack(
            stack,
            Number(overrides["nodes.count"] ?? names.length - names.indexOf(stack)),
            usage,
            { instanceType: overrides["nodes.instanceType"] },
          ),
        ),
    };
    const { stacks } = JSON.parse((await run(["--json"], changes)).out) as Json;
    for (const argv of [[], ["--detail"], ["--equal"], ["--stacks", long]]) {
      const { status, out } = await run(argv, changes);
      assert.equal(status, 0);
      assert.deepEqual(
        out.split("\n").filter((line) => line.length > 100),
        [],
      );
      const shown = argv.includes("--stacks") ? [stacks[0]!] : stacks;
      const totals = [...out.matchAll(/^ *Total\b.*$/gm)].flatMap(([line]) =>
        [...line.matchAll(/[\d,]+\.\d\d/g)].map(([amount]) => amountOf(amount)),
      );
      assert.deepEqual(
        totals,
        shown.map((one) => one.totals.totalCents),
      );
    }
    const { out } = await run([], changes);
    assert.ok((out.match(/^Sub-total, shared /gm)?.length ?? 0) > 1);
    assert.equal((await run(["--markdown"], changes)).out.match(/\*\*Total\*\*/g)?.length, 1);
  });

  it("prices the requested stacks in the given order", async () => {
    assert.match((await run(["--stacks", "large, small"])).out, /^USD .* large +small\n/);
    assert.match((await run(["--stacks=large"])).out, /^Stack large:/);
    assert.match((await run(["--stacks=large,large"])).out, /^Stack large:/);
    assert.match((await run(["--stack", "large,small"])).out, /^USD .* large +small\n/);
    assert.match(
      (await run(["--stack", "small", "--stacks", "large"])).out,
      /^USD .* large +small\n/,
    );
  });

  it("prices the others when one stack has no price, says so twice and fails", async () => {
    const changes: Partial<CompareContext> = {
      stacks: () => ["small", "far", "large"],
      priceStack: (stack, { usage }) =>
        stack === "far"
          ? Promise.reject(new CostError("stack far: m7g.large is not sold in eu-south-1"))
          : Promise.resolve(pricedStack(stack, 1, usage)),
    };
    const { status, out, err } = await run([], changes);
    assert.equal(status, 1);
    assert.equal(err, "stack far is in no table: m7g.large is not sold in eu-south-1\n");
    assert.match(out, /^Not priced, and in no table\n {2}- far: m7g\.large is not sold/m);
    assert.match(out, /^Total +142\.29\+ +142\.29\+$/m);
    const { refused, stacks } = JSON.parse((await run(["--json"], changes)).out) as Json;
    assert.deepEqual(refused, [
      { stack: "far", region: null, problem: "m7g.large is not sold in eu-south-1" },
    ]);
    assert.deepEqual(
      stacks.map(({ stack }) => stack),
      ["small", "large"],
    );
    assert.equal((await run(["--csv"], changes)).status, 1);
    const none = await run(["--stacks", "far"], changes);
    assert.deepEqual(none, {
      status: 1,
      out: "",
      err: "stack far: m7g.large is not sold in eu-south-1\n",
    });
  });

  it("names the prices that are derived from others", async () => {
    const { out } = await run(["--stacks", "sagemaker", "--explain"], {
      priceStack: (stack, { usage }) =>
        priceStack(ROOT, stack, { usage, currency: USD, today: TODAY }),
    });
    assert.match(out, /^ {2}- Derived from another price: sagemaker\.studioStorage\.gbMonth/m);
  });

  it("shows the cost per person and per notebook hour that the stack can hold", async () => {
    const { out } = await run([]);
    // 142.29 / 10 = 14.229, 261.36 / 10 = 26.136
    assert.match(out, /^Per person, of 10 +14\.23 +26\.14$/m);
    // One machine is the control plane; two workers of t4g.large hold a notebook each:
    // 261.36 / (2 × 6 h × 20 days) = 1.089
    assert.match(out, /^Serves, of 10 notebooks +0 +2$/m);
    assert.match(out, /^Per notebook-hour +- +1\.0890$/m);
    const { stacks } = JSON.parse((await run(["--json"])).out) as Json;
    assert.deepEqual(
      stacks.map((one) => [one.notebooksHeld, one.perNotebookHour, one.perPersonCents]),
      [
        [0, null, 1423],
        [2, 1.089, 2614],
      ],
    );
  });

  it("prints JSON of the documented shape", async () => {
    const { status, out } = await run(["--json", "--stacks", "small"]);
    assert.equal(status, 0);
    assertGolden("compare.json", out);
    const { stacks } = JSON.parse(out) as Json;
    for (const of of [stacks[0]!.lines, stacks[0]!.categories]) {
      const sum = of.reduce((total, { monthCents }) => total + (monthCents ?? 0), 0);
      assert.equal(sum, stacks[0]!.totals.totalCents);
    }
  });

  it("gives the same amounts as table, Markdown, JSON and CSV", async () => {
    const [text, markdown, json, csv] = await Promise.all(
      [[], ["--markdown"], ["--json"], ["--csv"]].map(async (argv) => (await run(argv)).out),
    );
    const { stacks } = JSON.parse(json!) as Json;
    const totals = stacks.map((one) => one.totals.totalCents);
    const total = (rows: readonly TextRow[]): unknown =>
      rows.find(({ what }) => what === "Total")?.amounts;
    assert.deepEqual(total(rowsOf(text!)), totals);
    assert.deepEqual(total(markdownRowsOf(markdown!)), totals);
    const rows = csvRowsOf(csv!);
    assert.deepEqual(
      stacks.map(({ stack }) =>
        rows
          .filter((row) => row["stack"] === stack && row["view"] === "compare")
          .reduce((sum, row) => sum + Math.round(Number(row["amount"]) * 100), 0),
      ),
      totals,
    );
    assert.deepEqual(
      rows
        .filter((row) => row["view"] === "compare total" && row["part"] === "")
        .map((row) => [row["stack"], Math.round(Number(row["amount"]) * 100), row["plusUsage"]]),
      stacks.map(({ stack }, index) => [stack, totals[index], "true"]),
    );
    // A row for each line, and three sums for each stack.
    const all = stacks.flatMap(({ lines }) => lines).length + 3 * stacks.length;
    assert.equal(rows.length, all);
    // Each category, too: the same amounts in the same order.
    for (const [index, { categories }] of stacks.entries()) {
      for (const { category, monthCents } of categories.filter((one) => one.monthCents !== null)) {
        for (const found of [rowsOf(text!), markdownRowsOf(markdown!)]) {
          const row = found.filter(({ what }) => what === category);
          assert.ok(
            row.some(({ amounts }) => amounts[index] === monthCents),
            category,
          );
        }
      }
    }
    assertGolden("compare.md.txt", markdown!);
    assertGolden("compare.csv", csv!);
  });

  it("has the columns of comma-separated values that docs/json.md lists, in their order", async () => {
    const text = readFileSync(join(ROOT, "docs", "json.md"), "utf8");
    const [, listed = ""] = /The columns are ([^.]*)\./.exec(text) ?? [];
    const [head] = (await run(["--csv"])).out.split("\n");
    assert.deepEqual(
      [...listed.matchAll(/`(\w+)`/g)].map(([, name]) => name),
      head?.split(","),
    );
  });

  it("prints the same column for a stack in any order", async () => {
    const columns = async (stacks: string): Promise<object> => {
      const found = JSON.parse((await run(["--json", "--equal", "--stacks", stacks])).out) as Json;
      return {
        stacks: found.stacks.toSorted((one, other) => one.stack.localeCompare(other.stack)),
        equal: found.equal,
      };
    };
    assert.deepEqual(await columns("small,large"), await columns("large,small"));
  });

  it("lists every option with --help", async () => {
    for (const argv of [["--help"], ["-h"]]) {
      const { status, out, err } = await run(argv);
      assert.deepEqual([status, err], [0, ""]);
      for (const option of [
        ...["--stacks", "--scenario", "--equal", "--detail", "--json", "--markdown", "--csv"],
        "--help",
      ]) {
        assert.ok(out.includes(option), option);
      }
    }
  });

  it("exits with 2 on wrong arguments and prints nothing on standard output", async () => {
    for (const argv of [
      ["--stack", "a,,b"],
      ["extra"],
      ["--stacks", "a,,b"],
      ["--stacks", ""],
      ["--json", "--csv"],
      ["--markdown", "--json"],
      ["--detail", "--csv"],
      ["--detail", "--html", "report.html"],
    ]) {
      const { status, out, err } = await run(argv);
      assert.deepEqual([status, out], [2, ""], argv.join(" "));
      assert.match(err, /npm start -- --help lists the options\n$/);
    }
  });

  it("ends with 1 and the bare message when no stack can be priced", async () => {
    const failing = (error: Error) => run([], { priceStack: () => Promise.reject(error) });
    assert.deepEqual(await failing(new CostError("there is no price x")), {
      status: 1,
      out: "",
      err: "stack small: there is no price x\nstack large: there is no price x\n",
    });
    assert.deepEqual(await failing(new SettingsError("no such stack")), {
      status: 1,
      out: "",
      err: "no such stack\n",
    });
    const none = await run([], { stacks: () => [] });
    assert.equal(none.status, 1);
    assert.match(none.err, /there is no Pulumi\.<stack>\.yaml/);
  });

  it("rethrows an unexpected error with its stack trace", async () => {
    const fault = new TypeError("x is not a function");
    await assert.rejects(run([], { priceStack: () => Promise.reject(fault) }), fault);
  });

  it("prints warnings about settings on standard error", async () => {
    const { status, out, err } = await run(["--stacks", "small"], {
      priceStack: (stack, { usage }) =>
        Promise.resolve({ ...pricedStack(stack, 1, usage), warnings: ["one zone"] }),
    });
    assert.equal(status, 0);
    assert.equal(err, "warning: stack small: one zone\n");
    assert.doesNotMatch(out, /one zone/);
  });
});
