import { SettingsError } from "../../settings/contract";
import { printable } from "../../settings/foreign-text";
import { personNamespace, PREDICTION, TUNING, WORKLOAD } from "../../settings/names";
import {
  RUN_LABEL,
  conditionOf,
  linesOf,
  logOf,
  timesOf,
  type Container,
  type Item,
} from "./cluster-pods";
import type { Kubectl } from "./kubectl";
import {
  programOptions,
  type JobRequest,
  type Runner,
  type RunRequest,
  type RunState,
  type RunTimes,
  type TuningRequest,
} from "./runner";

/** Everything that a Job of a cluster does. */
type ClusterRequest = JobRequest | TuningRequest;

/** A Job as `kubectl create job --from` prints it. */
interface JobDraft {
  readonly metadata: object & { readonly labels?: object };
  readonly spec: {
    readonly template: {
      readonly metadata: { readonly labels?: object };
      readonly spec: { readonly containers: readonly [Container, ...Container[]] };
    };
  };
}

/**
 * Runs of the workload as Jobs of a cluster, each a copy of a template in the person's namespace: with one pod to
 * train or to ask the model server, with one for each worker to tune.
 */
export class KubernetesRunner implements Runner<ClusterRequest> {
  constructor(private readonly kubectl: Kubectl) {}

  async start(request: ClusterRequest): Promise<void> {
    const { namespace, template, job } = namesOf(request);
    const draft = await this.kubectl([
      ...["--namespace", namespace, "create", "job", job],
      ...[`--from=cronjob/${template}`, "--dry-run=client", "--output=json"],
    ]);
    const filled = JSON.stringify(jobOf(JSON.parse(draft) as JobDraft, request));
    await this.kubectl(["--namespace", namespace, "create", "--filename=-"], filled);
  }

  async state(request: ClusterRequest): Promise<RunState> {
    const { job, pods } = await this.found(request);
    if (job === undefined) {
      return { kind: "failed", step: "its Job was deleted" };
    }
    const failed = conditionOf(job, "Failed");
    if (failed !== undefined) {
      const { reason = "Failed", message = "" } = failed;
      return { kind: "failed", step: printable(`${reason}: ${message}`) };
    }
    if (conditionOf(job, "Complete") !== undefined) {
      return { kind: "done", step: "done" };
    }
    return { kind: "running", step: await this.stepOf(request, pods) };
  }

  async times(request: ClusterRequest): Promise<RunTimes> {
    const { job, pods } = await this.found(request);
    if (job === undefined) {
      throw new SettingsError("the run's Job was deleted, and its times with it");
    }
    const asked = new Date(job.metadata.creationTimestamp);
    return { asked, ...(await timesOf(this.kubectl, pods)) };
  }

  async log(request: ClusterRequest): Promise<readonly string[]> {
    const { pods } = await this.found(request);
    return logOf(this.kubectl, namesOf(request).namespace, pods);
  }

  async stop(request: ClusterRequest): Promise<void> {
    const { namespace, job } = namesOf(request);
    const args = ["delete", "job", job, "--ignore-not-found", "--wait=false"];
    await this.kubectl(["--namespace", namespace, ...args]);
  }

  private async found(
    request: RunRequest,
  ): Promise<{ readonly job: Item | undefined; readonly pods: readonly Item[] }> {
    const selector = `--selector=${RUN_LABEL}=${request.run}`;
    const args = ["get", "jobs,pods", selector, "--output=json"];
    const { items } = await this.read(request, args);
    return {
      job: items.find(({ kind }) => kind === "Job"),
      pods: items.filter(({ kind }) => kind === "Pod"),
    };
  }

  private async read(
    { person }: RunRequest,
    args: readonly string[],
  ): Promise<{ readonly items: readonly Item[] }> {
    const out = await this.kubectl(["--namespace", personNamespace(person), ...args]);
    return JSON.parse(out) as { items: Item[] };
  }

  /** The last event of a Job that has no pod, for instance that a quota is used up. */
  private async whyNoPod(request: ClusterRequest): Promise<string> {
    const { namespace, job } = namesOf(request);
    const out = await this.kubectl([
      ...["--namespace", namespace, "get", "events", "--sort-by=.lastTimestamp"],
      ...[`--field-selector=involvedObject.name=${job},type=Warning`, "--output=json"],
    ]);
    const { items } = JSON.parse(out) as { items: readonly { readonly message?: string }[] };
    const why = items.at(-1)?.message;
    return why === undefined ? "queue" : `queue: ${printable(why)}`;
  }

  /** The step that a run is at: that of its first pod until a program runs, then the last line of the furthest one. */
  private async stepOf(request: ClusterRequest, pods: readonly Item[]): Promise<string> {
    const [first] = pods;
    if (first === undefined) {
      return this.whyNoPod(request);
    }
    const begun = pods.filter((pod) => stepOf(pod) === undefined);
    const { namespace } = namesOf(request);
    const last = begun.map(async ({ metadata: { name: pod } }) =>
      (await linesOf(this.kubectl, { namespace, pod, name: WORKLOAD }, 1)).at(-1),
    );
    const lines = (await Promise.all(last)).flatMap((line) => line ?? []);
    const furthest = lines.toSorted((one, other) =>
      one.localeCompare(other, "en", { numeric: true }),
    );
    return furthest.at(-1) ?? stepOf(first) ?? "start: its program begins";
  }
}

function namesOf(request: ClusterRequest): {
  readonly namespace: string;
  readonly template: string;
  readonly job: string;
} {
  const { person, run } = request;
  const template = "load" in request ? PREDICTION : "space" in request ? TUNING : WORKLOAD;
  return { namespace: personNamespace(person), template, job: `${template}-${run}` };
}

/** A copy of the template with the options and the label of a run, and as many pods as it has workers. */
function jobOf(draft: JobDraft, request: ClusterRequest): object {
  const { run } = request;
  const labels = { [RUN_LABEL]: run };
  const space = "space" in request ? request.space : undefined;
  const { template } = draft.spec;
  const [program, ...others] = template.spec.containers;
  const workers = space && Math.min(space.parallel, space.trials);
  const options = {
    run,
    ...programOptions(request),
    ...(space && { space: JSON.stringify(space) }),
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  return {
    ...draft,
    metadata: { ...draft.metadata, labels: { ...draft.metadata.labels, ...labels } },
    spec: {
      ...draft.spec,
      ...(workers && { completions: workers, parallelism: workers }),
      template: {
        ...template,
        metadata: { ...template.metadata, labels: { ...template.metadata.labels, ...labels } },
        spec: {
          ...template.spec,
          containers: [{ ...program, args }, ...others],
        },
      },
    },
  };
}

/** The step that a pod is at; undefined once its program runs. */
function stepOf({ status }: Item): string | undefined {
  const scheduled = status.conditions?.find(({ type }) => type === "PodScheduled");
  if (scheduled?.status !== "True") {
    return `queue: ${printable(scheduled?.message ?? "waits for a node")}`;
  }
  const all = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  const current = all.find(({ state }) => state.terminated === undefined);
  const isOver = all.length > 0 && current === undefined;
  if (isOver || (current?.name === WORKLOAD && current.state.running !== undefined)) {
    return undefined;
  }
  const waiting = current?.state.waiting;
  const why = waiting?.message ?? waiting?.reason;
  const name = current?.name ?? WORKLOAD;
  return why === undefined ? `start: ${name}` : `start: ${name}, ${printable(why)}`;
}
