import type { RunMachine, RunSize } from "../../cost/training-run";

/** A run that a stack is asked for. */
export interface RunRequest {
  /** Id, 9 characters at most: the names of training jobs have no room for more. */
  readonly run: string;
  readonly person: string;
  readonly size: RunSize;
}

/** A run as its platform sees it. */
export interface RunState {
  readonly kind: "running" | "done" | "failed";
  /** Present step for the person who waits; on failure the reason. */
  readonly step: string;
}

/** Times at which a finished run changed its phase, and what it occupied. */
export interface RunTimes {
  readonly asked: Date;
  /** Time at which it had a machine. */
  readonly placed: Date;
  readonly ended: Date;
  readonly billedSeconds: number;
  readonly machine: RunMachine;
}

/** Means of one stack to run the workload. Every method may fail with an error of its own means. */
export interface Runner {
  start(request: RunRequest): Promise<void>;
  state(request: RunRequest): Promise<RunState>;
  /** Only for a run that is done. */
  times(request: RunRequest): Promise<RunTimes>;
  /** The last lines of what a run has printed; empty where there are none. */
  log(request: RunRequest): Promise<readonly string[]>;
  /** Ends a run, also one of which it is unknown whether it was started. */
  stop(request: RunRequest): Promise<void>;
}

/** Lines of a log that a failure shows. */
export const LOG_LINES = 20;
