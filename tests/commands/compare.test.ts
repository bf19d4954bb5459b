import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
    priceStack: (stack, usage, overrides = {}) =>
      Promise.resolve(
        pricedStack(stack, Number(overrides["nodes.count"] ?? (stack === "small" ? 1 : 3)), usage),
      ),
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    paint: plain,
    today: "2026-11-23",
    ...changes,
  });
  return { status, out, err };
}

/** Cents of a cell of a table; what has no amount counts nothing. */
function amountOf(cell: string): number {
  const [, amount] = /^([\d,]+\.\d\d)( \+ usage)?$/.exec(cell) ?? [];
  return amount === undefined ? 0 : Math.round(Number(amount.replaceAll(",", "")) * 100);
}

interface TextRow {
  readonly what: string;
  /** Cents of the two columns of stacks. */
  readonly amounts: readonly number[];
}

/** The rows of a printed table of two stacks. */
function rowsOf(text: string): TextRow[] {
  return text
    .split("\n")
    .map((line) => line.split(/ {2,}/))
    .map((cells) => ({ what: cells.at(-3) ?? "", amounts: cells.slice(-2).map(amountOf) }));
}

/** The same of the first table of Markdown. */
function markdownRowsOf(text: string): TextRow[] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) => line.split("|").map((cell) => cell.trim().replaceAll("**", "")))
    .map((cells) => ({ what: cells[1] ?? "", amounts: cells.slice(2, 4).map(amountOf) }));
}

/** Rows of CSV by the names of its columns; quoted cells of this report hold no quotes. */
function csvRowsOf(text: string): Readonly<Record<string, string>>[] {
  const [head = [], ...rows] = text
    .trimEnd()
    .split("\n")
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"([^"]*)"|([^,]*))/g)].map((cell) => cell[1] ?? cell[2] ?? ""),
    );
  return rows.map((cells) =>
    Object.fromEntries(head.map((name, index) => [name, cells[index] ?? ""])),
  );
}

interface Json {
  readonly stacks: readonly {
    readonly stack: string;
    readonly totals: { readonly totalCents: number };
    readonly lines: readonly { readonly monthCents: number | null }[];
    readonly categories: readonly {
      readonly category: string;
      readonly monthCents: number | null;
    }[];
    readonly notebooksHeld: number;
    readonly perNotebookHourUsd: number | null;
    readonly moreThanCheapestCents: number;
    readonly moreThanCheapestPercent: number;
    readonly perPersonCents: number;
  }[];
  readonly equal: {
    readonly services: readonly {
      readonly stack: string;
      readonly mode: string;
      readonly totals: { readonly totalCents: number };
      readonly lines: readonly { readonly monthCents: number | null }[];
    }[];
    readonly refused: readonly { readonly stack: string; readonly reason: string }[];
    readonly breakEvens: readonly { readonly hoursPerMonth: number | null }[];
  } | null;
  readonly notes: readonly { readonly notedCents: number }[] | null;
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

  it("prints every line of several stacks with --detail", async () => {
    const { out } = await run(["--detail"]);
    assertGolden("compare-detail.txt", out);
    assert.match(out, /NAT gateway data processed +5\.00 +5\.00\n/);
    assert.doesNotMatch((await run([])).out, /NAT gateway data processed/);
  });

  it("has in each column what adds up to its total, by category and by line", async () => {
    for (const argv of [[], ["--detail"]]) {
      const rows = rowsOf((await run(argv)).out);
      const from = rows.findIndex(({ what }) => what === "Region");
      const to = rows.findIndex(({ what }) => what === "Total");
      const lines = rows.slice(from + 1, to).filter(({ what }) => !what.startsWith("Sub-total"));
      for (const column of [0, 1]) {
        const sum = lines.reduce((total, { amounts }) => total + (amounts[column] ?? 0), 0);
        assert.equal(sum, rows[to]?.amounts[column]);
        assert.ok(sum > 0);
      }
    }
  });

  it("never shows an amount for what depends on usage, and keeps to 100 columns", async () => {
    const { out } = await run(["--detail"]);
    assert.match(out, /Backup storage .* by usage +by usage$/m);
    const short = (await run([])).out;
    assert.match(short, /^database +16\.20 \+ usage +16\.20 \+ usage$/m);
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

  it("prices the stacks asked for, in that order", async () => {
    assert.match((await run(["--stacks", "large, small"])).out, /^USD .* large +small\n/);
    assert.match((await run(["--stacks=large"])).out, /^Stack large:/);
  });

  it("says how much each stack costs more than the cheapest", async () => {
    const { out } = await run(["--stacks", "large,small"]);
    // small 133.01, large 252.08: 119.07 more, 89.52 %
    assert.match(out, /More than the cheapest +119\.07 +-\n +\+90 % +-\n/);
  });

  it("says what a person costs, and an hour in a notebook that the stack can hold", async () => {
    const { out } = await run([]);
    // 133.01 / 10 = 13.301, 252.08 / 10 = 25.208
    assert.match(out, /^Per person \(10\) +13\.30 +25\.21$/m);
    // One machine is the control plane; two workers of t4g.large hold a notebook each:
    // 252.08 / (2 × 8 h × 21 days) = 0.75024
    assert.match(out, /^Notebooks at once \(of 10\) +0 +2$/m);
    assert.match(out, /^Per notebook-hour of those +- +0\.7502$/m);
    const { stacks } = JSON.parse((await run(["--json"])).out) as Json;
    assert.deepEqual(
      stacks.map((one) => [one.notebooksHeld, one.perNotebookHourUsd, one.perPersonCents]),
      [
        [0, null, 1330],
        [2, 0.7502, 2521],
      ],
    );
    assert.deepEqual(
      stacks.map((one) => [one.moreThanCheapestCents, one.moreThanCheapestPercent]),
      [
        [0, 0],
        [11907, 89.52], // 119.07 / 133.01
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

  it("says the same as table, Markdown, JSON and comma-separated values", async () => {
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
          .filter((row) => row["stack"] === stack)
          .reduce((sum, row) => sum + Math.round(Number(row["monthUsd"]) * 100), 0),
      ),
      totals,
    );
    assert.equal(rows.length, stacks.flatMap(({ lines }) => lines).length);
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

  it("has the same column for a stack in whatever order", async () => {
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

  it("ends with 2 on wrong arguments, with nothing on standard output", async () => {
    for (const argv of [
      ["--stack", "a"],
      ["extra"],
      ["--stacks", "a,,b"],
      ["--stacks", ""],
      ["--json", "--csv"],
      ["--markdown", "--json"],
    ]) {
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

describe("npm start -- --scenario", () => {
  it("prices another situation, and says which", async () => {
    const [team, company] = await Promise.all(
      ["team", "company"].map(async (name) => (await run(["--scenario", name])).out),
    );
    assert.match(team!, /^Assumed for a month \(scenario team\)$/m);
    assert.match(company!, /^Assumed for a month \(scenario company\)$/m);
    assert.match(company!, /people = 200 people/);
    // 20,000 GB × 0.024 = 480.00, 2,000 × 0.0053 = 10.60, 20,000 × 0.00042 = 8.40
    assert.match(company!, /^data +499\.00 +499\.00$/m);
  });

  it("ends with 1 and all faults of a file", async () => {
    const file = join(__dirname, "..", "support", "scenarios", "faults.json");
    const { status, out, err } = await run(["--scenario", file]);
    assert.deepEqual([status, out], [1, ""]);
    assert.equal(err.split("\n").filter((line) => line.startsWith("  - ")).length, 10);
  });

  it("shows with notes the six figures, the correction, and equal service", async () => {
    const { status, out } = await run(["--scenario", "notes", "--stacks", "large"]);
    assert.equal(status, 0);
    assertGolden("notes.txt", out);
    const sums = [...out.matchAll(/^Together +([\d,.]+)$/gm)].map(([, sum]) => amountOf(sum!));
    assert.deepEqual(sums.slice(0, 6), [20783, 21900, 363000, 1242, 13300, 51425]);
    const { notes, equal } = JSON.parse(
      (await run(["--scenario", "notes", "--stacks", "large", "--json"])).out,
    ) as Json;
    assert.deepEqual(
      notes!.map(({ notedCents }) => notedCents),
      sums.slice(0, 6),
    );
    assert.ok(equal !== null);
    assert.ok(out.split("\n").every((line) => line.length <= 100));
    const { notes: none, equal: neither } = JSON.parse((await run(["--json"])).out) as Json;
    assert.deepEqual([none, neither], [null, null]);
  });
});

describe("npm start -- --equal", () => {
  it("prints what the same notebooks cost on each platform", async () => {
    const { status, out } = await run(["--equal"]);
    assert.equal(status, 0);
    assertGolden("equal.txt", out);
    // 11 machines: 10 × 54.90 → 549.00 in one line, control plane 54.90, disks 51.04 and 18.56
    // large, always on: 548.96 + 54.90 + 51.04 + 18.56 = 673.46, shared 73.47
    assert.match(
      out,
      /^large +11 × t4g\.large +always on +73\.47 +673\.46 +746\.93 +74\.69 +0\.4446$/m,
    );
    // Studio: 1,890 h × 0.113 = 213.57, 200 GB × 0.13 = 26.00
    assert.match(
      out,
      /^Studio +ml\.t3\.large +by use +73\.47 +239\.57 +313\.04 +31\.30 +0\.1863$/m,
    );
    assert.ok(out.split("\n").every((line) => line.length <= 100));
  });

  it("says the same as JSON and comma-separated values, line by line", async () => {
    const { equal } = JSON.parse((await run(["--equal", "--json"])).out) as Json;
    const rows = csvRowsOf((await run(["--equal", "--csv"])).out);
    for (const { stack, mode, totals, lines } of equal!.services) {
      const found = rows.filter(
        (row) => row["view"] === "equal" && row["stack"] === stack && row["mode"] === mode,
      );
      assert.equal(found.length, lines.length);
      const cents = (values: readonly number[]): number =>
        values.reduce((sum, one) => sum + one, 0);
      assert.equal(cents(lines.map(({ monthCents }) => monthCents ?? 0)), totals.totalCents);
      assert.equal(
        cents(found.map((row) => Math.round(Number(row["monthUsd"]) * 100))),
        totals.totalCents,
      );
    }
    assert.equal(equal!.services.length, 5); // two stacks in two ways, and Studio
  });

  it("says which stack cannot hold the notebooks, why, and what would", async () => {
    const changes: Partial<CompareContext> = {
      priceStack: (stack, usage) =>
        Promise.resolve({
          ...pricedStack(stack, 3, usage),
          nodes: { instanceType: stack === "small" ? "t4g.medium" : "t4g.large", count: 3 },
        }),
    };
    const refused = async (argv: string[]): Promise<readonly string[]> => {
      const { equal } = JSON.parse(
        (await run([...argv, "--equal", "--json"], changes)).out,
      ) as Json;
      return equal!.refused.map(({ stack, reason }) => `${stack}: ${reason}`);
    };
    const [small, ...others] = await refused([]);
    assert.equal(others.length, 0);
    assert.match(
      small!,
      /^small: a node of t4g\.medium has 1\.87 vCPU and 3\.5 GiB left, and a notebook needs 1\.5 and 6; 11 of t4g\.large would do: .*pulumi config set nodes\.instanceType t4g\.large --stack small$/,
    );
    const file = join(mkdtempSync(join(tmpdir(), "scenario-")), "many.json");
    const team = JSON.parse(
      readFileSync(join(__dirname, "..", "..", "cost", "scenarios", "team.json"), "utf8"),
    ) as object;
    writeFileSync(file, JSON.stringify({ ...team, people: 60 }));
    const many = await refused(["--scenario", file]);
    assert.match(
      many[1]!,
      /^large: it takes 61 instances of t4g\.large, and nodes\.count must be a whole number from 2 to 50; \d+ of /,
    );
    const { out } = await run(["--equal", "--scenario", file], changes);
    assert.match(out, /^Cannot hold these notebooks\n {2}- small: /m);
    assert.doesNotMatch(out, /^large +61 ×/m);
  });

  it("asks for the nodes that it prices", async () => {
    const asked: unknown[] = [];
    await run(["--equal", "--stacks", "large"], {
      priceStack: (stack, usage, overrides) => {
        asked.push(overrides);
        return Promise.resolve(pricedStack(stack, 3, usage));
      },
    });
    assert.deepEqual(asked, [
      undefined,
      {
        "nodes.count": "11",
        "nodes.instanceType": "t4g.large",
        "nodes.architecture": "arm64",
      },
    ]);
  });
});
