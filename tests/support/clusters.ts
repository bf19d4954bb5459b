import { clusterOf } from "../../cost/compare/machines";
import type { AssumedTarget } from "../../cost/compare/platform-rows";
import type { Cluster, StackNodes } from "../../cost/compare/priced-stack";
import type { DeclaredResource } from "../../cost/rule";
import { TARGET_PROFILES } from "../../settings/targets";
import { declared } from "./resources";

function chart(name: string): DeclaredResource {
  return declared("kubernetes:helm.sh/v3:Release", name, { chart: name });
}

function addOn(name: string): DeclaredResource {
  return declared("aws:eks/addon:Addon", name, { addonName: name });
}

/** The charts that `ec2` installs, as tests/targets/ec2/add-ons.test.ts asserts. */
export const EC2_CHARTS: readonly DeclaredResource[] = [
  "cilium",
  "kubelet-csr-approver",
  "metrics-server",
  "aws-cloud-controller-manager",
  "aws-ebs-csi-driver",
  "jupyterhub",
].map(chart);

/** The add-ons and the chart that `eks` installs, as tests/targets/eks/add-ons.test.ts asserts. */
export const EKS_INSTALLED: readonly DeclaredResource[] = [
  ...["vpc-cni", "kube-proxy", "coredns", "metrics-server", "aws-ebs-csi-driver"].map(addOn),
  chart("jupyterhub"),
];

/** The cluster of a Kubernetes target with these charts and add-ons. */
export function clusterWith(
  target: "ec2" | "eks",
  installed: readonly DeclaredResource[],
): Cluster {
  const { capacity } = TARGET_PROFILES[target];
  if (capacity.kind !== "nodes") {
    throw new Error(`${target} has no nodes`);
  }
  return clusterOf(capacity, installed);
}

/** Each Kubernetes target's cluster with all that it installs. */
export const CLUSTERS = {
  ec2: clusterWith("ec2", EC2_CHARTS),
  eks: clusterWith("eks", EKS_INSTALLED),
};

/** The machines of a stack with a fixed number of nodes. */
export function nodes(target: "ec2" | "eks", instanceType: string, count: number): StackNodes {
  return {
    kind: "nodes",
    instanceType,
    count,
    diskGib: 50,
    idleMinutes: 60,
    cluster: CLUSTERS[target],
  };
}

/** Studio's capacity, as the comparison assumes it where no stack has it. */
export const STUDIO = studio();

function studio(): AssumedTarget {
  const { capacity } = TARGET_PROFILES.sagemaker;
  if (capacity.kind !== "per-notebook" || capacity.assumed === undefined) {
    throw new Error("Studio is not assumed any more");
  }
  return { target: "sagemaker", capacity, assumed: capacity.assumed };
}
