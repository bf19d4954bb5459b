import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { declaredStack } from "../../commands/price-stack";
import { exactly, type Amount } from "../../cost/amount";
import { CostError } from "../../cost/cost-error";
import { USD } from "../../cost/currency";
import { estimate, sumOf, type Estimate } from "../../cost/estimate";
import { priceBook, pricedRegions } from "../../cost/price-book";
import type { DeclaredResource } from "../../cost/rule";
import { readScenario } from "../../cost/scenarios/scenario";
import { usageOf } from "../../cost/scenarios/scenario-usage";
import { priceFunction } from "../../cost/price-function";
import { stackNames } from "../../settings/schema/stack-file";
import { bookWithout } from "../support/books";
import { declared, TODAY } from "../support/resources";
import { anyScenario, lessAndMore } from "../support/scenarios";

const ROOT = join(__dirname, "..", "..");
const book = priceBook("eu-west-3", USD);
const team = usageOf(readScenario("team"));

/** One estimate, or none where a region does not sell a machine of the stack. */
function soldOrNothing(price: () => Estimate): Estimate[] {
  try {
    return [price()];
  } catch (error) {
    assert.ok(error instanceof CostError);
    return [];
  }
}

describe("the price of a stack as a function of usage", () => {
  it("counts usage that several resources share once per price", () => {
    const logs = (name: string, retentionInDays: number): DeclaredResource =>
      declared("aws:cloudwatch/logGroup:LogGroup", name, { retentionInDays });
    const price = priceFunction([logs("a", 30), logs("b", 90), logs("c", 30)], {
      book,
      today: TODAY,
    });
    // 15 − 5 = 10 GB: written 10 × 0.5985 = 5.985 → 5.99 once;
    // kept 10 × 30 / 30.4167 × 0.0315 = 0.3107 → 0.31, and for 90 days 0.9321 → 0.93
    assert.deepEqual(price({ functionLogGb: 15 }), exactly(599 + 31 + 93));
    assert.deepEqual(price({}), { leastCents: 0, atLeast: false, plusUsage: true });
  });
});

for (const stack of stackNames(ROOT)) {
  describe(`the stack ${stack}, for any scenario`, () => {
    let resources: readonly DeclaredResource[] = [];
    before(async () => {
      ({ resources } = await declaredStack(ROOT, stack, { today: TODAY }));
    });
    const total = (usage: object): Amount =>
      estimate(resources, { book, usage, today: TODAY }).totals.total;

    it("costs the same by the price function as by the estimate, to the cent", () => {
      const price = priceFunction(resources, { book, today: TODAY });
      fc.assert(
        fc.property(anyScenario, (scenario) => {
          assert.deepEqual(price(usageOf(scenario)), total(usageOf(scenario)));
        }),
      );
      assert.deepEqual(price({}), total({}));
    });

    it("never costs less for more people, hours, requests or GB", () => {
      const price = priceFunction(resources, { book, today: TODAY });
      fc.assert(
        fc.property(
          lessAndMore,
          ([less, more]) => price(usageOf(less)).leastCents <= price(usageOf(more)).leastCents,
        ),
        { numRuns: 500 },
      );
    });

    it("has lines of whole cents that sum to its total, in every region and currency", () => {
      const perDollar = fc.double({ min: 0.001, max: 10_000, noNaN: true });
      const anyRegion = fc.constantFrom(...pricedRegions());
      fc.assert(
        fc.property(anyScenario, anyRegion, perDollar, (scenario, region, rate) => {
          const currency = { code: "EUR", rate, day: TODAY };
          const options = { book: priceBook(region, currency), usage: usageOf(scenario) };
          const priced = soldOrNothing(() => estimate(resources, { ...options, today: TODAY }));
          for (const { lines, totals } of priced) {
            const { shared, target, total: all } = totals;
            const amounts = lines.map(({ amount }) => amount.leastCents);
            assert.ok(amounts.every(Number.isInteger));
            const sum = amounts.reduce((one, other) => one + other, 0);
            assert.deepEqual([all.leastCents, shared.leastCents + target.leastCents], [sum, sum]);
          }
        }),
      );
    });

    it("costs at least the rest when a price is missing, and is refused without a machine's", () => {
      const { lines, totals } = estimate(resources, { book, usage: team, today: TODAY });
      const machines = new Set<string>();
      for (const key of new Set(lines.map(({ priceKey }) => priceKey))) {
        const options = { book: bookWithout(new RegExp(`^${key}$`)), today: TODAY };
        try {
          const found = estimate(resources, { ...options, usage: team });
          const unknown = found.lines.filter(({ priceKey }) => priceKey === key);
          const rest = lines.filter(({ priceKey }) => priceKey !== key);
          assert.ok(unknown.length > 0, key);
          assert.ok(unknown.every(({ problem }) => problem?.includes(`"${key}"`)));
          assert.ok(unknown.every(({ amount }) => amount.atLeast && amount.leastCents === 0));
          const { plusUsage } = totals.total;
          assert.deepEqual(found.totals.total, { ...sumOf(rest), atLeast: true, plusUsage });
          for (const part of ["shared", "target"] as const) {
            const lacks = unknown.some((line) => line.part === part);
            assert.equal(found.totals[part].atLeast, lacks, `${key} in ${part}`);
          }
          assert.deepEqual(priceFunction(resources, options)(team), found.totals.total);
        } catch (error) {
          assert.ok(error instanceof CostError && error.message.includes(`"${key}"`), key);
          machines.add(key);
          assert.throws(() => priceFunction(resources, options)(team), CostError);
        }
      }
      assert.ok(machines.size > 0);
      assert.ok([...machines].every((key) => /^(ec2|rds|sagemaker)\..*\.hour$/.test(key)));
    });

    it("costs the same or names the missing usage when a usage is unknown", () => {
      for (const name of Object.keys(team)) {
        const fewer = Object.fromEntries(Object.entries(team).filter(([one]) => one !== name));
        const options = { book, today: TODAY };
        const known = estimate(resources, { ...options, usage: team });
        const open = estimate(resources, { ...options, usage: fewer });
        assert.ok(
          open.totals.total.leastCents === known.totals.total.leastCents ||
            open.missingUsage.some((one) => one === name),
          name,
        );
      }
    });
  });
}
