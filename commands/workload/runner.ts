import type { RunMachine, RunSize } from "../../cost/training-run";
import type { Trial } from "../../cost/tuning-run";
import type { SearchSpace } from "./search-space";

/** A run that a stack is asked for. */
export interface RunRequest {
  /** Id, 9 characters at most: the names of training jobs have no room for more. */
  readonly run: string;
  readonly person: string;
  readonly size: RunSize;
  /** Space in which to look for the best parameters. @default a single training, with those of the program */
  readonly space?: SearchSpace;
}

/** A tuning that a stack is asked for. Its id has 6 characters at most: that is what the names of tuning jobs leave. */
export interface TuningRequest extends RunRequest {
  readonly space: SearchSpace;
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
  /** Time at which it had a machine, of a tuning the first one. */
  readonly placed: Date;
  readonly ended: Date;
  /** Seconds of the machine, of a tuning those of all machines, which are alike. */
  readonly billedSeconds: number;
  readonly machine: RunMachine;
}

/** Means of one stack to run the workload. Every method may fail with an error of its own means. */
export interface Runner<R extends RunRequest = RunRequest> {
  start(request: R): Promise<void>;
  state(request: R): Promise<RunState>;
  /** Only for a run that is done. */
  times(request: R): Promise<RunTimes>;
  /** The last lines of what a run has printed; empty where there are none. */
  log(request: R): Promise<readonly string[]>;
  /** Ends a run, also one of which it is unknown whether it was started. */
  stop(request: R): Promise<void>;
}

/** Means of one stack to tune. */
export interface Tuner {
  readonly runner: Runner<TuningRequest>;
  /** The trials of a tuning that is done, also failed ones. */
  trials(request: TuningRequest): Promise<readonly Trial[]>;
  /** Removes what a tuning leaves whose result is kept. @default it leaves nothing that matters */
  clear?(request: TuningRequest): Promise<void>;
}

/** Lines of a log that a failure shows. */
export const LOG_LINES = 20;
