import { overlap, parseCidr, size } from "./cidr";
import { INSTANCE_TYPES } from "./instance-types";
import type { ClusterSettings } from "./cluster";
import type { SharedSettings } from "./shared";

/** Something a person must change in a stack file. */
export interface Fault {
  /** One sentence: the setting, what is allowed, what was given. */
  readonly problem: string;
  /** The command or edit that mends it. */
  readonly fix: string;
}

/** A rule between several settings; skipped while one of them has a fault of its own. */
export interface Check<S> {
  /** Paths of the settings that it reads. */
  readonly reads: readonly string[];
  /** `error` stops everything, `warning` is printed. */
  readonly severity: "error" | "warning";
  find(settings: S): readonly Fault[];
}

/** Subnets are cut as eighths of the VPC: room for a public and a private one in four zones. */
export const SUBNET_BITS = 3;
/** AWS keeps 5 addresses of a subnet, a control plane of EKS wants 6, RDS and NAT one each. */
const SMALLEST_SUBNET = 27;

/** Rules that hold on every target. */
export const SHARED_CHECKS: readonly Check<SharedSettings>[] = [
  {
    reads: ["network.cidr", "network.zones"],
    severity: "error",
    find: ({ network }) => {
      const smallest = SMALLEST_SUBNET - SUBNET_BITS;
      const cidr = parseCidr(network.cidr);
      return cidr === undefined || cidr.prefix <= smallest
        ? []
        : [
            {
              problem: `network.cidr must be /${smallest} or larger, so that the subnets of ${network.zones} zones get ${size({ first: 0, prefix: SMALLEST_SUBNET })} addresses each; got "${network.cidr}"`,
              fix: "pulumi config set network.cidr 10.0.0.0/16",
            },
          ];
    },
  },
  {
    reads: ["lifecycle", "database.multiAz"],
    severity: "warning",
    find: ({ lifecycle, database }) =>
      lifecycle === "keep" && !database.multiAz
        ? [
            {
              problem:
                "lifecycle is keep, but the database stands in a single zone: when that zone fails, it is gone until AWS repairs it",
              fix: "pulumi config set database.multiAz true",
            },
          ]
        : [],
  },
];

/** kubeadm's own floor is 2 CPUs and 1,700 MB; what we install on top needs the rest. */
const SMALLEST_NODE = { vcpus: 2, memoryGib: 4 };

type WithCluster = SharedSettings & ClusterSettings;

/** Rules of the targets that are Kubernetes clusters. */
export const CLUSTER_CHECKS: readonly Check<WithCluster>[] = [
  {
    reads: ["network.cidr", "kubernetes.podCidr", "kubernetes.serviceCidr"],
    severity: "error",
    find: ({ network, kubernetes }) => [
      ...overlapFault("network.cidr", network.cidr, "kubernetes.podCidr", kubernetes.podCidr),
      ...overlapFault(
        "network.cidr",
        network.cidr,
        "kubernetes.serviceCidr",
        kubernetes.serviceCidr,
      ),
      ...overlapFault(
        "kubernetes.podCidr",
        kubernetes.podCidr,
        "kubernetes.serviceCidr",
        kubernetes.serviceCidr,
      ),
    ],
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
