import { visibleMib, type InstanceType } from "../../settings/values/instance-types";
import { maxPods } from "../../settings/values/max-pods";
import type { Resources } from "../../settings/values/resources";
import type { Cluster } from "./priced-stack";
import { trimFloat } from "../money";
import type { Scenario } from "../scenarios/scenario";
import { notebooks, peakVcpus } from "../scenarios/scenario-usage";

/**
 * Volumes that a node can hold beside its root disk: current types have 28 attachments, of which
 * network interfaces take some. https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-limits.html
 */
const VOLUMES = 24;

/** Upper bound of the cluster's own pods on a node; all others may be notebooks. */
const OWN_PODS = 10;

/** CPU and memory of a node that notebooks can use. */
export function roomOf(
  cluster: Cluster,
  type: InstanceType,
  { hiddenMemoryPercent }: Pick<Scenario, "hiddenMemoryPercent">,
): Resources {
  const reserved = cluster.kubeletReserves(type);
  const own = cluster.system.eachNode;
  return {
    millicores: type.vcpus * 1000 - reserved.millicores - own.millicores,
    mib: visibleMib(type, hiddenMemoryPercent) - reserved.mib - own.mib,
  };
}

/** Whole notebooks that one node holds; 0 when not even one fits. */
export function notebooksPerNode(cluster: Cluster, type: InstanceType, scenario: Scenario): number {
  return type.vcpus < peakVcpus(scenario)
    ? 0
    : notebooksIn(roomOf(cluster, type, scenario), sizeOf(scenario), type);
}

function notebooksIn(room: Resources, one: Resources, type: InstanceType): number {
  return Math.max(
    0,
    Math.min(
      Math.floor(room.millicores / one.millicores),
      Math.floor(room.mib / one.mib),
      VOLUMES,
      maxPods(type) - OWN_PODS,
    ),
  );
}

/**
 * Instances that hold all notebooks of a scenario at the same time, the control plane among them
 * where the target has one: the value of `nodes.count`.
 *
 * @returns undefined when a node does not hold even one.
 */
export function nodesFor(
  cluster: Cluster,
  type: InstanceType,
  scenario: Scenario,
): number | undefined {
  if (type.vcpus < peakVcpus(scenario)) {
    return undefined;
  }
  const room = roomOf(cluster, type, scenario);
  const one = sizeOf(scenario);
  const each = notebooksIn(room, one, type);
  if (each === 0) {
    return undefined;
  }
  const all = notebooks(scenario);
  // The cluster's own pods are small and fill what whole notebooks leave free.
  const together = (resource: keyof Resources): number =>
    Math.ceil((all * one[resource] + cluster.system.onceACluster[resource]) / room[resource]);
  const nodes = Math.max(Math.ceil(all / each), together("millicores"), together("mib"));
  return Math.max(scenario.fewestNodes, nodes + cluster.controlPlanes);
}

function sizeOf({ notebookVcpus, notebookGib }: Scenario): Resources {
  // Whole units: 0.1 + 0.2 vCPU must not come to more than 300 thousandths.
  return {
    millicores: Math.ceil(trimFloat(notebookVcpus * 1000)),
    mib: Math.ceil(trimFloat(notebookGib * 1024)),
  };
}

/**
 * Notebooks of a scenario that a cluster holds at the same time, at most all of them.
 *
 * @param count instances of the cluster, the control plane among them where the target has one.
 */
export function notebooksHeld(
  cluster: Cluster,
  { type, count }: { readonly type: InstanceType; readonly count: number },
  scenario: Scenario,
): number {
  const workers = count - cluster.controlPlanes;
  const room = roomOf(cluster, type, scenario);
  const one = sizeOf(scenario);
  const together = (resource: keyof Resources): number =>
    Math.floor((workers * room[resource] - cluster.system.onceACluster[resource]) / one[resource]);
  const most = workers * notebooksPerNode(cluster, type, scenario);
  return Math.max(0, Math.min(notebooks(scenario), most, together("millicores"), together("mib")));
}

/** Nodes of one type that hold all notebooks. */
export interface NodePlan {
  readonly kind: "nodes";
  readonly instanceType: string;
  /** Value of `nodes.count`. */
  readonly count: number;
  /** Notebooks that one node can hold. */
  readonly notebooksEach: number;
}

/** The plan of a cluster with so many instances of a type. */
export function nodePlan(
  cluster: Cluster,
  type: InstanceType,
  count: number,
  scenario: Scenario,
): NodePlan {
  return {
    kind: "nodes",
    instanceType: type.name,
    count,
    notebooksEach: notebooksPerNode(cluster, type, scenario),
  };
}

/** The reason why a node of a type holds no notebook: a clause. */
export function tooSmall(cluster: Cluster, type: InstanceType, scenario: Scenario): string {
  const { millicores, mib } = roomOf(cluster, type, scenario);
  if (type.vcpus < peakVcpus(scenario)) {
    return `a node of ${type.name} has ${type.vcpus} vCPU, and a notebook takes up to ${peakVcpus(scenario)}`;
  }
  return (
    `a node of ${type.name} has ${millicores / 1000} vCPU and ${(mib / 1024).toFixed(1)} GiB left, and a ` +
    `notebook needs ${scenario.notebookVcpus} and ${scenario.notebookGib}`
  );
}
