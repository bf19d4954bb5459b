import type { TargetName } from "../../settings/shared";
import { scenarioField, type Scenario } from "../scenarios/scenario";
import type { Candidate } from "./break-even";

/** Hours of a day that a column of the map holds: from the first to the last, as far as one stack is the cheapest. */
export interface MapStretch {
  /** Undefined where no stack holds the notebooks. */
  readonly stack: string | undefined;
  readonly target: TargetName | undefined;
  readonly fromHours: number;
  readonly toHours: number;
}

/** A number of people, and the cheapest stack at each number of hours. */
export interface MapColumn {
  readonly people: number;
  /** In the order of hours; each begins where the one before ends. */
  readonly stretches: readonly MapStretch[];
}

/** The cheapest stack by people and by the hours a day in which a notebook is in use. */
export interface BreakEvenMap {
  readonly columns: readonly MapColumn[];
  /** People between two columns. */
  readonly peopleStep: number;
  /** Hours between two points of a column. */
  readonly hoursStep: number;
}

/** Points along each axis. */
const PEOPLE_POINTS = 60;
const HOURS_POINTS = 64;

/**
 * Asks the model for each point, with everything else as in the scenario. The scenario's people are in the left half
 * of the map, at one of its columns.
 */
export function breakEvenMap(candidates: readonly Candidate[], scenario: Scenario): BreakEvenMap {
  const peopleStep = Math.ceil((2 * scenario.people) / PEOPLE_POINTS);
  const hoursStep = (scenarioField("hoursPerDay")?.max ?? 24) / HOURS_POINTS;
  const first = scenario.people % peopleStep || peopleStep;
  const columns = Array.from({ length: PEOPLE_POINTS }, (_, index) => {
    const people = first + index * peopleStep;
    const points = Array.from({ length: HOURS_POINTS }, (__, point) =>
      cheapestAt(candidates, { ...scenario, people, hoursPerDay: (point + 1) * hoursStep }),
    );
    return { people, stretches: stretchesOf(points, hoursStep) };
  });
  return { columns, peopleStep, hoursStep };
}

/** The candidate with the lowest cost, the first of those that cost the same; undefined where none has one. */
function cheapestAt(candidates: readonly Candidate[], scenario: Scenario): Candidate | undefined {
  let [best, least] = [undefined as Candidate | undefined, Infinity];
  for (const candidate of candidates) {
    const cents = candidate.cents(scenario);
    if (cents < least) {
      [best, least] = [candidate, cents];
    }
  }
  return best;
}

function stretchesOf(points: readonly (Candidate | undefined)[], hoursStep: number): MapStretch[] {
  const starts = points.flatMap((one, index) =>
    index === 0 || one !== points[index - 1] ? [index] : [],
  );
  return starts.map((start, index) => ({
    stack: points[start]?.stack,
    target: points[start]?.target,
    fromHours: start * hoursStep,
    toHours: (starts[index + 1] ?? points.length) * hoursStep,
  }));
}
