import { sum, type Amount } from "../amount";
import type { Scenario } from "../scenarios/scenario";
import { usageOf } from "../scenarios/scenario-usage";
import type { PriceFunction } from "../price-function";

/**
 * Everything of a bill beside its machines, as a function of the scenario: more people log in more often, and have more
 * disks and homes.
 *
 * @param now the amount in the scenario of the report.
 * @param priceAt price of the declared stack by usage. @default the amount is the same in every scenario
 * @param machines cents of the declared machines, as far as they depend on usage; they are in `priceAt`.
 */
export function othersAt(
  now: Amount,
  scenario: Scenario,
  priceAt: PriceFunction | undefined,
  machines: (scenario: Scenario) => Amount,
): (scenario: Scenario) => Amount {
  if (priceAt === undefined) {
    return () => now;
  }
  const beside = (one: Scenario): number =>
    priceAt(usageOf(one)).leastCents - machines(one).leastCents;
  let before: number | undefined;
  return (one) => {
    before ??= beside(scenario);
    return one === scenario ? now : sum([now, { ...now, leastCents: beside(one) - before }]);
  };
}
