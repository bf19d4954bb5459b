import type { Result } from "../settings/contract";
import { HOURS_PER_MONTH } from "./rule";
import { trimFloat } from "./money";
import type { PriceBook } from "./price-book";
import { marginalCost, SECONDS_PER_HOUR, type RunMachine, type TrainingRun } from "./training-run";

/** A load on a model server, as `workload/predict.py` puts it on. */
export interface Load {
  /** Clients that ask at the same time, each for the next images as soon as it has an answer. */
  readonly clients: number;
  readonly seconds: number;
  /** Images in each request. */
  readonly images: number;
}

/** The part of `predictions.json` that is read; `predict.py` writes it. */
export interface PredictionMetrics {
  /** Time at which the program began, in seconds since 1970. */
  readonly begun: number;
  readonly requests: number;
  readonly predictions: number;
  /** Seconds in which the server has answered all of them. */
  readonly seconds: number;
  /** Seconds of a request: the longest one of the fastest 50, 95 and 99 percent. */
  readonly latency: Readonly<Record<"p50" | "p95" | "p99", number>>;
  /** Share of the answers that are right. */
  readonly accuracy: number;
}

/** Machines that a model server occupies, all alike. */
export interface ServerMachines {
  readonly machine: RunMachine;
  readonly count: number;
}

/** Answers of a stack's model server to a load. */
export interface PredictionRun
  extends
    Pick<TrainingRun, "run" | "stack" | "target" | "person" | "asked">,
    Pick<PredictionMetrics, "requests" | "latency" | "accuracy"> {
  readonly load: Load;
  /** Predictions a second of all clients together. */
  readonly rate: number;
  readonly server: ServerMachines;
  /** US dollars at the prices of that day; null where a machine has no price. */
  readonly usd: ServingCost | null;
  /** Predictions a day from which on the server costs less than a Job a day; null if it cannot answer as many. */
  readonly breakEven: number | null;
}

/** Dollars of a model server, not rounded. */
export interface ServingCost {
  /** 1,000 predictions, while it answers at the measured rate all the time. */
  readonly perThousand: number;
  /** A month, whether anybody asks or not. */
  readonly idleMonth: number;
}

/** A Job that could compute a day's predictions at once, instead of a server. */
export interface BatchJob {
  readonly machine: RunMachine;
  /** Seconds for which it occupies the machine before it predicts. */
  readonly startSeconds: number;
}

const SECONDS_PER_DAY = 24 * SECONDS_PER_HOUR;

/**
 * Price of predictions, and the number of them a day that a Job, which predicts as fast, would compute for the price
 * of the server's day. With fewer a Job costs less, though its answers come once a day.
 *
 * @returns a problem where a machine has no list price.
 */
export function servingCost(
  { rate, server, target }: Pick<PredictionRun, "rate" | "server" | "target">,
  job: BatchJob,
  book: PriceBook,
): Result<{ readonly usd: ServingCost; readonly breakEven: number | null }> {
  const one = marginalCost(server.machine, SECONDS_PER_HOUR, target, book);
  const other = marginalCost(job.machine, SECONDS_PER_HOUR, target, book);
  if ("problem" in one) {
    return one;
  }
  if ("problem" in other) {
    return other;
  }
  const hour = one.ok * server.count;
  const jobSeconds = (SECONDS_PER_DAY * hour) / other.ok - job.startSeconds;
  return {
    ok: {
      usd: {
        perThousand: trimFloat((hour / SECONDS_PER_HOUR / rate) * 1000),
        idleMonth: trimFloat(hour * HOURS_PER_MONTH),
      },
      breakEven:
        jobSeconds > SECONDS_PER_DAY ? null : Math.max(0, Math.ceil(trimFloat(jobSeconds * rate))),
    },
  };
}
