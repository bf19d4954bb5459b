import { TARGET_NAMES } from "../../settings/shared";
import { profileOf } from "../../settings/targets";
import type { Scenario } from "../scenarios/scenario";
import { breakEvens, type Candidate } from "./break-even";
import { edgesOf } from "./edges";
import type { EqualComparison, EqualService } from "./equal-service";
import { cheapestOf } from "./offer";
import { assumedRows, clusterRows, notebookRows, type Redeclare, type Rows } from "./platform-rows";
import type { PricedStack } from "./priced-stack";
import { sensitivity } from "./sensitivity";

/** Targets that are compared even where no stack has them: their prices are known without a declaration. */
const ASSUMED_TARGETS = TARGET_NAMES.flatMap((target) => {
  const { capacity } = profileOf(target);
  return capacity.kind === "per-notebook" && capacity.assumed !== undefined
    ? [{ target, capacity, assumed: capacity.assumed }]
    : [];
});

/**
 * Gives each cluster as many nodes as the notebooks need, and each notebook of the other targets a
 * machine that is big enough, by declaring the stack once more.
 *
 * @throws CostError when a price is missing.
 */
export async function equalServices(
  stacks: readonly PricedStack[],
  scenario: Scenario,
  redeclare: Redeclare,
): Promise<EqualComparison> {
  const found: Rows[] = [];
  // One after the other, as when they were priced.
  for (const { machines, ...stack } of stacks) {
    found.push(
      machines.kind === "nodes"
        ? await clusterRows({ ...stack, machines }, scenario, redeclare)
        : await notebookRows({ ...stack, machines }, scenario, redeclare),
    );
  }
  const missing = ASSUMED_TARGETS.filter(({ target }) =>
    stacks.every((stack) => stack.target !== target),
  );
  const sharedFrom = missing.length === 0 ? undefined : sharedCostSource(stacks);
  if (sharedFrom !== undefined) {
    found.push(...missing.map((one) => assumedRows(one, sharedFrom, scenario)));
  }
  const able = found
    .filter(({ services }) => services.length > 0)
    .toSorted((one, other) => one.platform.stack.localeCompare(other.platform.stack));
  const candidates = able.map(candidateOf);
  return {
    services: found.flatMap(({ services }) => services).toSorted(byCost),
    refused: found.flatMap(({ refused }) => refused),
    edges: able.flatMap(({ platform, otherCents }) => edgesOf(platform, otherCents, scenario)),
    breakEvens: breakEvens(candidates, scenario),
    sensitivity: candidates.length < 2 ? [] : sensitivity(candidates, scenario),
    sharedCostsFrom: sharedFrom?.stack,
  };
}

function candidateOf({ platform: { stack, offers }, otherCents }: Rows): Candidate {
  return {
    stack,
    cents: (scenario) => otherCents + (cheapestOf(offers(scenario))?.cents ?? Infinity),
  };
}

/**
 * The stack whose shared part is put below Studio: the cheapest that has a NAT gateway, by which
 * Studio in a private network reaches AWS.
 */
function sharedCostSource(stacks: readonly PricedStack[]): PricedStack | undefined {
  const hasNat = ({ estimate }: PricedStack): boolean =>
    estimate.lines.some(({ priceKey }) => priceKey === "vpc.natGateway.hour");
  const able = stacks.some(hasNat) ? stacks.filter(hasNat) : stacks;
  return able.toSorted(
    (one, other) =>
      one.estimate.totals.sharedCents - other.estimate.totals.sharedCents ||
      one.stack.localeCompare(other.stack),
  )[0];
}

function byCost(one: EqualService, other: EqualService): number {
  return (
    one.service.totalCents - other.service.totalCents ||
    one.stack.localeCompare(other.stack) ||
    one.service.mode.localeCompare(other.service.mode)
  );
}
