import { EKS_VERSIONS, type EksMinor } from "../versions/eks";
import { ARCHITECTURES, instanceType } from "../values/instance-types";
import { KUBERNETES_VERSIONS, type KubernetesMinor } from "../versions/kubernetes";
import { privateNetwork } from "../values/networks";
import { roleArns } from "../values/admin-arns";
import { integer, oneOf, orWord, type Loaded } from "../schema/setting";

/** Entries of every target that is a Kubernetes cluster; each adds its own beside them. */
const KUBERNETES = {
  // The API server refuses more than 20 bits of services, EKS anything but /12 to /24.
  // https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html
  serviceCidr: privateNetwork("Addresses of Services (inside the cluster only).", {
    largest: 12,
    smallest: 24,
    fallback: "10.96.0.0/16",
  }),
};
const NODES = {
  instanceType: instanceType("EC2 type of every instance of the cluster.", "t3.large"),
  architecture: oneOf(
    "Architecture of the container images you run; the instance type must have it.",
    ARCHITECTURES,
    "amd64",
  ),
  // https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html (gp3: 1 GiB to 64 TiB);
  // a machine image, Kubernetes' own images and two notebook images fill 30 GiB.
  diskGib: integer("Encrypted gp3 root disk of each instance.", {
    min: 30,
    max: 16384,
    unit: "GiB",
    fallback: 50,
  }),
};
/** Settings that every cluster has. */
export type ClusterSettings = Loaded<{ kubernetes: typeof KUBERNETES; nodes: typeof NODES }>;

const VERSIONS = Object.keys(KUBERNETES_VERSIONS) as [KubernetesMinor, ...KubernetesMinor[]];

/** Settings of the `ec2` target. */
export const EC2_SETTINGS = {
  kubernetes: {
    version: oneOf("Kubernetes minor version.", VERSIONS, VERSIONS[0]),
    podCidr: privateNetwork("Addresses of pods (inside the cluster only).", {
      largest: 8,
      smallest: 20,
      fallback: "10.244.0.0/16",
    }),
    ...KUBERNETES,
    // A kubeadm cluster on small machines takes some five minutes from nothing.
    readyMinutes: integer(
      "How long `pulumi up` waits for the API server and the nodes; 0: it does not look.",
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
    ...NODES,
    controlPlane: oneOf(
      "Image, script and Kubernetes version of the control plane: `pinned` to those it was made with, or `newest`, with which `up` makes it anew, from its last snapshot.",
      ["pinned", "newest"],
      "pinned",
    ),
  },
};
export type Ec2Settings = Loaded<typeof EC2_SETTINGS>;

const EKS_MINORS = Object.keys(EKS_VERSIONS) as [EksMinor, ...EksMinor[]];
/** A node group holds 450 nodes by default. https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html */
const MOST_NODES = 450;

/** Settings of the `eks` target. */
export const EKS_SETTINGS = {
  kubernetes: {
    version: oneOf("Kubernetes minor version.", EKS_MINORS, VERSIONS[0]),
    ...KUBERNETES,
    // Resolvers remember for up to 15 minutes that Route 53 did not know a name.
    // https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/SOA-NSrecords.html
    readyMinutes: integer(
      "How long `pulumi up` waits until the new API server answers; 0: it does not look.",
      { min: 0, max: 60, unit: "minute", fallback: 20 },
    ),
    logs: oneOf(
      "Logs of the control plane in CloudWatch: none, who did what (`audit`: audit and authenticator), or `all`.",
      ["none", "audit", "all"],
      "audit",
    ),
    // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
    logDays: {
      ...oneOf("How long these logs are kept.", ["1", "7", "30", "90", "365"], "30"),
      unit: "day",
    },
  },
  nodes: {
    count: integer("EC2 instances of the node group, the control plane not among them.", {
      min: 1,
      max: MOST_NODES,
      unit: "instance",
      fallback: 3,
    }),
    min: orWord(
      "count",
      integer(
        "Fewest nodes, set together with `nodes.max`; below it, the cluster autoscaler decides how many run.",
        { min: 1, max: MOST_NODES, unit: "instance", fallback: 1 },
      ),
    ),
    max: orWord(
      "count",
      integer("Most nodes.", { min: 1, max: MOST_NODES, unit: "instance", fallback: 6 }),
    ),
    capacity: oneOf(
      "How the instances are bought. AWS takes `spot` ones back with two minutes' notice.",
      ["on-demand", "spot"],
      "on-demand",
    ),
    ...NODES,
  },
  adminArns: roleArns,
};
export type EksSettings = Loaded<typeof EKS_SETTINGS>;

/** Fewest and most nodes of a node group; both are `count` unless the stack says otherwise. */
export function nodeRange({ count, min, max }: EksSettings["nodes"]): { min: number; max: number } {
  return { min: min === "count" ? count : min, max: max === "count" ? count : max };
}
