import { INSTANCE_TYPES, type InstanceType } from "../../settings/values/instance-types";
import { maxPods } from "../../settings/values/max-pods";
import { trimFloat } from "../money";
import type { PriceBook } from "../price-book";
import type { Scenario } from "../scenarios/scenario";
import { notebooks } from "../scenarios/scenario-usage";

/** Processor time and memory, as a scheduler counts them. */
export interface Resources {
  /** Thousandths of a vCPU. */
  readonly millicores: number;
  readonly mib: number;
}

/** How a target turns instances into nodes, and what it keeps of each for itself. */
export interface Platform {
  /** Instances of `nodes.count` that hold the control plane and no notebook. */
  readonly controlPlanes: number;
  /** What kubelet takes off what the machine has. */
  kubeletKeeps(type: InstanceType): Resources;
  /** Requests of our pods that run on every node. */
  readonly onEachNode: Resources;
  /** Requests of our pods that the cluster has once or twice, all together. */
  readonly onceACluster: Resources;
}

/**
 * Part of the memory in the price list that kernel and hypervisor keep: kubelet never sees it. The value
 * that Karpenter takes for every type, enough for nearly all of them.
 * https://github.com/aws/karpenter-provider-aws/blob/main/designs/node-overlay.md (2026-11)
 */
const HIDDEN_MEMORY = 0.075;

/** At less free memory kubelet ends pods. https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/ */
const EVICTION_MIB = 100;

/**
 * EKS, Amazon Linux 2023: the node agent reserves by the number of pods that a type may have, and by
 * vCPU 6 % of the first, 1 % of the second, 0.5 % of the next two, 0.25 % of the rest.
 * https://github.com/awslabs/amazon-eks-ami/blob/main/nodeadm/internal/kubelet/config.go (2026-10)
 */
function nodeadmKeeps(type: InstanceType): Resources {
  const steps = [
    { from: 0, to: 1, millicores: 60 },
    { from: 1, to: 2, millicores: 10 },
    { from: 2, to: 4, millicores: 5 },
    { from: 4, to: Infinity, millicores: 2.5 },
  ];
  const kept = steps.map(
    ({ from, to, millicores }) => Math.max(0, Math.min(type.vcpus, to) - from) * millicores,
  );
  return {
    millicores: Math.floor(kept.reduce((sum, one) => sum + one, 0)),
    mib: 255 + 11 * maxPods(type) + EVICTION_MIB,
  };
}

/**
 * The targets whose nodes hold notebooks. Requests are those of the charts and add-ons as they are
 * installed; a container without a request counts nothing, as it does to the scheduler.
 */
export const PLATFORMS = {
  // kubeadm leaves kubelet's own defaults: no reservation beside the eviction threshold, 110 pods.
  ec2: {
    controlPlanes: 1,
    kubeletKeeps: () => ({ millicores: 0, mib: EVICTION_MIB }),
    // Cilium 100m and 10 MiB (its set-up container, `cni.resources`; the agent asks for nothing):
    // https://docs.cilium.io/en/stable/helm-reference/
    // EBS driver 3 × 10m and 3 × 40 MiB (`node.resources`, for each container):
    // https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/charts/aws-ebs-csi-driver/values.yaml
    onEachNode: { millicores: 130, mib: 130 },
    // CoreDNS 2 × (100m, 70 MiB):
    // https://github.com/kubernetes/kubernetes/blob/master/cmd/kubeadm/app/phases/addons/dns/manifests.go
    // Metrics server 100m and 200 MiB (`resources`):
    // https://github.com/kubernetes-sigs/metrics-server/blob/master/charts/metrics-server/values.yaml
    // EBS controller 2 × 6 × (10m, 40 MiB) (`controller.resources`, for each container; source as above).
    onceACluster: { millicores: 420, mib: 820 },
  },
  eks: {
    controlPlanes: 0,
    kubeletKeeps: nodeadmKeeps,
    // VPC CNI and its policy agent 2 × 25m:
    // https://github.com/aws/amazon-vpc-cni-k8s/blob/master/charts/aws-vpc-cni/values.yaml
    // kube-proxy 100m: no manifest of AWS's was found; a cluster tells it by
    // `kubectl -n kube-system describe daemonset kube-proxy`. EBS driver as above.
    onEachNode: { millicores: 180, mib: 120 },
    // As above, and a second metrics server, as published logs of running clusters show it (2026-11).
    onceACluster: { millicores: 520, mib: 1020 },
  },
} as const satisfies Readonly<Record<string, Platform>>;

/** A target whose nodes hold notebooks. */
export type PlatformName = keyof typeof PLATFORMS;

/** Tells targets whose nodes hold notebooks from those where somebody else's machines do. */
export function isPlatform(target: string): target is PlatformName {
  return Object.hasOwn(PLATFORMS, target);
}

/** Fewest instances of a cluster that people rely on: one can be lost or replaced. */
export const FEWEST_NODES = 3;

/**
 * Volumes that a node can hold beside its root disk: current types have 28 attachments, of which
 * network interfaces take some. https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-limits.html
 */
const VOLUMES = 24;

/** Pods of ours on each node, an upper bound; the rest of its pods may be notebooks. */
const OWN_PODS = 10;

/** What of an instance is left for notebooks, when it is a node of that target. */
export function roomOf(platform: Platform, type: InstanceType): Resources {
  const kept = platform.kubeletKeeps(type);
  const own = platform.onEachNode;
  return {
    millicores: type.vcpus * 1000 - kept.millicores - own.millicores,
    mib: Math.floor(type.memoryGib * 1024 * (1 - HIDDEN_MEMORY)) - kept.mib - own.mib,
  };
}

/** Whole notebooks that one node holds; 0 when not even one fits. */
export function notebooksPerNode(
  platform: Platform,
  type: InstanceType,
  scenario: Scenario,
): number {
  const room = roomOf(platform, type);
  const one = sizeOf(scenario);
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
  platform: Platform,
  type: InstanceType,
  scenario: Scenario,
): number | undefined {
  const each = notebooksPerNode(platform, type, scenario);
  if (each === 0) {
    return undefined;
  }
  const room = roomOf(platform, type);
  const one = sizeOf(scenario);
  const all = notebooks(scenario);
  // The cluster's own pods are small and fill what whole notebooks leave free.
  const together = (resource: keyof Resources): number =>
    Math.ceil((all * one[resource] + platform.onceACluster[resource]) / room[resource]);
  const nodes = Math.max(Math.ceil(all / each), together("millicores"), together("mib"));
  return Math.max(FEWEST_NODES, nodes + platform.controlPlanes);
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
  platform: Platform,
  { type, count }: { readonly type: InstanceType; readonly count: number },
  scenario: Scenario,
): number {
  const workers = count - platform.controlPlanes;
  const room = roomOf(platform, type);
  const one = sizeOf(scenario);
  const together = (resource: keyof Resources): number =>
    Math.floor((workers * room[resource] - platform.onceACluster[resource]) / one[resource]);
  const most = workers * notebooksPerNode(platform, type, scenario);
  return Math.max(0, Math.min(notebooks(scenario), most, together("millicores"), together("mib")));
}

/** Nodes of one type that hold all notebooks. */
export interface NodePlan {
  readonly instanceType: string;
  /** Value of `nodes.count`. */
  readonly count: number;
  /** Notebooks that one node can hold. */
  readonly notebooksEach: number;
}

/** What a search among instance types may take. */
export interface Choice {
  readonly book: PriceBook;
  readonly architecture: InstanceType["architecture"];
  /** Whether `nodes.count` may have a value. */
  readonly accepts: (count: number) => boolean;
}

/** A plan with the price of all its machines. */
export interface PricedPlan extends NodePlan {
  /** US dollars an hour. */
  readonly usd: number;
}

/** The nodes that hold all notebooks for the least money an hour; undefined when no type can. */
export function cheapestNodes(
  platform: Platform,
  scenario: Scenario,
  { book, architecture, accepts }: Choice,
): PricedPlan | undefined {
  const priced = new Set(book.keys());
  const plans = [...INSTANCE_TYPES.values()].flatMap((type) => {
    const key = `ec2.${type.name}.hour`;
    const count = nodesFor(platform, type, scenario);
    return type.architecture !== architecture ||
      !priced.has(key) ||
      count === undefined ||
      !accepts(count)
      ? []
      : [
          {
            instanceType: type.name,
            count,
            notebooksEach: notebooksPerNode(platform, type, scenario),
            usd: count * book.price(key).usd,
          },
        ];
  });
  return plans.sort((one, other) => one.usd - other.usd)[0];
}
