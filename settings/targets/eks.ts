import { ZONES_WITHOUT_VPC_ORIGINS } from "../values/zones";
import { firstRequests, HUB_SETTINGS } from "../values/notebooks";
import type { InstanceType } from "../values/instance-types";
import { maxPods } from "../values/max-pods";
import type { Resources } from "../values/resources";
import type { TargetProfile } from "./profile";
import {
  CLUSTER_CHECKS,
  EVICTION_MIB,
  KUBERNETES_SETTINGS,
  nameCheck,
  NODE_SETTINGS,
  nodeOverrides,
  subnetFault,
} from "./kubernetes";
import { GPU_CHECK, GPU_SETTINGS, MOST_GROUP_NODES } from "../values/gpu";
import { SERVING_SETTINGS } from "../values/serving";
import { TUNING_SETTINGS } from "../values/tuning";
import { VERSION_CHECKS } from "./eks-version";
import { sizeCheck } from "./notebook-room";
import { ADD_ON_REQUESTS } from "../versions/eks-add-ons";
import { NEWEST_KUBERNETES } from "../versions/kubernetes";
import { adminArns } from "../values/admin-arns";
import { integer, type Loaded, oneOf, withKeyword } from "../schema/setting";
import { awsConfig } from "../schema/aws-config";
import { fault, type Check } from "../contract";
import { within } from "../values/cidr";
import { EKS_MINORS } from "../versions/eks";
import { networksCommand, PRIVATE } from "../values/networks";
import type { SharedSettings } from "../shared";

/** Settings of the `eks` target. */
const EKS_SETTINGS = {
  kubernetes: {
    version: oneOf("Kubernetes minor version.", EKS_MINORS, NEWEST_KUBERNETES),
    ...KUBERNETES_SETTINGS,
    // Resolvers cache for up to 15 minutes that Route 53 did not know a name.
    // https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/SOA-NSrecords.html
    readyMinutes: integer(
      "Minutes that `pulumi up` waits until the new API server answers; 0: it does not wait.",
      { min: 0, max: 60, unit: "minute", fallback: 20 },
    ),
    logs: oneOf(
      "Logs of the control plane in CloudWatch: none, who did what (`audit`: audit and authenticator), or `all`.",
      ["none", "audit", "all"],
      "audit",
    ),
    // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
    logDays: {
      ...oneOf("Retention of these logs.", ["1", "7", "30", "90", "365"], "30"),
      unit: "day",
    },
  },
  nodes: {
    count: integer("EC2 instances of the node group, the control plane not among them.", {
      min: 1,
      max: MOST_GROUP_NODES,
      unit: "instance",
      fallback: 3,
    }),
    min: withKeyword(
      "count",
      integer(
        "Fewest nodes, set together with `nodes.max`; the cluster autoscaler decides how many run.",
        { min: 1, max: MOST_GROUP_NODES, unit: "instance", fallback: 1 },
      ),
    ),
    max: withKeyword(
      "count",
      integer("Most nodes.", { min: 1, max: MOST_GROUP_NODES, unit: "instance", fallback: 6 }),
    ),
    capacity: oneOf(
      "How the instances are bought. AWS takes `spot` ones back with two minutes' notice.",
      ["on-demand", "spot"],
      "on-demand",
    ),
    ...NODE_SETTINGS,
  },
  adminArns,
  ...HUB_SETTINGS,
  ...SERVING_SETTINGS,
  ...GPU_SETTINGS,
  ...TUNING_SETTINGS,
};
/** The settings of `eks` as a stack file has them: an end of the range of nodes may be the word `count`. */
export type RawEksSettings = Loaded<typeof EKS_SETTINGS>;

/** The settings of the `eks` target, both ends of the range of nodes as numbers. */
export type EksSettings = Omit<RawEksSettings, "nodes"> & {
  readonly nodes: Omit<RawEksSettings["nodes"], keyof NodeRange> & NodeRange;
};

/** Fewest and most nodes of a node group. */
interface NodeRange {
  readonly min: number;
  readonly max: number;
}

function nodeRange({ count, min, max }: RawEksSettings["nodes"]): NodeRange {
  return { min: min === "count" ? count : min, max: max === "count" ? count : max };
}

/**
 * Names of stacks after which EKS lets a cluster be named: with `-` and the stack id that is 100 characters.
 * https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html
 */
const CLUSTER_NAME = /^[0-9A-Za-z][\w-]{0,90}$/;

/**
 * Networks from which EKS takes the addresses of Services.
 * https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html
 */
const RFC_1918 = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

/**
 * Addresses that a node of the smallest type takes, a medium; a large takes 10 and more. The VPC CNI gives
 * pods addresses of the VPC, and reserves those of a whole interface from the start.
 * https://github.com/aws/amazon-vpc-cni-k8s/blob/master/docs/eni-and-ip-target.md
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AvailableIpPerENI.html
 */
const NODE_ADDRESSES = 6;
/**
 * Addresses of a subnet for the control plane, for the database and for its replacement.
 * https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
 */
const OTHER_ADDRESSES = 6 + 2;

/** An entry of `aws:assumeRoles`. */
interface AssumedRole {
  readonly externalId?: string;
}

/** Rules of the `eks` target. */
const EKS_CHECKS: readonly Check<SharedSettings & RawEksSettings>[] = [
  ...CLUSTER_CHECKS,
  sizeCheck({
    kubeletReserves: nodeadmReserves,
    installed: Object.values(ADD_ON_REQUESTS),
    workers: ({ nodes }) => nodeRange(nodes).max,
    reads: ["nodes.count", "nodes.max"],
  }),
  nameCheck(
    CLUSTER_NAME,
    "of eks must begin with a letter or a digit and hold only those, - and _, at most 91 of them, since its cluster is named after it",
  ),
  {
    reads: [],
    severity: "error",
    find: (_, { source }) => {
      const roles = awsConfig(source)["assumeRoles"] as readonly AssumedRole[] | undefined;
      return fault.when(
        roles?.at(-1)?.externalId !== undefined,
        "the last role of aws:assumeRoles must have no externalId on eks: `aws eks get-token`, which creates the tokens for the cluster, cannot pass one on",
        "write role_arn and external_id into a profile of ~/.aws/config, then: pulumi config rm aws:assumeRoles; pulumi config set aws:profile PROFILE",
      );
    },
  },
  {
    reads: ["allowedCidrs"],
    severity: "error",
    find: ({ allowedCidrs }) => {
      // EKS answers "The following CIDRs are not allowed in publicAccessCidrs". `up` refuses those for documentation.
      const isPublic = (network: string): boolean => !within(PRIVATE, network);
      const fix = networksCommand(
        allowedCidrs.map((network) => (isPublic(network) ? network : undefined)),
      );
      return allowedCidrs.flatMap((network) =>
        fault.when(
          !isPublic(network),
          `allowedCidrs must be networks on the internet on eks, whose API server is reached from there; got "${network}"`,
          fix,
        ),
      );
    },
  },
  {
    reads: ["kubernetes.serviceCidr"],
    severity: "error",
    find: ({ kubernetes: { serviceCidr } }) =>
      fault.when(
        !within(RFC_1918, serviceCidr),
        `kubernetes.serviceCidr must lie in ${RFC_1918.join(", ")} on eks; got "${serviceCidr}"`,
        "pulumi config set kubernetes.serviceCidr 10.96.0.0/16",
      ),
  },
  {
    reads: ["nodes.min", "nodes.max"],
    severity: "error",
    find: ({ nodes: { count, min, max } }) => {
      const missing = min === "count" ? "min" : "max";
      return fault.when(
        (min === "count") !== (max === "count"),
        `nodes.min and nodes.max must be set together: once a range is set the autoscaler controls the node count, so both bounds must be explicit; nodes.${missing} is not set`,
        `pulumi config set nodes.${missing} ${count}`,
      );
    },
  },
  {
    reads: ["nodes.count", "nodes.min", "nodes.max"],
    severity: "error",
    find: ({ nodes }) => {
      const { min, max } = nodeRange(nodes);
      return fault.when(
        nodes.count < min || nodes.count > max,
        `nodes.count must be from nodes.min to nodes.max; got ${nodes.count}, with ${min} to ${max}`,
        `pulumi config set nodes.${nodes.count < min ? "min" : "max"} ${nodes.count}`,
      );
    },
  },
  {
    reads: ["network.cidr", "network.zones", "nodes.count", "nodes.max", "gpu.max"],
    severity: "error",
    find: ({ network, nodes, gpu }) => {
      const setting = nodes.max === "count" ? "nodes.count" : "nodes.max";
      return subnetFault(network, {
        setting: gpu.max > 0 ? `${setting} and gpu.max together` : setting,
        most: nodeRange(nodes).max + gpu.max,
        each: NODE_ADDRESSES,
        others: OTHER_ADDRESSES,
      });
    },
  },
  GPU_CHECK,
  {
    reads: ["nodes.capacity", "lifecycle"],
    severity: "error",
    find: ({ nodes, lifecycle }) =>
      fault.when(
        nodes.capacity === "spot" && lifecycle === "keep",
        'nodes.capacity must be on-demand where lifecycle is keep: AWS takes spot instances back at any time; got "spot"',
        "pulumi config set nodes.capacity on-demand",
      ),
  },
  {
    reads: ["network.nat"],
    severity: "error",
    find: ({ network }) =>
      fault.when(
        network.nat === "none",
        'network.nat must be single or perZone on eks, whose nodes are in private subnets and reach AWS through it; got "none"',
        "pulumi config set network.nat single",
      ),
  },
  ...VERSION_CHECKS,
];

/**
 * Amazon Linux 2023: the node agent reserves memory by the number of pods that a type may have, and
 * of the vCPUs 6 % of the first, 1 % of the second, 0.5 % of the next two, 0.25 % of the rest.
 * https://github.com/awslabs/amazon-eks-ami/blob/main/nodeadm/internal/kubelet/config.go (2026-10)
 */
function nodeadmReserves(type: InstanceType): Resources {
  const steps = [
    { from: 0, to: 1, millicores: 60 },
    { from: 1, to: 2, millicores: 10 },
    { from: 2, to: 4, millicores: 5 },
    { from: 4, to: Infinity, millicores: 2.5 },
  ];
  const reserved = steps.map(
    ({ from, to, millicores }) => Math.max(0, Math.min(type.vcpus, to) - from) * millicores,
  );
  return {
    millicores: Math.floor(reserved.reduce((sum, step) => sum + step, 0)),
    mib: 255 + 11 * maxPods(type) + EVICTION_MIB,
  };
}

/** The profile of the `eks` target. */
export const EKS_PROFILE: TargetProfile<
  SharedSettings & RawEksSettings,
  SharedSettings & EksSettings
> = {
  summary: "Kubernetes by EKS: a control plane of AWS and a managed node group",
  bestFor: "Kubernetes without a control plane to run",
  modelServer: "serving.triton",
  katib: "tuning.katib",
  settings: EKS_SETTINGS,
  checks: EKS_CHECKS,
  ready: (settings) => ({
    ...settings,
    nodes: { ...settings.nodes, ...nodeRange(settings.nodes) },
  }),
  // EKS itself lacks use1-az3, usw1-az2 and cac1-az3, which are among them.
  // https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html, "Subnet requirements for clusters"
  withoutZoneIds: ZONES_WITHOUT_VPC_ORIGINS,
  capacity: {
    kind: "nodes",
    controlPlanes: 0,
    // A node group replaces instances and cannot stop them.
    // https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html
    whenOff: "terminated",
    kubeletReserves: nodeadmReserves,
    // EKS installs nothing by itself: every pod comes with an add-on or a chart.
    distribution: {},
    count: EKS_SETTINGS.nodes.count,
    nodes: ({
      nodes: { instanceType, count, diskGib, min, max },
      notebooks: { idleMinutes },
      gpu,
    }) => ({
      instanceType,
      count,
      diskGib,
      idleMinutes,
      ...(min < max && { min, max }),
      ...(gpu.max > 0 && { gpuType: gpu.instanceType }),
    }),
    trainingPod: ({ notebooks: { sizes } }) => firstRequests(sizes),
    withNodes: (type, count) => ({
      ...nodeOverrides(type, count),
      // No range: the comparison has nodes that always run, or run in working hours.
      "nodes.min": "count",
      "nodes.max": "count",
    }),
  },
};
