import type { GPU } from "../../settings/names";
import type { NodeShare } from "../../cost/training-run";
import { SettingsError } from "../../settings/contract";
import { printable } from "../../settings/foreign-text";
import type { Kubectl } from "./kubectl";
import { LOG_LINES, type RunTimes } from "./runner";

/** Label of what a run has in a cluster; its value is the run's id. */
export const RUN_LABEL = "ml-platform/run";

/** A condition of something in a cluster. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

/** A container of a pod as kubelet sees it. */
export interface ContainerStatus {
  readonly name: string;
  readonly state: {
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly running?: object;
    readonly terminated?: {
      readonly exitCode: number;
      readonly startedAt: string;
      readonly finishedAt: string;
    };
  };
}

/** A container as a pod asks for it. */
export interface Container {
  readonly name: string;
  readonly args?: readonly string[];
  readonly resources?: {
    readonly requests?: {
      readonly cpu?: string;
      readonly memory?: string;
      readonly [GPU.resource]?: string;
    };
  };
}

/** A pod, as far as its share of a node is read from it. */
export interface PodItem {
  readonly spec: { readonly nodeName?: string; readonly containers?: readonly Container[] };
}

/** A Job or a pod as `kubectl get` prints it. */
export interface Item extends PodItem {
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

/** Times at which a pod had a node and ended, in milliseconds. */
export interface Span {
  readonly placed: number;
  readonly ended: number;
}

/**
 * Times of pods that have ended, and what one of them occupied.
 *
 * @param lost times of pods that are gone, where something else knows them.
 * @throws SettingsError when no pod is left.
 */
export async function timesOf(
  kubectl: Kubectl,
  pods: readonly Item[],
  lost: readonly Span[] = [],
): Promise<Omit<RunTimes, "asked">> {
  const spans = [...pods.flatMap((pod) => spanOf(pod) ?? []), ...lost];
  const pod = pods.find((one) => spanOf(one) !== undefined);
  if (pod === undefined) {
    throw new SettingsError("the run's pod is gone, and with it its times");
  }
  return {
    placed: new Date(Math.min(...spans.map(({ placed }) => placed))),
    ended: new Date(Math.max(...spans.map(({ ended }) => ended))),
    billedSeconds: sum(spans.map(({ placed, ended }) => (ended - placed) / 1000)),
    machine: await shareOf(kubectl, pod),
  };
}

/** The last lines of a container that has failed, or of the last one; empty where there is none. */
export async function logOf(
  kubectl: Kubectl,
  namespace: string,
  pods: readonly Item[],
): Promise<readonly string[]> {
  const all = pods.flatMap((pod) =>
    [...(pod.status.initContainerStatuses ?? []), ...(pod.status.containerStatuses ?? [])].map(
      ({ name, state }) => ({ pod: pod.metadata.name, name, state }),
    ),
  );
  const shown = all.find(({ state }) => (state.terminated?.exitCode ?? 0) !== 0) ?? all.at(-1);
  return shown === undefined ? [] : linesOf(kubectl, { namespace, ...shown }, LOG_LINES);
}

/** The last lines that a container of a pod has printed. */
export async function linesOf(
  kubectl: Kubectl,
  {
    namespace,
    pod,
    name,
  }: { readonly namespace: string; readonly pod: string; readonly name: string },
  most: number,
): Promise<string[]> {
  const args = ["logs", pod, `--container=${name}`, `--tail=${most}`];
  const text = await kubectl(["--namespace", namespace, ...args]);
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => printable(line));
}

/** Requests of a pod and the type of its node. */
export async function shareOf(
  kubectl: Kubectl,
  { spec: { nodeName = "", containers = [] } }: PodItem,
): Promise<NodeShare> {
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

/** Seconds for which a container of a pod ran; null of one that has not ended. */
export function secondsOf({ status }: Item, container: string): number | null {
  const found = status.containerStatuses?.find(({ name }) => name === container);
  const ended = found?.state.terminated;
  return ended === undefined
    ? null
    : (Date.parse(ended.finishedAt) - Date.parse(ended.startedAt)) / 1000;
}

/** The times of a pod; undefined of one that has not run, or whose node was lost before it ended. */
export function spanOf(pod: Item): Span | undefined {
  // Requests are reserved from the moment at which the pod has a node.
  const placed = conditionOf(pod, "PodScheduled")?.lastTransitionTime;
  const all = pod.status.containerStatuses ?? [];
  const ended = all.flatMap(({ state }) => state.terminated?.finishedAt ?? []);
  return placed === undefined || ended.length === 0 || ended.length < all.length
    ? undefined
    : { placed: Date.parse(placed), ended: Math.max(...ended.map((time) => Date.parse(time))) };
}

/** The condition of a type, where it holds. */
export function conditionOf({ status }: Pick<Item, "status">, type: string): Condition | undefined {
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
