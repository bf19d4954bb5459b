import { SettingsError } from "../../settings/contract";
import { printable } from "../../settings/foreign-text";
import { personNamespace, PREDICTION, TUNING, WORKLOAD } from "../../settings/names";
import type { NodeShare } from "../../cost/training-run";
import type { Kubectl } from "./kubectl";
import {
  LOG_LINES,
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

/** Label of a run's Job and pods; its value is the run's id. */
const RUN_LABEL = "ml-platform/run";

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

interface ContainerStatus {
  readonly name: string;
  readonly state: {
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly running?: object;
    readonly terminated?: { readonly exitCode: number; readonly finishedAt: string };
  };
}

interface Container {
  readonly name: string;
  readonly args?: readonly string[];
  readonly resources?: {
    readonly requests?: {
      readonly cpu?: string;
      readonly memory?: string;
      readonly "nvidia.com/gpu"?: string;
    };
  };
}

/** A pod of Kubernetes, as far as its share of a node is read from it. */
export interface PodItem {
  readonly spec: { readonly nodeName?: string; readonly containers?: readonly Container[] };
}

interface Item extends PodItem {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly creationTimestamp: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly status: {
    readonly conditions?: readonly Condition[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

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
    const spans = pods.flatMap((pod) => spanOf(pod) ?? []);
    const pod = pods.find((one) => spanOf(one) !== undefined);
    if (job === undefined || pod === undefined) {
      throw new SettingsError("the run's pod is gone, and with it its times");
    }
    return {
      asked: new Date(job.metadata.creationTimestamp),
      placed: new Date(Math.min(...spans.map(({ placed }) => placed))),
      ended: new Date(Math.max(...spans.map(({ ended }) => ended))),
      billedSeconds: sum(spans.map(({ placed, ended }) => (ended - placed) / 1000)),
      machine: await nodeShare(this.kubectl, pod),
    };
  }

  async log(request: ClusterRequest): Promise<readonly string[]> {
    const { pods } = await this.found(request);
    const all = pods.flatMap((pod) =>
      [...(pod.status.initContainerStatuses ?? []), ...(pod.status.containerStatuses ?? [])].map(
        ({ name, state }) => ({ pod, name, state }),
      ),
    );
    const shown = all.find(({ state }) => (state.terminated?.exitCode ?? 0) !== 0) ?? all.at(-1);
    return shown === undefined ? [] : this.lines(request, shown.pod, shown.name, LOG_LINES);
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
    const last = begun.map(async (pod) => (await this.lines(request, pod, WORKLOAD, 1)).at(-1));
    const lines = (await Promise.all(last)).flatMap((line) => line ?? []);
    const furthest = lines.toSorted((one, other) =>
      one.localeCompare(other, "en", { numeric: true }),
    );
    return furthest.at(-1) ?? stepOf(first) ?? "start: its program begins";
  }

  private async lines(
    { person }: RunRequest,
    pod: Item,
    container: string,
    most: number,
  ): Promise<string[]> {
    const args = ["logs", pod.metadata.name, `--container=${container}`, `--tail=${most}`];
    const text = await this.kubectl(["--namespace", personNamespace(person), ...args]);
    return text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => printable(line));
  }
}

/** Requests of a pod and the type of its node. */
export async function nodeShare(kubectl: Kubectl, { spec }: PodItem): Promise<NodeShare> {
  const { nodeName = "", containers = [] } = spec;
  const out = await kubectl(["get", "node", nodeName, "--output=json"]);
  const { labels } = (JSON.parse(out) as Item).metadata;
  const requests = containers.map(({ resources }) => resources?.requests ?? {});
  return {
    kind: "share",
    instanceType: labels?.["node.kubernetes.io/instance-type"] ?? "unknown",
    vcpus: sum(requests.map(({ cpu = "0" }) => vcpusOf(cpu))),
    gib: sum(requests.map(({ memory = "0" }) => gibOf(memory))),
  };
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

/** Times at which a pod had a node and ended, in milliseconds; undefined of one that has not run. */
function spanOf(pod: Item): { readonly placed: number; readonly ended: number } | undefined {
  // Requests are reserved from the moment at which the pod has a node.
  const placed = conditionOf(pod, "PodScheduled")?.lastTransitionTime;
  const ended = pod.status.containerStatuses?.[0]?.state.terminated?.finishedAt;
  return placed === undefined || ended === undefined
    ? undefined
    : { placed: Date.parse(placed), ended: Date.parse(ended) };
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

function conditionOf({ status }: Item, type: string): Condition | undefined {
  return status.conditions?.find((one) => one.type === type && one.status === "True");
}

/** vCPUs of a quantity of Kubernetes, which writes whole ones or thousandths. */
function vcpusOf(quantity: string): number {
  return quantity.endsWith("m") ? Number(quantity.slice(0, -1)) / 1000 : Number(quantity);
}

const BYTES: Readonly<Record<string, number>> = { "": 1, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 };

/** GiB of a quantity of Kubernetes with a binary unit, which the template has; not a number where it is another one. */
function gibOf(quantity: string): number {
  const [, count = "NaN", unit = ""] = /^(\d+)(\w*)$/.exec(quantity) ?? [];
  return (Number(count) * (BYTES[unit] ?? NaN)) / 2 ** 30;
}

function sum(values: readonly number[]): number {
  return values.reduce((all, one) => all + one, 0);
}
