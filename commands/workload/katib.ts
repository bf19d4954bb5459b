import type { Trial } from "../../cost/tuning-run";
import { SettingsError } from "../../settings/contract";
import { printable } from "../../settings/foreign-text";
import { KATIB_LABELS, TRIAL, TRIALS_NAMESPACE } from "../../settings/names";
import {
  conditionOf,
  logOf,
  secondsOf,
  spanOf,
  timesOf,
  type Condition,
  type Item,
  type Span,
} from "./cluster-pods";
import { experimentName, experimentOf, valueOf, type TrialDraft } from "./experiment";
import type { Kubectl } from "./kubectl";
import type { RunState, RunTimes, Tuner, TuningRequest } from "./runner";
import type { SearchSpace } from "./search-space";

interface Metric {
  readonly name: string;
  readonly latest: string;
}

interface Observation {
  readonly metrics?: readonly Metric[];
}

/** An Experiment as `kubectl get` prints it. */
interface Experiment {
  readonly metadata: { readonly creationTimestamp: string };
  readonly status?: {
    readonly conditions?: readonly Condition[];
    readonly trialsSucceeded?: number;
    readonly currentOptimalTrial?: { readonly observation?: Observation };
  };
}

/** A trial as `kubectl get` prints it. */
export interface KatibTrial {
  readonly metadata: { readonly name: string; readonly creationTimestamp: string };
  readonly spec: {
    readonly parameterAssignments?: readonly { readonly name: string; readonly value: string }[];
  };
  readonly status?: {
    readonly startTime?: string;
    readonly completionTime?: string | null;
    readonly conditions?: readonly Condition[];
    readonly observation?: Observation;
  };
}

/** Tunings as Experiments of Katib, each trial a Job, all in the namespace of trials. */
export class KatibTuner implements Tuner {
  readonly runner = this;

  constructor(private readonly kubectl: Kubectl) {}

  async start(request: TuningRequest): Promise<void> {
    const draft = await this.inTrials([
      ...["create", "job", TRIAL, `--from=cronjob/${TRIAL}`],
      ...["--dry-run=client", "--output=json"],
    ]);
    const experiment = experimentOf(JSON.parse(draft) as TrialDraft, request);
    await this.inTrials(["create", "--filename=-"], JSON.stringify(experiment));
  }

  async state(request: TuningRequest): Promise<RunState> {
    const { status = {} } = await this.experiment(request);
    const failed = conditionOf({ status }, "Failed");
    if (failed !== undefined) {
      const { reason = "Failed", message = "" } = failed;
      return { kind: "failed", step: printable(`${reason}: ${message}`) };
    }
    if (conditionOf({ status }, "Succeeded") !== undefined) {
      return { kind: "done", step: "done" };
    }
    const { trialsSucceeded = 0, currentOptimalTrial } = status;
    if (trialsSucceeded === 0) {
      return { kind: "running", step: await this.whyNoTrial(request) };
    }
    const { objective, trials } = request.space;
    const best = valueIn(currentOptimalTrial?.observation, objective.name);
    const done = `tuning: ${trialsSucceeded} of ${trials} trials`;
    const step = best === null ? done : `${done}, best ${objective.name} ${best.toFixed(4)}`;
    return { kind: "running", step };
  }

  async times(request: TuningRequest): Promise<RunTimes> {
    const { metadata } = await this.experiment(request);
    const pods = await this.pods(request);
    const lost = lostOf(await this.trialItems(request), pods);
    const asked = new Date(metadata.creationTimestamp);
    return { asked, ...(await timesOf(this.kubectl, pods, lost)) };
  }

  async log(request: TuningRequest): Promise<readonly string[]> {
    return logOf(this.kubectl, TRIALS_NAMESPACE, await this.pods(request));
  }

  /** Deletes the Experiment, and with it its trials. */
  async stop(request: TuningRequest): Promise<void> {
    const name = experimentName(request);
    await this.inTrials(["delete", "experiment", name, "--ignore-not-found", "--wait=false"]);
  }

  async trials(request: TuningRequest): Promise<readonly Trial[]> {
    return trialsOf(await this.trialItems(request), await this.pods(request), request.space);
  }

  /** Deletes the Experiment, which has no other end, once its result is kept. */
  async clear(request: TuningRequest): Promise<void> {
    await this.stop(request);
  }

  private async experiment(request: TuningRequest): Promise<Experiment> {
    const name = experimentName(request);
    const args = ["get", "experiments.kubeflow.org", name, "--ignore-not-found", "--output=json"];
    const out = await this.inTrials(args);
    if (out.trim() === "") {
      throw new SettingsError("its Experiment was deleted");
    }
    return JSON.parse(out) as Experiment;
  }

  private async trialItems(request: TuningRequest): Promise<readonly KatibTrial[]> {
    const selector = `--selector=${KATIB_LABELS.experiment}=${experimentName(request)}`;
    const out = await this.inTrials(["get", "trials.kubeflow.org", selector, "--output=json"]);
    return (JSON.parse(out) as { items: KatibTrial[] }).items;
  }

  private async pods(request: TuningRequest): Promise<readonly Item[]> {
    const selector = `--selector=${KATIB_LABELS.trial},${KATIB_LABELS.experiment}=${experimentName(request)}`;
    const out = await this.inTrials(["get", "pods", selector, "--output=json"]);
    return (JSON.parse(out) as { items: Item[] }).items;
  }

  /** The last warning about something of an Experiment, for instance that a quota is used up. */
  private async whyNoTrial(request: TuningRequest): Promise<string> {
    const out = await this.inTrials([
      ...["get", "events", "--sort-by=.lastTimestamp", "--field-selector=type=Warning"],
      "--output=json",
    ]);
    const { items } = JSON.parse(out) as {
      readonly items: readonly {
        readonly involvedObject: { readonly name: string };
        readonly message?: string;
      }[];
    };
    const own = items.filter(({ involvedObject: { name } }) =>
      name.startsWith(experimentName(request)),
    );
    const why = own.at(-1)?.message;
    return why === undefined ? "start: its first trials" : `start: ${printable(why)}`;
  }

  private inTrials(args: readonly string[], input?: string): Promise<string> {
    return this.kubectl(["--namespace", TRIALS_NAMESPACE, ...args], input);
  }
}

/** The trials of an Experiment, in the order of their creation; one whose pod is gone has no seconds. */
export function trialsOf(
  trials: readonly KatibTrial[],
  pods: readonly Item[],
  space: SearchSpace,
): Trial[] {
  const order = ({ metadata: { creationTimestamp, name } }: KatibTrial): string =>
    `${creationTimestamp} ${name}`;
  return trials
    .toSorted((one, other) => order(one).localeCompare(order(other), "en"))
    .map(({ metadata, spec, status = {} }, number) => {
      const value = valueIn(status.observation, space.objective.name);
      const pod = pods.find(
        ({ metadata: { labels } }) => labels?.[KATIB_LABELS.trial] === metadata.name,
      );
      const parameters = (spec.parameterAssignments ?? []).flatMap(({ name, value: text }) => {
        const one = space.parameters.find((parameter) => parameter.name === name);
        return one === undefined ? [] : [[name, valueOf(one, text)] as const];
      });
      return {
        number,
        state: stateOf(status.conditions, value),
        value,
        parameters: Object.fromEntries(parameters),
        seconds: pod === undefined ? null : secondsOf(pod, TRIAL),
      };
    });
}

/**
 * Times of trials whose pods have gone with their nodes: Katib's own, from the creation of a trial to its end. They are
 * no shorter than those of the pod, so the price is never too low.
 */
function lostOf(trials: readonly KatibTrial[], pods: readonly Item[]): Span[] {
  const known = pods
    .filter((pod) => spanOf(pod) !== undefined)
    .map(({ metadata: { labels } }) => labels?.[KATIB_LABELS.trial]);
  return trials
    .filter(({ metadata: { name } }) => !known.includes(name))
    .flatMap(({ status: { startTime, completionTime } = {} }) =>
      startTime === undefined || typeof completionTime !== "string"
        ? []
        : [{ placed: Date.parse(startTime), ended: Date.parse(completionTime) }],
    );
}

/** The state of a trial: the last of its conditions that holds. */
function stateOf(conditions: readonly Condition[] = [], value: number | null): string {
  const last = conditions.findLast(({ status }) => status === "True")?.type ?? "created";
  return last === "Succeeded" && value !== null ? "complete" : last.toLowerCase();
}

function valueIn({ metrics = [] }: Observation = {}, name: string): number | null {
  const text = metrics.find((metric) => metric.name === name)?.latest;
  const value = Number(text);
  return text === undefined || Number.isNaN(value) ? null : value;
}
