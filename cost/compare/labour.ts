import type { Scenario } from "../scenarios/scenario";
import type { EqualService } from "./equal-service";

/** What the people who run a platform cost, beside its cheapest row. */
export interface Labour {
  readonly stack: string;
  /** Hours a month of administration, from the scenario. */
  readonly hours: number;
  readonly labourCents: number;
  /** Cents of the cheapest row and of labour together. */
  readonly totalCents: number;
}

/**
 * Labour of each stack, the cheapest first.
 *
 * @param services rows, the cheapest first
 * @returns undefined when the scenario lacks the wage or the hours of one of the targets
 */
export function labourOf(
  services: readonly EqualService[],
  { adminHoursPerMonth = {}, hourlyWageUsd }: Scenario,
): readonly Labour[] | undefined {
  const first = services.filter(
    ({ stack }, index) => services.findIndex((one) => one.stack === stack) === index,
  );
  const all = first.flatMap(({ stack, target, service }): Labour[] => {
    const hours = adminHoursPerMonth[target];
    if (hours === undefined || hourlyWageUsd === undefined) {
      return [];
    }
    const labourCents = Math.round(hours * hourlyWageUsd * 100);
    return [{ stack, hours, labourCents, totalCents: service.totalCents + labourCents }];
  });
  return all.length < first.length || all.length === 0
    ? undefined
    : all.toSorted((one, other) => one.totalCents - other.totalCents);
}
