import { join } from "node:path";
import { declaredStack, priceByPart, type DeclaredStack } from "../../commands/price-stack";
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

const declaredStacks = new Map<string, Promise<DeclaredStack>>();

/** Runs a program once for each of its settings: what it declares does not depend on the scenario. */
function declaredOnce(stack: string, overrides: Overrides): Promise<DeclaredStack> {
  const key = JSON.stringify([stack, overrides]);
  const found = declaredStacks.get(key) ?? declaredStack(ROOT, stack, { today: TODAY, overrides });
  declaredStacks.set(key, found);
  return found;
}

const comparisons = new Map<string, Promise<EqualComparison>>();

/** Equal service of the three shipped targets, as the program declares them; computed once for the same arguments. */
export function shipped(
  scenario: Scenario,
  settings: Readonly<Record<string, Overrides>> = {},
  currency = USD,
  names: readonly string[] = ["ec2", "eks", "sagemaker"],
): Promise<EqualComparison> {
  const key = JSON.stringify([scenario, settings, currency, names]);
  const found = comparisons.get(key) ?? compared(scenario, settings, currency, names);
  comparisons.set(key, found);
  return found;
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
