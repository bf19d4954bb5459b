import { ASSUMED } from "../scenarios/assumed";
import { scenarioField, type Scenario } from "../scenarios/scenario";
import { bisect, type Candidate } from "./break-even";

/** A value of an assumption beyond which another stack is the cheapest. */
export interface Turn {
  readonly at: number;
  /** The cheapest stack beyond that value. */
  readonly stack: string;
}

/** An assumption, and the nearest values at which the cheapest stack changes. */
export interface Sensitivity {
  /** Name of the field of the scenario. */
  readonly field: SensitiveField;
  readonly now: number;
  /** The cheapest stack now. */
  readonly cheapest: string;
  /** Values that were tried, both included. */
  readonly from: number;
  readonly to: number;
  /** Below the value of now. @default none down to `from` */
  readonly below?: Turn;
  /** Above the value of now. @default none up to `to` */
  readonly above?: Turn;
}

/** Fields that are tried: what is assumed, and the size and use of a notebook. */
export const SENSITIVE = [
  "notebookGib",
  "notebookVcpus",
  "hoursPerDay",
  ...(Object.keys(ASSUMED) as (keyof typeof ASSUMED)[]),
] as const;
/** Name of a field that is tried. */
export type SensitiveField = (typeof SENSITIVE)[number];

/** Values that are tried on each side; of whole numbers all. */
const STEPS = 24;
/** Notebooks are tried up to so many times their size. */
const TIMES = 8;

/**
 * Asks the same model again with other values of one field, in steps; between the two steps at which the
 * cheapest stack changes it finds the value. Two changes between two steps stay unseen.
 */
export function sensitivity(candidates: readonly Candidate[], scenario: Scenario): Sensitivity[] {
  const cheapest = cheapestIn(candidates, scenario);
  if (cheapest === undefined) {
    return [];
  }
  return SENSITIVE.map((field) => {
    const now = scenario[field];
    const { min = now, max = now, whole = false } = scenarioField(field) ?? {};
    const to = field.startsWith("notebook") ? Math.min(max, now * TIMES) : max;
    const at = (value: number): string | undefined =>
      cheapestIn(candidates, { ...scenario, [field]: value });
    const [below, above] = [min, to].map((end) => turn({ now, end, whole }, cheapest, at));
    return {
      field,
      now,
      cheapest,
      from: min,
      to,
      ...(below !== undefined && { below }),
      ...(above !== undefined && { above }),
    };
  });
}

function cheapestIn(candidates: readonly Candidate[], scenario: Scenario): string | undefined {
  let [best, least] = [undefined as string | undefined, Infinity];
  for (const { stack, cents } of candidates) {
    const amount = cents(scenario);
    if (amount < least) {
      [best, least] = [stack, amount];
    }
  }
  return best;
}

/** Values from one to another. */
interface Way {
  readonly now: number;
  readonly end: number;
  readonly whole: boolean;
}

/** The first value on a way at which another stack is the cheapest. */
function turn(
  { now, end, whole }: Way,
  cheapest: string,
  at: (value: number) => string | undefined,
): Turn | undefined {
  const steps = whole ? Math.abs(end - now) : STEPS;
  let before = now;
  for (let step = 1; step <= steps; step++) {
    const value = now + ((end - now) * step) / steps;
    const stack = at(value);
    if (stack !== undefined && stack !== cheapest) {
      return {
        at: whole ? before : bisect(before, value, (one) => at(one) === cheapest),
        stack,
      };
    }
    before = value;
  }
  return undefined;
}
