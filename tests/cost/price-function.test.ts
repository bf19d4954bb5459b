import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { declaredStack } from "../../commands/price-stack";
import { CostError } from "../../cost/cost-error";
import { estimate } from "../../cost/estimate";
import { priceBook, type PriceBook } from "../../cost/price-book";
import type { DeclaredResource } from "../../cost/rule";
import { readScenario } from "../../cost/scenarios/scenario";
import { usageOf } from "../../cost/scenarios/scenario-usage";
import { priceFunction } from "../../cost/price-function";
import { stackNames } from "../../settings/schema/stack-file";
import { declared, TODAY } from "../support/resources";
import { anyScenario, lessAndMore } from "../support/scenarios";

const ROOT = join(__dirname, "..", "..");
const book = priceBook("eu-west-3");
const team = usageOf(readScenario("team"));

/** Price book without one price. */
function without(key: string): PriceBook {
  return {
    ...book,
    price: (asked) => {
      if (asked === key) {
        throw new CostError(`there is no price "${key}"`);
      }
      return book.price(asked);
    },
  };
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
    assert.equal(price({ functionLogGb: 15 }), 599 + 31 + 93);
    assert.equal(price({}), 0);
  });
});

for (const stack of stackNames(ROOT)) {
  describe(`the stack ${stack}, for any scenario`, () => {
    let resources: readonly DeclaredResource[] = [];
    before(async () => {
      ({ resources } = await declaredStack(ROOT, stack, { today: TODAY }));
    });
    const total = (usage: object): number =>
      estimate(resources, { book, usage, today: TODAY }).totals.totalCents;

    it("costs the same by the price function as by the estimate, to the cent", () => {
      const price = priceFunction(resources, { book, today: TODAY });
      fc.assert(
        fc.property(
          anyScenario,
          (scenario) => price(usageOf(scenario)) === total(usageOf(scenario)),
        ),
      );
      assert.equal(price({}), total({}));
    });

    it("never costs less for more people, hours, requests or GB", () => {
      const price = priceFunction(resources, { book, today: TODAY });
      fc.assert(
        fc.property(lessAndMore, ([less, more]) => price(usageOf(less)) <= price(usageOf(more))),
        { numRuns: 500 },
      );
    });

    it("has lines of whole cents that sum to its total", () => {
      fc.assert(
        fc.property(anyScenario, (scenario) => {
          const { lines, totals } = estimate(resources, {
            book,
            usage: usageOf(scenario),
            today: TODAY,
          });
          const amounts = lines.map(({ monthCents }) => monthCents ?? 0);
          return (
            amounts.every(Number.isInteger) &&
            amounts.reduce((sum, one) => sum + one, 0) === totals.totalCents
          );
        }),
      );
    });

    it("is refused when any price is missing, naming its key", () => {
      const { lines } = estimate(resources, { book, usage: team, today: TODAY });
      for (const { priceKey } of lines) {
        const options = { book: without(priceKey), today: TODAY };
        const names = (error: unknown): boolean =>
          error instanceof CostError && error.message.includes(priceKey);
        assert.throws(() => estimate(resources, { ...options, usage: team }), names);
        assert.throws(() => priceFunction(resources, options)(team), names);
      }
    });

    it("costs the same or names the missing usage when a usage is unknown", () => {
      for (const name of Object.keys(team)) {
        const fewer = Object.fromEntries(Object.entries(team).filter(([one]) => one !== name));
        const options = { book, today: TODAY };
        const known = estimate(resources, { ...options, usage: team });
        const open = estimate(resources, { ...options, usage: fewer });
        assert.ok(
          open.totals.totalCents === known.totals.totalCents ||
            open.missingUsage.some((one) => one === name),
          name,
        );
      }
    });
  });
}
