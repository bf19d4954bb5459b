import assert from "node:assert/strict";
import { join } from "node:path";
import type { CompareContext } from "../../commands/compare";
import { reportWidth } from "../../commands/standard-output";
import { priceStack } from "../../commands/price-stack";
import type { PricedStack } from "../../cost/compare/priced-stack";
import { USD } from "../../cost/currency";
import { DEFAULT_SCENARIO, readScenario } from "../../cost/scenarios/scenario";
import { usageOf } from "../../cost/scenarios/scenario-usage";
import { stackNames } from "../../settings/schema/stack-file";
import { assertGolden } from "../support/golden";
import { pricedStack } from "../support/priced";
import { run, type Json } from "../support/printed";
import { TODAY } from "../support/resources";

const ROOT = join(__dirname, "..", "..");

describe("the first screen of npm start", () => {
  it("shows how much more each stack costs than the cheapest", async () => {
    // In this scenario one notebook is all, which a worker holds; `small` has none, and is the cheapest of all.
    const argv = ["--scenario", "solo", "--stacks", "large,small,two"];
    const { out } = await run(argv);
    assert.match(out, /^Serves, of 1 notebook +1 +0 +1$/m);
    const { stacks } = JSON.parse((await run([...argv, "--json"])).out) as Json;
    const [large = 0, small = 0, two = 0] = stacks.map((one) => one.totals.totalCents);
    assert.ok(small < two && two < large);
    // A machine of 54.895 and its disk of 4.64 more.
    assert.equal(large - two, 5953);
    assert.match(out, /^Above the cheapest +59\.53 +cheapest\n +\+33 %\n/m);
    assert.deepEqual(
      stacks.map((one) => one.moreThanCheapestCents),
      [5953, null, 0],
    );
    assert.doesNotMatch(out, /called the cheapest/);
  });

  it("calls no stack the cheapest where none holds all notebooks, and says so", async () => {
    const { out } = await run([]);
    assert.doesNotMatch(out, /Above the cheapest/);
    assert.match(
      out,
      /^ {2}- None holds all 10 notebooks, so none is called the cheapest: see --equal$/m,
    );
    const { stacks } = JSON.parse((await run(["--json"])).out) as Json;
    assert.deepEqual(
      stacks.flatMap((one) => [one.moreThanCheapestCents, one.moreThanCheapestPercent]),
      [null, null, null, null],
    );
  });

  it("says in ten lines at most what --explain says in full", async () => {
    const short = (await run([])).out.split("In short; ")[1] ?? "";
    assert.ok(short.trimEnd().split("\n").length <= 10);
    assert.match(
      short,
      /- Scenario team: 10 people × 1 notebook of 1 vCPU and 4 GiB, 6 hours on 20 days\n/,
    );
    assert.match(
      short,
      /- \+ means more with usage that is not stated: databaseSurplusVcpuHours, rdsBackupGb\n/,
    );
    assert.match(short, /- Not priced: taxes; /);
    assert.match(short, /- Prices: on demand, confirmed \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d/);
    const full = (await run(["--explain"])).out;
    assertGolden("explain.txt", full);
    assert.doesNotMatch(full, /In short/);
    for (const list of ["Free", "Not priced", "Assumed for a month", "About these stacks"]) {
      assert.match(full, new RegExp(`^${list}`, "m"));
      assert.doesNotMatch(short, new RegExp(`^${list}`, "m"));
    }
  });

  it("shows the shipped stacks on one screen, in one table", async () => {
    const priced = new Map<string, PricedStack>();
    for (const stack of stackNames(ROOT)) {
      const usage = usageOf(readScenario(DEFAULT_SCENARIO));
      priced.set(stack, await priceStack(ROOT, stack, { usage, currency: USD, today: TODAY }));
    }
    assert.ok(priced.size >= 5);
    for (const width of [80, 100, 200]) {
      const { out } = await run([], {
        width,
        stacks: () => [...priced.keys()],
        priceStack: (stack) => Promise.resolve(priced.get(stack)!),
      });
      const lines = out.trimEnd().split("\n");
      assert.ok(lines.length <= 45, `${lines.length} lines`);
      assert.ok(lines.every(({ length }) => length <= width));
      assert.equal(out.match(/^Total /gm)?.length, 1);
      // Whole words and numbers, each stack's own.
      assert.match(out, /^USD a month of 730 hours +dev +ec2 +eks +prod +sagemaker$/m);
      assert.match(out, /^Total +[\d,]+\.\d\d\+ .*\d\+$/m);
      assert.match(out, /^ {2}- No room for a notebook: dev, sagemaker$/m);
      assert.match(out, /^ {2}- Priced: prod at 3 nodes of 3 to 9$/m);
    }
  });

  it("has the width of the terminal", async () => {
    const widest = async (width: number, ...argv: string[]): Promise<number> =>
      Math.max(...(await run(argv, { width })).out.split("\n").map(({ length }) => length));
    for (const width of [80, 120, 200]) {
      const found = await widest(width, "--stacks", "large", "--equal", "--explain");
      assert.ok(found <= width && found > Math.min(width, 160) - 20, String(found));
    }
  });

  it("takes the width of the terminal within limits, and 100 where there is none", () => {
    const widths = [40, 80, 143, 200, 500].map((columns) => reportWidth({ isTTY: true, columns }));
    assert.deepEqual(widths, [80, 80, 143, 200, 200]);
    assert.equal(reportWidth({ isTTY: false, columns: 143 }), 100);
  });

  it("has the columns by target where nobody asks for an order", async () => {
    const targets = { b: "ec2", a: "sagemaker", c: "eks", d: "ec2" } as const;
    const changes: Partial<CompareContext> = {
      stacks: () => Object.keys(targets),
      priceStack: (stack, { usage }) =>
        Promise.resolve({
          ...pricedStack(stack, 1, usage),
          target: targets[stack as keyof typeof targets],
        }),
    };
    assert.match((await run([], changes)).out, /^USD .* b +d +c +a\n/);
    assert.match((await run(["--stacks", "c,a,b"], changes)).out, /^USD .* c +a +b\n/);
  });
});
