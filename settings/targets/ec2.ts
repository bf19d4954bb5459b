import { ZONES_WITHOUT_VPC_ORIGINS } from "../values/zones";
import { firstRequests, HUB_SETTINGS } from "../values/notebooks";
import { times, type PodRequests, type Resources } from "../values/resources";
import { PRIVATE_CLIENTS, type SharedSettings } from "../shared";
import type { TargetProfile } from "./profile";
import {
  CLUSTER_CHECKS,
  KUBERNETES_SETTINGS,
  nameCheck,
  NODE_SETTINGS,
  EVICTION_MIB,
  nodeOverrides,
  overlapFault,
  subnetFault,
} from "./kubernetes";
import { SERVING_SETTINGS } from "../values/serving";
import { TUNING_SETTINGS } from "../values/tuning";
import { sizeCheck } from "./notebook-room";
import { CHARTS } from "../versions/charts";
import { KUBERNETES_MINORS, NEWEST_KUBERNETES } from "../versions/kubernetes";
import { privateNetwork } from "../values/networks";
import { integer, type Loaded, oneOf } from "../schema/setting";
import { fault, type Check, type Fault } from "../contract";
import { parseCidr } from "../values/cidr";

/** Settings of the `ec2` target. */
const EC2_SETTINGS = {
  kubernetes: {
    version: oneOf(
      "Kubernetes minor version of machines that are created from now on. The others keep theirs until `nodes.renew` names them.",
      KUBERNETES_MINORS,
      NEWEST_KUBERNETES,
    ),
    podCidr: privateNetwork("Addresses of pods (inside the cluster only).", {
      largest: 8,
      smallest: 20,
      fallback: "10.244.0.0/16",
    }),
    ...KUBERNETES_SETTINGS,
    // A kubeadm cluster on small machines takes some five minutes.
    readyMinutes: integer(
      "Minutes that `pulumi up` waits for the API server and the nodes; 0: it does not wait.",
      { min: 0, max: 60, unit: "minute", fallback: 15 },
    ),
  },
  nodes: {
    count: integer("EC2 instances of the cluster, one of them the control plane.", {
      min: 2,
      max: 50,
      unit: "instance",
      fallback: 3,
    }),
    ...NODE_SETTINGS,
    renew: oneOf(
      "Machines that `up` replaces when there is a newer image, script or Kubernetes version: `none`, all of which keep those of their creation; `workers`, one after the other; `controlPlane`, which restores its last snapshot; or `all`.",
      ["none", "workers", "controlPlane", "all"],
      "none",
    ),
  },
  ...HUB_SETTINGS,
  ...SERVING_SETTINGS,
  ...TUNING_SETTINGS,
};
/** Values of the settings of `ec2`. */
export type Ec2Settings = Loaded<typeof EC2_SETTINGS>;

/**
 * Prefix of the network that the controller manager gives each node out of `podCidr`, unless told otherwise.
 * https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/ (node-cidr-mask-size-ipv4)
 */
const NODE_PREFIX = 24;

/**
 * Names of stacks that fit into a tag: its key holds 128 characters, of which `kubernetes.io/cluster/`, `-` and
 * the stack id leave so many. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html
 */
const TAGGED_NAME = /^.{1,97}$/;

/** Machines that run the control plane, and no notebook. */
const CONTROL_PLANES = 1;

/**
 * CoreDNS, two replicas; Cilium takes the place of kube-proxy.
 * https://github.com/kubernetes/kubernetes/blob/master/cmd/kubeadm/app/phases/addons/dns/manifests.go
 */
const DISTRIBUTION: PodRequests = { onceACluster: times(2, { millicores: 100, mib: 70 }) };

/** Charts of the target whose pods run on workers; that of JupyterHub is every cluster's. */
export const EC2_CHARTS = [
  "cilium",
  "aws-ebs-csi-driver",
  "metrics-server",
  "kubelet-csr-approver",
] as const;

/** kubeadm leaves kubelet its defaults: no reservation beside the eviction threshold. */
function kubeletReserves(): Resources {
  return { millicores: 0, mib: EVICTION_MIB };
}

/** Machines that an `up` replaces, and what is lost by that, by value of `nodes.renew`. */
const RENEWED: Readonly<Record<Ec2Settings["nodes"]["renew"], string>> = {
  none: "no machine",
  workers: "the workers, one after the other, and stops the pods on each",
  controlPlane: "the control plane, and changes since its last snapshot are lost",
  all: "every machine: changes since the last snapshot are lost, and pods stop",
};

/** Rules of the `ec2` target. */
const EC2_CHECKS: readonly Check<SharedSettings & Ec2Settings>[] = [
  PRIVATE_CLIENTS,
  ...CLUSTER_CHECKS,
  sizeCheck({
    kubeletReserves,
    installed: [DISTRIBUTION, ...EC2_CHARTS.map((chart) => CHARTS[chart].requests)],
    workers: ({ nodes: { count } }) => count - CONTROL_PLANES,
    reads: ["nodes.count"],
  }),
  nameCheck(
    TAGGED_NAME,
    "of ec2 must have at most 97 characters, since a tag of its machines is named after it",
  ),
  {
    reads: ["network.cidr", "kubernetes.podCidr", "kubernetes.serviceCidr"],
    severity: "error",
    find: ({ network, kubernetes: { podCidr, serviceCidr } }) => [
      ...overlapFault("network.cidr", network.cidr, "kubernetes.podCidr", podCidr),
      ...overlapFault("kubernetes.podCidr", podCidr, "kubernetes.serviceCidr", serviceCidr),
    ],
  },
  {
    reads: ["kubernetes.podCidr", "nodes.count"],
    severity: "error",
    find: ({ kubernetes: { podCidr }, nodes: { count } }) => podNetworkFault(podCidr, count),
  },
  {
    reads: ["network.cidr", "network.zones", "nodes.count"],
    severity: "error",
    // Beside the nodes: the control plane in one zone or the database in another, and a replacement of it.
    find: ({ network, nodes: { count } }) =>
      subnetFault(network, { setting: "nodes.count", most: count, each: 1, others: 2 }),
  },
  {
    reads: ["nodes.renew"],
    severity: "warning",
    find: ({ nodes: { renew } }) =>
      fault.when(
        renew !== "none",
        `nodes.renew is ${renew}: every \`up\` with a newer image or script replaces ${RENEWED[renew]}`,
        "pulumi config set nodes.renew none   # once that is done",
      ),
  },
];

/** An update creates new machines before it deletes the old ones: for a moment there are twice as many. */
function podNetworkFault(podCidr: string, count: number): readonly Fault[] {
  const prefix = parseCidr(podCidr)?.prefix ?? 0;
  const largest = NODE_PREFIX - Math.ceil(Math.log2(2 * count));
  return fault.when(
    prefix > largest,
    `kubernetes.podCidr must be /${largest} or larger, so that each of nodes.count (${count}) and a replacement of each gets a /${NODE_PREFIX}; got "${podCidr}"`,
    "pulumi config set kubernetes.podCidr 10.244.0.0/16   # of a cluster that exists: choose fewer nodes",
  );
}

/** The profile of the `ec2` target. */
export const EC2_PROFILE: TargetProfile<SharedSettings & Ec2Settings> = {
  summary: "Kubernetes by kubeadm on EC2 instances: one control plane and workers",
  bestFor: "Full control of every node and version",
  modelServer: "serving.triton",
  katib: "tuning.katib",
  settings: EC2_SETTINGS,
  checks: EC2_CHECKS,
  ready: (settings) => settings,
  withoutZoneIds: ZONES_WITHOUT_VPC_ORIGINS,
  capacity: {
    kind: "nodes",
    controlPlanes: CONTROL_PLANES,
    whenOff: "stopped",
    kubeletReserves,
    distribution: DISTRIBUTION,
    count: EC2_SETTINGS.nodes.count,
    nodes: ({ nodes: { instanceType, count, diskGib }, notebooks: { idleMinutes } }) => ({
      instanceType,
      count,
      diskGib,
      idleMinutes,
    }),
    trainingPod: ({ notebooks: { sizes } }) => firstRequests(sizes),
    withNodes: nodeOverrides,
  },
};
