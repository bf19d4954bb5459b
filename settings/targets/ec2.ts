import type { Check, Fault } from "../checks";
import { networkOf, overlap, parseCidr } from "../values/cidr";
import type { ClusterSettings, Ec2Settings } from "./kubernetes";
import { INSTANCE_TYPES } from "../values/instance-types";
import { SUBNET_BITS, type SharedSettings } from "../shared";

/**
 * kubeadm's own floor is 2 CPUs and 1,700 MB; what we install on top needs the rest.
 * https://github.com/kubernetes/kubernetes/blob/v1.36.0/cmd/kubeadm/app/constants/constants.go
 */
const SMALLEST_NODE = { vcpus: 2, memoryGib: 4 };

/** What the controller manager gives each node of `podCidr`, unless told otherwise. Source:
 * https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/ (node-cidr-mask-size-ipv4) */
const NODE_PREFIX = 24;

/** Addresses that AWS keeps of a subnet. https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html */
const KEPT_BY_AWS = 5;

type With<T> = SharedSettings & T;

/**
 * Name of a stack, in as many characters as a tag's key of 128 leaves beside `kubernetes.io/cluster/`, `-` and
 * the stack id. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html
 */
const TAGGED_NAME = /^.{1,97}$/;

/** A rule on the name of a stack, after which things are named. */
export function nameCheck(pattern: RegExp, allowed: string): Check<unknown> {
  return {
    reads: [],
    severity: "error",
    find: (_, { stack }) =>
      pattern.test(stack)
        ? []
        : [
            {
              problem: `the name of a stack ${allowed}; got "${stack}"`,
              fix: "pulumi stack rename NAME",
            },
          ],
  };
}

/** Rules of every target that is a Kubernetes cluster. */
export const CLUSTER_CHECKS: readonly Check<With<ClusterSettings>>[] = [
  {
    reads: ["network.cidr", "kubernetes.serviceCidr"],
    severity: "error",
    find: ({ network, kubernetes }) =>
      overlapFault("network.cidr", network.cidr, "kubernetes.serviceCidr", kubernetes.serviceCidr),
  },
  {
    reads: ["nodes.instanceType", "nodes.architecture"],
    severity: "error",
    find: ({ nodes }) => {
      const architecture = INSTANCE_TYPES.get(nodes.instanceType)?.architecture;
      return architecture === undefined || architecture === nodes.architecture
        ? []
        : [
            {
              problem: `nodes.instanceType must be a type of nodes.architecture (${nodes.architecture}); got "${nodes.instanceType}", which is ${architecture}`,
              fix: `pulumi config set nodes.architecture ${architecture}   # if your images are built for it`,
            },
          ];
    },
  },
  {
    reads: ["nodes.instanceType"],
    severity: "error",
    find: ({ nodes }) => {
      const type = INSTANCE_TYPES.get(nodes.instanceType);
      return type === undefined ||
        (type.vcpus >= SMALLEST_NODE.vcpus && type.memoryGib >= SMALLEST_NODE.memoryGib)
        ? []
        : [
            {
              problem: `nodes.instanceType must have ${SMALLEST_NODE.vcpus} vCPUs and ${SMALLEST_NODE.memoryGib} GiB or more; got "${type.name}" with ${type.vcpus} and ${type.memoryGib}`,
              fix: `pulumi config set nodes.instanceType ${type.architecture === "arm64" ? "t4g" : "t3"}.medium`,
            },
          ];
    },
  },
];

/** Rules of the `ec2` target. */
export const EC2_CHECKS: readonly Check<With<Ec2Settings>>[] = [
  ...CLUSTER_CHECKS,
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
    // Beside the nodes: the control plane that its zone has more, or the database, and what replaces it.
    find: ({ network, nodes: { count } }) =>
      subnetFault(network, { setting: "nodes.count", most: count, each: 1, others: 2 }),
  },
  {
    reads: ["nodes.controlPlane"],
    severity: "warning",
    find: ({ nodes: { controlPlane } }) =>
      controlPlane === "newest"
        ? [
            {
              problem:
                "nodes.controlPlane is newest: every `up` with a newer image or script makes the control plane anew, and what came after its last snapshot is lost",
              fix: "pulumi config set nodes.controlPlane pinned   # once it is made anew",
            },
          ]
        : [],
  },
];

/** An `up` that replaces machines makes the new ones first: for a moment there are twice as many. */
function podNetworkFault(podCidr: string, count: number): Fault[] {
  const prefix = parseCidr(podCidr)?.prefix ?? 0;
  const largest = NODE_PREFIX - Math.ceil(Math.log2(2 * count));
  return prefix <= largest
    ? []
    : [
        {
          problem: `kubernetes.podCidr must be /${largest} or larger, so that each of nodes.count (${count}) and a replacement of each gets a /${NODE_PREFIX}; got "${podCidr}"`,
          fix: "pulumi config set kubernetes.podCidr 10.244.0.0/16   # of a cluster that exists: choose fewer nodes",
        },
      ];
}

/** What a cluster takes of a private subnet. */
interface Demand {
  /** Setting that bounds the nodes, and its value. */
  readonly setting: string;
  readonly most: number;
  /** Addresses that a node takes at least. */
  readonly each: number;
  /** Addresses of what stands in a subnet beside the nodes. */
  readonly others: number;
}

/**
 * Whether each zone's subnet has addresses for its part of the nodes, twice: they are replaced by making the
 * new ones first. Load balancers, and pods where they take addresses of the VPC, come on top.
 */
export function subnetFault(
  { cidr, zones }: SharedSettings["network"],
  { setting, most, each, others }: Demand,
): Fault[] {
  const fitting = (prefix: number): number => {
    const usable = 2 ** (32 - prefix - SUBNET_BITS) - KEPT_BY_AWS;
    return zones * Math.floor((usable - others) / (2 * each));
  };
  const prefix = parseCidr(cidr)?.prefix ?? 0;
  let enough = prefix;
  while (fitting(enough) < most) {
    enough -= 1;
  }
  const [address = ""] = cidr.split("/");
  return enough === prefix
    ? []
    : [
        {
          problem: `network.cidr must be /${enough} or larger, or ${setting} ${fitting(prefix)} or less, so that a subnet has addresses for a zone's nodes and a replacement of each; got "${cidr}" and ${most}`,
          fix: `pulumi config set network.cidr ${networkOf(`${address}/${enough}`) ?? "NETWORK"}   # of a stack that exists: choose fewer nodes`,
        },
      ];
}

function overlapFault(path: string, value: string, otherPath: string, other: string): Fault[] {
  const [a, b] = [parseCidr(value), parseCidr(other)];
  return a === undefined || b === undefined || !overlap(a, b)
    ? []
    : [
        {
          problem: `${path} and ${otherPath} must not overlap; got "${value}" and "${other}"`,
          fix: `choose another network: pulumi config set ${otherPath} NETWORK`,
        },
      ];
}
