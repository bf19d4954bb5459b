import { setTimeout } from "node:timers/promises";
import type { FailedRun } from "../../reports/training-runs";
import { sentenceOf } from "../../settings/foreign-text";
import type { Runner, RunRequest, RunState, RunTimes } from "./runner";

/** End of a run. */
export type RunEnd =
  | { readonly kind: "done"; readonly times: RunTimes }
  | { readonly kind: "failed"; readonly reason: string; readonly log: readonly string[] }
  | Stopped;

/** End of a run that was told to stop. */
interface Stopped {
  readonly kind: "stopped";
  /** The reason why it could not be stopped. @default it was */
  readonly left?: string;
}

/** Needs of a run besides its platform. */
export interface RunContext {
  /** Aborted when the person wants to end everything. */
  readonly signal: AbortSignal;
  /** Called with each new step of the run. */
  readonly step: (step: string) => void;
  /** Milliseconds between two looks. */
  readonly interval: number;
}

/** Looks in a row that may fail: an API may be out of reach for a moment while a run goes on. */
const FAILED_LOOKS = 5;

/**
 * Starts a run and waits for its end; stops it when it is told to, or when it can no longer see it. A run that is done
 * is never stopped: what it leaves may be the only place of its result.
 */
export async function follow<R extends RunRequest>(
  runner: Runner<R>,
  request: R,
  context: RunContext,
): Promise<RunEnd> {
  let end: RunState | undefined;
  try {
    await runner.start(request);
    end = await ending(runner, request, context);
  } catch (error) {
    // It may have been started nevertheless, and cost money.
    const stop = await stopped(runner, request);
    if (context.signal.aborted) {
      return stop;
    }
    const left = stop.left === undefined ? "" : `; ${stop.left}`;
    return { kind: "failed", reason: `${sentenceOf(error, 400)}${left}`, log: [] };
  }
  if (end === undefined) {
    return stopped(runner, request);
  }
  return end.kind === "done"
    ? timed(runner, request)
    : { kind: "failed", reason: end.step, log: await logOf(runner, request) };
}

/** The end of a run that is done. */
async function timed<R extends RunRequest>(runner: Runner<R>, request: R): Promise<RunEnd> {
  try {
    return { kind: "done", times: await runner.times(request) };
  } catch (error) {
    const reason = `the run finished, but its times cannot be read: ${sentenceOf(error, 400)}`;
    return { kind: "failed", reason, log: [] };
  }
}

/** A result, or why there is none. */
export type Kept<T> = { readonly ok: T } | { readonly failed: FailedRun };

/** Results, apart from what has failed. */
export function parted<T>(results: readonly Kept<T>[]): {
  readonly done: readonly T[];
  readonly failed: readonly FailedRun[];
} {
  return {
    done: results.flatMap((one) => ("ok" in one ? [one.ok] : [])),
    failed: results.flatMap((one) => ("failed" in one ? [one.failed] : [])),
  };
}

/**
 * Follows a run to its end and keeps its result.
 *
 * @param what the part of the result that the run itself has written, as a failure calls it.
 */
export async function resultOf<R extends RunRequest, T>(
  runner: Runner<R>,
  request: R,
  { stack, ...context }: RunContext & { readonly stack: string },
  { what, keep }: { readonly what: string; readonly keep: (times: RunTimes) => Promise<T> },
): Promise<Kept<T>> {
  const failure = (reason: string, log: readonly string[] = []): Kept<T> => ({
    failed: { stack, run: request.run, reason, log },
  });
  const end = await follow(runner, request, context);
  if (end.kind === "stopped") {
    return failure(end.left ?? "stopped");
  }
  if (end.kind === "failed") {
    return failure(end.reason, end.log);
  }
  try {
    return { ok: await keep(end.times) };
  } catch (error) {
    return failure(
      `the run finished, but its ${what} cannot be read or its result cannot be saved: ${sentenceOf(error)}`,
    );
  }
}

/** The last state of a run; undefined when it is to be stopped. */
async function ending<R extends RunRequest>(
  runner: Runner<R>,
  request: R,
  { signal, step, interval }: RunContext,
): Promise<RunState | undefined> {
  let failed = 0;
  let last = "";
  while (!signal.aborted) {
    try {
      const state = await runner.state(request);
      failed = 0;
      if (state.step !== last) {
        last = state.step;
        step(last);
      }
      if (state.kind !== "running") {
        return state;
      }
    } catch (error) {
      failed += 1;
      if (failed === FAILED_LOOKS) {
        throw error;
      }
    }
    await setTimeout(interval, undefined, { signal }).catch(() => undefined);
  }
  return undefined;
}

async function stopped<R extends RunRequest>(runner: Runner<R>, request: R): Promise<Stopped> {
  try {
    await runner.stop(request);
    return { kind: "stopped" };
  } catch (error) {
    return { kind: "stopped", left: `it could not be stopped: ${sentenceOf(error, 400)}` };
  }
}

/** The log of a failed run, or why there is none. */
async function logOf<R extends RunRequest>(
  runner: Runner<R>,
  request: R,
): Promise<readonly string[]> {
  try {
    return await runner.log(request);
  } catch (error) {
    return [`(its log cannot be read: ${sentenceOf(error)})`];
  }
}
