import { profileOf } from "../../settings/targets";
import type { TargetName } from "../../settings/shared";
import { INSTANCE_TYPES } from "../../settings/values/instance-types";
import { divided, type Amount } from "../amount";
import { trimFloat } from "../money";
import type { Scenario } from "../scenarios/scenario";
import { notebooks, workingHours } from "../scenarios/scenario-usage";
import { notebooksHeld } from "./capacity";
import { isAsBig } from "./notebook-machine";
import type { PricedStack, StackNotebooks } from "./priced-stack";

/** A price divided by people and notebook-hours, and the notebooks that it pays for. */
export interface UnitCosts {
  /** Notebooks that run at the same time, at most as many as the scenario has. */
  readonly notebooksHeld: number;
  /** For each person of the scenario, not rounded. */
  readonly perPerson: Amount;
  /** For each hour in a notebook that the stack holds, not rounded; undefined when it holds none. */
  readonly perNotebookHour: Amount | undefined;
}

/** Divides a price by people, and by the hours of the notebooks that it pays for. */
export function unitCosts(total: Amount, held: number, scenario: Scenario): UnitCosts {
  return {
    notebooksHeld: held,
    perPerson: divided(total, scenario.people),
    perNotebookHour: held === 0 ? undefined : divided(total, held * workingHours(scenario)),
  };
}

/** The unit costs of a stack as it is: where it has few nodes, the rest of the notebooks has to wait. */
export function stackUnitCosts(stack: PricedStack, scenario: Scenario): UnitCosts {
  return unitCosts(stack.estimate.totals.total, heldBy(stack, scenario), scenario);
}

/** Tells whether a stack, as it is, runs all notebooks of a scenario at the same time. */
export function holdsAll(stack: PricedStack, scenario: Scenario): boolean {
  return heldBy(stack, scenario) === notebooks(scenario);
}

/**
 * The price of one training run alone, not rounded; undefined where the scenario has no length of runs, or the stack no
 * training jobs with a price.
 */
export function perTrainingRun(
  { trainingHour }: PricedStack,
  { trainingRunMinutes }: Scenario,
): number | undefined {
  return trainingHour === undefined || trainingRunMinutes === undefined
    ? undefined
    : trimFloat((trainingHour * trainingRunMinutes) / 60);
}

function heldBy({ target, machines }: PricedStack, scenario: Scenario): number {
  if (machines.kind === "nodes") {
    const type = INSTANCE_TYPES.get(machines.instanceType);
    return type === undefined
      ? 0
      : notebooksHeld(machines.cluster, { type, count: machines.count }, scenario);
  }
  // AWS starts as many as people ask for; the question is whether one is big enough.
  return fits(target, machines, scenario) ? notebooks(scenario) : 0;
}

/** Tells whether the machines that a stack declares are as big as a notebook of the scenario. */
function fits(target: TargetName, { instanceType }: StackNotebooks, scenario: Scenario): boolean {
  const { capacity } = profileOf(target);
  return capacity.kind === "per-notebook" && isAsBig(capacity.instanceOf(instanceType), scenario);
}
