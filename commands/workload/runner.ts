import type { Load } from "../../cost/prediction-run";
import type { RunMachine, RunSize } from "../../cost/training-run";
import type { Trial } from "../../cost/tuning-run";
import type { SearchSpace } from "./search-space";

/** A run that a stack is asked for. */
export interface RunRequest {
  /** Id, 9 characters at most: the names of training jobs have no room for more. */
  readonly run: string;
  readonly person: string;
}

/** A training that a stack is asked for. */
export interface TrainingRequest extends RunRequest {
  readonly size: RunSize;
}

/** A tuning that a stack is asked for. Its id has 6 characters at most: that is what the names of tuning jobs leave. */
export interface TuningRequest extends TrainingRequest {
  /** Space in which to look for the best parameters. */
  readonly space: SearchSpace;
}

/** A load on the model server of a stack, which a Job or a training job puts on it. */
export interface PredictionRequest extends RunRequest {
  readonly load: Load;
}

/** Everything that one Job or training job does. */
export type JobRequest = TrainingRequest | PredictionRequest;

/** Options of the program of a job, beside the id of the run. */
export function programOptions(request: JobRequest): Readonly<Record<string, string>> {
  if ("load" in request) {
    const { clients, seconds, images } = request.load;
    return { clients: String(clients), seconds: String(seconds), images: String(images) };
  }
  return { size: request.size };
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

/** Means of one stack to run something. Every method may fail with an error of its own means. */
export interface Runner<R extends RunRequest = JobRequest> {
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
