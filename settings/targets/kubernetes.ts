import {
  ARCHITECTURES,
  INSTANCE_TYPES,
  instanceType,
  type InstanceType,
} from "../values/instance-types";
import type { Overrides } from "./profile";
import { fault, type Check, type Fault } from "../contract";
import { quoted } from "../foreign-text";
import type { HubSettings } from "../values/notebooks";
import { servesOnGpu, type ServingSettings } from "../values/serving";
import { TRITON_DISK_GIB } from "../versions/serving";
import { networkOf, overlap, parseCidr } from "../values/cidr";
import { type SharedSettings, SUBNET_BITS } from "../shared";
import { privateNetwork } from "../values/networks";
import { integer, type Loaded, oneOf } from "../schema/setting";

/** Entries under `kubernetes` of every target that is a Kubernetes cluster. */
export const KUBERNETES_SETTINGS = {
  // The API server refuses more than 20 bits of services, EKS anything but /12 to /24.
  // https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html
  serviceCidr: privateNetwork("Addresses of Services (inside the cluster only).", {
    largest: 12,
    smallest: 24,
    fallback: "10.96.0.0/16",
  }),
};
/** GiB that a machine image, Kubernetes' own images and two notebook images fill. */
const SMALLEST_DISK_GIB = 30;

/** GiB of the disk of a node that runs Triton: with a GPU, its driver is there in place of notebooks' images. */
export const TRITON_NODE_DISK_GIB = SMALLEST_DISK_GIB + TRITON_DISK_GIB;

/** Entries under `nodes` of every target that is a Kubernetes cluster. */
export const NODE_SETTINGS = {
  instanceType: instanceType("EC2 type of every instance of the cluster.", "t3.large"),
  architecture: oneOf(
    "Architecture of the container images you run; the instance type must have it.",
    ARCHITECTURES,
    "amd64",
    { x86_64: "amd64", "x86-64": "amd64", x64: "amd64", aarch64: "arm64" },
  ),
  // https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html (gp3: 1 GiB to 64 TiB)
  diskGib: integer("Encrypted gp3 root disk of each instance.", {
    min: SMALLEST_DISK_GIB,
    max: 16384,
    unit: "GiB",
    fallback: 50,
  }),
};
/** Settings that every cluster has. */
export type ClusterSettings = Loaded<{
  kubernetes: typeof KUBERNETES_SETTINGS;
  nodes: typeof NODE_SETTINGS;
}>;

/**
 * kubeadm requires 2 CPUs and 1,700 MB; the charts need the rest.
 * https://github.com/kubernetes/kubernetes/blob/v1.36.0/cmd/kubeadm/app/constants/constants.go
 */
export const SMALLEST_NODE = { vcpus: 2, memoryGib: 4 };

/** Addresses that AWS reserves in a subnet. https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html */
const RESERVED_BY_AWS = 5;

/** Stands for a type that the catalogue lacks, whose setting has a fault of its own. */
const UNKNOWN_TYPE = { architecture: "amd64", vcpus: Infinity, memoryGib: Infinity };

/** At less free memory kubelet ends pods. https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/ */
export const EVICTION_MIB = 100;

/** The settings that give a stack these nodes. */
export function nodeOverrides({ name, architecture }: InstanceType, count: number): Overrides {
  return {
    "nodes.count": String(count),
    "nodes.instanceType": name,
    "nodes.architecture": architecture,
  };
}

/** A rule on the name of a stack, after which the program names resources. */
export function nameCheck(pattern: RegExp, allowed: string): Check<unknown> {
  return {
    reads: [],
    severity: "error",
    find: (_, { stack }) =>
      fault.when(
        !pattern.test(stack),
        `the name of a stack ${allowed}; got ${quoted(stack)}`,
        "pulumi stack rename NAME",
      ),
  };
}

/** Images of Project Jupyter are built for both architectures. https://github.com/jupyter/docker-stacks */
const FOR_BOTH = /^quay\.io\/jupyter\//;

/** Rules of every target that is a Kubernetes cluster. */
export const CLUSTER_CHECKS: readonly Check<
  SharedSettings & ClusterSettings & HubSettings & ServingSettings
>[] = [
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
      const { architecture = nodes.architecture } = INSTANCE_TYPES.get(nodes.instanceType) ?? {};
      return fault.when(
        architecture !== nodes.architecture,
        `nodes.instanceType must be a type of nodes.architecture (${nodes.architecture}); got "${nodes.instanceType}", which is ${architecture}`,
        `pulumi config set nodes.architecture ${architecture}   # if your images are built for it`,
      );
    },
  },
  {
    reads: ["nodes.instanceType"],
    severity: "error",
    find: ({ nodes: { instanceType } }) => {
      const { architecture, vcpus, memoryGib } = INSTANCE_TYPES.get(instanceType) ?? UNKNOWN_TYPE;
      return fault.when(
        vcpus < SMALLEST_NODE.vcpus || memoryGib < SMALLEST_NODE.memoryGib,
        `nodes.instanceType must have ${SMALLEST_NODE.vcpus} vCPUs and ${SMALLEST_NODE.memoryGib} GiB or more; got "${instanceType}" with ${vcpus} and ${memoryGib}`,
        `pulumi config set nodes.instanceType ${architecture === "arm64" ? "t4g" : "t3"}.medium`,
      );
    },
  },
  {
    reads: ["nodes.diskGib", "serving.triton", "gpu.max"],
    severity: "error",
    find: ({ nodes: { diskGib }, ...settings }) =>
      fault.when(
        settings.serving.triton && !servesOnGpu(settings) && diskGib < TRITON_NODE_DISK_GIB,
        `nodes.diskGib must be ${TRITON_NODE_DISK_GIB} GiB or more where serving.triton is true, since its image alone fills ${TRITON_DISK_GIB}; got ${diskGib}`,
        `pulumi config set nodes.diskGib ${TRITON_NODE_DISK_GIB}`,
      ),
  },
  {
    reads: ["nodes.architecture", "notebooks.image"],
    severity: "warning",
    find: ({ nodes: { architecture }, notebooks: { image } }) =>
      fault.when(
        architecture === "arm64" && !FOR_BOTH.test(image),
        `notebooks.image must be built for arm64 (nodes.architecture), or notebooks end with "exec format error"; got "${image}"`,
        `docker manifest inspect ${image}   # lists the architectures`,
      ),
  },
];

/** Addresses that a cluster takes of a private subnet. */
interface Demand {
  /** Setting that bounds the nodes. */
  readonly setting: string;
  /** Value of that setting. */
  readonly most: number;
  /** Addresses that a node takes at least. */
  readonly each: number;
  /** Addresses of everything beside the nodes. */
  readonly others: number;
}

/**
 * A fault unless the subnets have addresses for all nodes twice: an update creates the new nodes before it
 * deletes the old ones. Load balancers, and pods where they take addresses of the VPC, come on top.
 */
export function subnetFault(
  { cidr, zones }: SharedSettings["network"],
  { setting, most, each, others }: Demand,
): readonly Fault[] {
  const fitting = (prefix: number): number => {
    const usable = 2 ** (32 - prefix - SUBNET_BITS) - RESERVED_BY_AWS;
    return zones * Math.floor((usable - others) / (2 * each));
  };
  const prefix = parseCidr(cidr)?.prefix ?? 0;
  let enough = prefix;
  while (fitting(enough) < most) {
    enough -= 1;
  }
  const [address = ""] = cidr.split("/");
  return fault.when(
    enough !== prefix,
    `network.cidr must be /${enough} or larger, or ${setting} ${fitting(prefix)} or less, so that a subnet has addresses for a zone's nodes and a replacement of each; got "${cidr}" and ${most}`,
    `pulumi config set network.cidr ${networkOf(`${address}/${enough}`) ?? "NETWORK"}   # of a stack that exists: choose fewer nodes`,
  );
}

/** A fault where two networks, each with its setting, share an address. */
export function overlapFault(
  path: string,
  value: string,
  otherPath: string,
  other: string,
): readonly Fault[] {
  const [one, two] = [parseCidr(value), parseCidr(other)];
  return fault.when(
    one !== undefined && two !== undefined && overlap(one, two),
    `${path} and ${otherPath} must not overlap; got "${value}" and "${other}"`,
    `choose another network: pulumi config set ${otherPath} NETWORK`,
  );
}
