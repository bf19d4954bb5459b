import type { Result } from "../settings/contract";
import { trimFloat } from "./money";
import type { PriceBook } from "./price-book";
import { marginalCost, runCost, type RunCost, type TrainingRun } from "./training-run";

/** Aim of a tuning: the largest or the smallest value of a metric that `workload/train.py` prints. */
export interface Objective {
  readonly name: string;
  readonly direction: "maximize" | "minimize";
}

/** One training of a tuning, as `workload/tune.py` writes it, or as SageMaker lists it. */
export interface Trial {
  readonly number: number;
  /** `complete` has a value; anything else is none, such as `fail` or `running`. */
  readonly state: string;
  /** Value of the objective; null where there is none. */
  readonly value: number | null;
  readonly parameters: Readonly<Record<string, number | string>>;
  /**
   * Seconds from its start to its end: of a worker those of the training, of Katib those of the program in its pod, of
   * a training job those that AWS bills.
   */
  readonly seconds: number | null;
}

/** A tuning that has done its trials, as `tuning.json` in the bucket has it. */
export interface TuningRun extends Pick<
  TrainingRun,
  "run" | "stack" | "target" | "person" | "size" | "asked" | "machine" | "billedSeconds"
> {
  readonly objective: Objective;
  /** Number of trials that were asked for, and at the same time. */
  readonly wanted: number;
  readonly parallel: number;
  /** Seconds from the request to the end. */
  readonly seconds: { readonly total: number };
  readonly trials: readonly PricedTrial[];
  /** The trial with the best value; null where none has one. */
  readonly best: PricedTrial | null;
  /** US dollars at the prices of that day; null where its machine has no price. */
  readonly usd: TuningCost | null;
}

/** A trial, and US dollars for its seconds; null where it has none, or its machine has no price. */
export interface PricedTrial extends Trial {
  readonly usd: number | null;
}

/** Dollars of a tuning, not rounded. */
export interface TuningCost extends RunCost {
  /** Marginal dollars of all machines, with their starts, by trial that is complete; null where none is. */
  readonly perTrial: number | null;
}

/** True for a trial with a value. */
export function isComplete({ state, value }: Trial): boolean {
  return state === "complete" && value !== null;
}

/** The trial with the best value, of equal ones the first; undefined where none has a value. */
export function bestOf<T extends Trial>(
  trials: readonly T[],
  direction: Objective["direction"],
): T | undefined {
  const sign = direction === "maximize" ? -1 : 1;
  const rank = ({ value }: Trial): number => sign * (value ?? 0);
  return trials.filter(isComplete).toSorted((one, other) => rank(one) - rank(other))[0];
}

/**
 * Price of a tuning.
 *
 * @param hourly an hour of everything in the stack that is billed by time; see `runCost`.
 */
export function tuningCost(
  tuning: Pick<TuningRun, "machine" | "billedSeconds" | "seconds" | "target" | "trials">,
  hourly: number,
  book: PriceBook,
): Result<TuningCost> {
  const cost = runCost(tuning, hourly, book);
  if ("problem" in cost) {
    return cost;
  }
  const complete = tuning.trials.filter(isComplete).length;
  const perTrial = complete === 0 ? null : trimFloat(cost.ok.marginal / complete);
  return { ok: { ...cost.ok, perTrial } };
}

/** Trials with the price of their own seconds. */
export function priced(
  trials: readonly Trial[],
  { machine, target }: Pick<TuningRun, "machine" | "target">,
  book: PriceBook,
): PricedTrial[] {
  return trials.map((trial) => {
    const cost =
      trial.seconds === null ? undefined : marginalCost(machine, trial.seconds, target, book);
    return { ...trial, usd: cost !== undefined && "ok" in cost ? cost.ok : null };
  });
}
