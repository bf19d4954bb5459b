import { byAmount, product, sum, type Amount } from "../amount";
import type { Currency } from "../currency";
import { trimFloat } from "../money";
import type { Scenario } from "../scenarios/scenario";
import { cheapestRows, type EqualService } from "./equal-service";

/** Cost of the people who run a platform, beside its cheapest row. */
export interface Labour {
  readonly stack: string;
  /** Hours a month of administration, from the scenario. */
  readonly hours: number;
  readonly labour: Amount;
  /** The cheapest row and labour together. */
  readonly total: Amount;
}

/** Cost of an hour of a person, which scenarios state in US dollars like prices; undefined without a wage. */
export function hourlyWage(
  { hourlyWageUsd }: Scenario,
  { rate }: Pick<Currency, "rate">,
): number | undefined {
  return hourlyWageUsd === undefined ? undefined : trimFloat(hourlyWageUsd * rate);
}

/**
 * Labour of each stack, the cheapest first.
 *
 * @param services rows, the cheapest first
 * @returns undefined when the scenario lacks the wage or the hours of one of the targets
 */
export function labourOf(
  services: readonly EqualService[],
  scenario: Scenario,
): readonly Labour[] | undefined {
  const first = cheapestRows(services);
  const all = first.flatMap(({ stack, target, currency, service }): Labour[] => {
    const hours = scenario.adminHoursPerMonth?.[target];
    const wage = hourlyWage(scenario, currency);
    if (hours === undefined || wage === undefined) {
      return [];
    }
    const labour = product(hours, wage);
    return [{ stack, hours, labour, total: sum([service.total, labour]) }];
  });
  return all.length < first.length || all.length === 0
    ? undefined
    : all.toSorted((one, other) => byAmount(one.total, other.total));
}
