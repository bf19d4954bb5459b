import { isPlatform, notebooksHeld, PLATFORMS } from "./capacity";
import { isAsBig } from "./studio";
import type { Scenario } from "../scenarios/scenario";
import { notebooks, workingHours } from "../scenarios/scenario-usage";
import { INSTANCE_TYPES } from "../../settings/values/instance-types";
import type { PricedStack } from "./priced-stack";

/** What a stack gives the people of a scenario for its price. */
export interface Shares {
  /** Notebooks that run at the same time, at most as many as the scenario has. */
  readonly notebooksHeld: number;
  /** Cents, not rounded, for each person of the scenario. */
  readonly perPersonCents: number;
  /** For each hour in a notebook that the stack holds; undefined when it holds none. */
  readonly perNotebookHourUsd: number | undefined;
}

/** Divides a price by people, and by the hours of the notebooks that are there for it. */
export function sharesOf(totalCents: number, held: number, scenario: Scenario): Shares {
  return {
    notebooksHeld: held,
    perPersonCents: totalCents / scenario.people,
    perNotebookHourUsd: held === 0 ? undefined : totalCents / 100 / (held * workingHours(scenario)),
  };
}

/** The shares of a stack as it is: where nodes are few, the rest of the notebooks has to wait. */
export function stackShares(stack: PricedStack, scenario: Scenario): Shares {
  return sharesOf(stack.estimate.totals.totalCents, heldBy(stack, scenario), scenario);
}

function heldBy({ target, nodes, studio }: PricedStack, scenario: Scenario): number {
  const type = INSTANCE_TYPES.get(nodes?.instanceType ?? "");
  if (isPlatform(target) && nodes !== undefined && type !== undefined) {
    return notebooksHeld(PLATFORMS[target], { type, count: nodes.count }, scenario);
  }
  // Studio starts as many as are asked for; the question is whether one is big enough.
  return studio !== undefined && isAsBig(studio.instanceType, scenario) ? notebooks(scenario) : 0;
}
