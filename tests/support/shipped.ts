import { join } from "node:path";
import { declaredStack, priceByPart } from "../../commands/price-stack";
import { equalServices } from "../../cost/compare/equal-capacity";
import type { EqualComparison } from "../../cost/compare/equal-service";
import { machinesOf } from "../../cost/compare/machines";
import type { PricedStack } from "../../cost/compare/priced-stack";
import { USD, type Currency } from "../../cost/currency";
import { estimate } from "../../cost/estimate";
import { priceBook } from "../../cost/price-book";
import type { Scenario } from "../../cost/scenarios/scenario";
import { usageOf } from "../../cost/scenarios/scenario-usage";
import type { Overrides } from "../../settings/targets/profile";
import { TODAY } from "./resources";

const ROOT = join(__dirname, "..", "..");

/** A function that computes once for the same arguments. */
function once<A extends unknown[], T>(compute: (...args: A) => T): (...args: A) => T {
  const results = new Map<string, T>();
  return (...args) => {
    const key = JSON.stringify(args);
    const result = results.get(key) ?? compute(...args);
    results.set(key, result);
    return result;
  };
}

/** Runs a program once for each of its settings: what it declares does not depend on the scenario. */
const declaredOnce = once((stack: string, overrides: Overrides) =>
  declaredStack(ROOT, stack, { today: TODAY, overrides }),
);

const comparedOnce = once(compared);

/** Equal service of the three shipped targets, as the program declares them; computed once for the same arguments. */
export function shipped(
  scenario: Scenario,
  settings: Readonly<Record<string, Overrides>> = {},
  currency = USD,
  names: readonly string[] = ["ec2", "eks", "sagemaker"],
): Promise<EqualComparison> {
  return comparedOnce(scenario, settings, currency, names);
}

async function compared(
  scenario: Scenario,
  settings: Readonly<Record<string, Overrides>>,
  currency: Currency,
  names: readonly string[],
): Promise<EqualComparison> {
  const price = async (stack: string, more: Overrides): Promise<PricedStack> => {
    const overrides = { ...settings[stack], ...more };
    const { settings: all, resources, accepts } = await declaredOnce(stack, overrides);
    const book = priceBook(all.region, currency);
    return {
      stack,
      target: all.target,
      warnings: [],
      machines: machinesOf(all, resources),
      accepts,
      priceAt: priceByPart(resources, { book, today: TODAY }),
      estimate: estimate(resources, { book, usage: usageOf(scenario), today: TODAY }),
    };
  };
  const stacks: PricedStack[] = [];
  for (const stack of names) {
    stacks.push(await price(stack, {}));
  }
  return equalServices(stacks, scenario, price);
}

/** The cheapest row of a stack, in cents. */
export function cheapest({ services }: EqualComparison, stack: string): number {
  return Math.min(
    ...services.filter((one) => one.stack === stack).map(({ service }) => service.total.leastCents),
  );
}
