import { TARGET_NAMES, type TargetName } from "../../settings/shared";
import type { Scenario } from "../scenarios/scenario";
import type { Mode } from "./ways";

/** Whole cents a month of the cheapest machines that run in one way. */
export interface WayCents {
  readonly mode: Mode;
  readonly cents: number;
}

/** A stack whose cost is known in any scenario, each time with its cheapest machines and way to pay. */
export interface Candidate {
  readonly stack: string;
  readonly target: TargetName;
  /** Whole cents a month, as a row has them; `Infinity` when no machines hold the notebooks. */
  readonly cents: (scenario: Scenario) => number;
  /** The same for each way to run the machines and to pay for them. */
  readonly ways: (scenario: Scenario) => readonly WayCents[];
}

/** The cheapest stack of each target in a scenario; none of a target that cannot hold the notebooks. */
export function cheapestByTarget(
  candidates: readonly Candidate[],
  scenario: Scenario,
): Candidate[] {
  return TARGET_NAMES.flatMap((name) => {
    const able = candidates
      .filter(({ target, cents }) => target === name && cents(scenario) < Infinity)
      .toSorted((one, other) => one.cents(scenario) - other.cents(scenario));
    return able.slice(0, 1);
  });
}

/** Hours a month of each notebook between which one stack is the cheaper of two. */
export interface Stretch {
  /** The cheaper stack; undefined where both cost the same. */
  readonly stack: string | undefined;
  readonly fromHours: number;
  readonly toHours: number;
}

/** Two stacks, and which is cheaper at which hours. */
export interface BreakEven {
  readonly stacks: readonly [string, string];
  /** In the order of hours, from 0 to all hours of the scenario's days. */
  readonly stretches: readonly Stretch[];
}

/** Hours of a day at which costs are compared first: every half. */
const HOURS = Array.from({ length: 49 }, (_, step) => step / 2);
/** Fewer hours a month than this are a point: within a cent, the costs around a break-even are the same. */
export const POINT = 0.05;

/**
 * Finds the hours a month at which each two of some stacks cost the same. People, notebooks and days stay; the hours of
 * a day change, and with them machines and ways to pay. Costs change with the hours by a cent at a time, so a
 * change of sign between two steps encloses hours at which both cost the same, to the cent.
 */
export function breakEvens(candidates: readonly Candidate[], scenario: Scenario): BreakEven[] {
  const curves = candidates.map(({ stack, cents }) => {
    const at = (hoursPerDay: number): number => cents({ ...scenario, hoursPerDay });
    return { stack, at, steps: HOURS.map(at) };
  });
  return curves.flatMap((one, index) =>
    curves.slice(index + 1).map((other) => ({
      stacks: [one.stack, other.stack] as const,
      stretches: stretchesOf(one, other, scenario.daysPerMonth),
    })),
  );
}

/** The cents of a stack by hours of a day, and those at each of `HOURS`. */
interface Curve {
  readonly stack: string;
  readonly at: (hoursPerDay: number) => number;
  readonly steps: readonly number[];
}

function stretchesOf(one: Curve, other: Curve, daysPerMonth: number): Stretch[] {
  const signs = HOURS.map((_, step) =>
    Math.sign((one.steps[step] ?? 0) - (other.steps[step] ?? 0)),
  );
  const cheaper = (gap: number): string | undefined =>
    gap === 0 ? undefined : gap < 0 ? one.stack : other.stack;
  const stretches: Stretch[] = [];
  let from = 0;
  for (let step = 1; step < HOURS.length; step++) {
    const [before = 0, after = 0] = [signs[step - 1], signs[step]];
    if (before !== after) {
      const [left = 0, right = 0] = [HOURS[step - 1], HOURS[step]];
      const at = bisect(
        left,
        right,
        (hours) => Math.sign(one.at(hours) - other.at(hours)) === before,
      );
      stretches.push({ stack: cheaper(before), fromHours: from, toHours: at * daysPerMonth });
      from = at * daysPerMonth;
    }
  }
  const last = { stack: cheaper(signs.at(-1) ?? 0), fromHours: from, toHours: 24 * daysPerMonth };
  return [...stretches, last].filter(({ fromHours, toHours }) => toHours - fromHours > POINT);
}

/**
 * Hours around others at which a stack is not the dearer one of a pair.
 *
 * @returns these hours alone where the other one is cheaper on both sides of them.
 */
export function rangeAround(
  { stretches }: BreakEven,
  stack: string,
  hours: number,
): Pick<Stretch, "fromHours" | "toHours"> {
  const isNotDearer = (one: Stretch | undefined): boolean =>
    one !== undefined && [stack, undefined].includes(one.stack);
  // At a break-even two stretches touch, or leave a gap of a point.
  const at = stretches.findIndex(
    (one) => isNotDearer(one) && one.fromHours - POINT <= hours && hours <= one.toHours + POINT,
  );
  if (at === -1) {
    return { fromHours: hours, toHours: hours };
  }
  let [first, last] = [at, at];
  while (isNotDearer(stretches[first - 1])) {
    first -= 1;
  }
  while (isNotDearer(stretches[last + 1])) {
    last += 1;
  }
  return {
    fromHours: stretches[first]?.fromHours ?? 0,
    toHours: stretches[last]?.toHours ?? hours,
  };
}

/** The first place between two numbers, to a billionth of the way, at which a condition is false that is true on the left. */
export function bisect(left: number, right: number, holds: (at: number) => boolean): number {
  let [low, high] = [left, right];
  for (let round = 0; round < 30; round++) {
    const middle = (low + high) / 2;
    if (holds(middle)) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return high;
}
