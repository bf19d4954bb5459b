import { TARGET_NAMES } from "../../settings/shared";
import { profileOf } from "../../settings/targets";
import { byAmount, sum, type Amount } from "../amount";
import { CostError } from "../cost-error";
import type { Scenario } from "../scenarios/scenario";
import { breakEvens, type Candidate } from "./break-even";
import { edgesOf } from "./edges";
import type { EqualComparison, EqualService } from "./equal-service";
import { cheapestOf } from "./offer";
import {
  assumedRows,
  clusterRows,
  noRows,
  notebookRows,
  type Redeclare,
  type Rows,
} from "./platform-rows";
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
 * machine that is big enough, by declaring the stack once more. A stack for which that fails is refused.
 */
export async function equalServices(
  stacks: readonly PricedStack[],
  scenario: Scenario,
  redeclare: Redeclare,
): Promise<EqualComparison> {
  const found: Rows[] = [];
  // One after the other, as when they were priced.
  for (const stack of stacks) {
    found.push(await rowsOf(stack, scenario, redeclare));
  }
  const missing = ASSUMED_TARGETS.filter(({ target }) =>
    stacks.every((stack) => stack.target !== target),
  );
  const sharedFrom = missing.length === 0 ? undefined : sharedCostSource(stacks);
  if (sharedFrom !== undefined) {
    found.push(...missing.map((one) => assumedRows(one, sharedFrom, scenario)));
  }
  const able = found
    .filter(({ services }) => services.some(({ service }) => !service.total.atLeast))
    .toSorted((one, other) => one.platform.stack.localeCompare(other.platform.stack));
  const candidates = able.map(candidateOf);
  return {
    candidates,
    services: found.flatMap(({ services }) => services).toSorted(byCost),
    refused: found.flatMap(({ refused }) => refused),
    edges: able.flatMap(({ platform, others }) => edgesOf(platform, others, scenario)),
    breakEvens: breakEvens(candidates, scenario),
    sensitivity: candidates.length < 2 ? [] : sensitivity(candidates, scenario),
    sharedCostsFrom: sharedFrom?.stack,
  };
}

/** The rows of a stack, or the reason why a machine of it has no price: the others are still compared. */
async function rowsOf(
  { machines, ...stack }: PricedStack,
  scenario: Scenario,
  redeclare: Redeclare,
): Promise<Rows> {
  try {
    return machines.kind === "nodes"
      ? await clusterRows({ ...stack, machines }, scenario, redeclare)
      : await notebookRows({ ...stack, machines }, scenario, redeclare);
  } catch (error) {
    if (error instanceof CostError) {
      return noRows(stack, error.message.replace(`stack ${stack.stack}: `, ""));
    }
    throw error;
  }
}

function candidateOf({ platform: { stack, target, offers }, others }: Rows): Candidate {
  const centsOf = (amount: Amount, scenario: Scenario): number => {
    const total = sum([others(scenario), amount]);
    return total.atLeast ? Infinity : total.leastCents;
  };
  return {
    stack,
    target,
    cents: (scenario) => {
      const offer = cheapestOf(offers(scenario));
      return offer === undefined ? Infinity : centsOf(offer.amount, scenario);
    },
    ways: (scenario) =>
      offers(scenario).map(({ mode, amount }) => ({ mode, cents: centsOf(amount, scenario) })),
  };
}

/**
 * The stack whose shared part is put below Studio: the cheapest that has a NAT gateway, by which
 * Studio in a private network reaches AWS, and that lacks no price, if there is one.
 */
function sharedCostSource(stacks: readonly PricedStack[]): PricedStack | undefined {
  const hasNat = ({ estimate }: PricedStack): boolean =>
    estimate.lines.some(({ priceKey }) => priceKey === "vpc.natGateway.hour");
  const able = stacks.some(hasNat) ? stacks.filter(hasNat) : stacks;
  return able.toSorted(
    (one, other) =>
      byAmount(one.estimate.totals.shared, other.estimate.totals.shared) ||
      one.stack.localeCompare(other.stack),
  )[0];
}

function byCost(one: EqualService, other: EqualService): number {
  return (
    byAmount(one.service.total, other.service.total) ||
    one.stack.localeCompare(other.stack) ||
    one.service.mode.localeCompare(other.service.mode)
  );
}
