import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { inCluster, type KubernetesCluster } from "./cluster";

/** A Helm chart at an exact version. */
interface Chart {
  readonly repository: string;
  readonly version: string;
}

/**
 * Every chart that is installed, at the newest version for which a public source was found on
 * 2026-11-23. One table, so that a person who updates a cluster has one place to look.
 */
export const CHARTS = {
  // https://github.com/cilium/cilium/releases
  cilium: { repository: "https://helm.cilium.io/", version: "1.20.4" },
  // https://github.com/kubernetes/cloud-provider-aws/tree/master/charts (tag of 2026-09-22)
  "aws-cloud-controller-manager": {
    repository: "https://kubernetes.github.io/cloud-provider-aws",
    version: "0.0.12",
  },
  // https://github.com/postfinance/kubelet-csr-approver (2026-09-02)
  "kubelet-csr-approver": {
    repository: "https://postfinance.github.io/kubelet-csr-approver",
    version: "1.2.15",
  },
  // https://github.com/kubernetes-sigs/metrics-server (August 2026)
  "metrics-server": {
    repository: "https://kubernetes-sigs.github.io/metrics-server/",
    version: "3.14.0",
  },
  // https://github.com/kubernetes-sigs/aws-ebs-csi-driver (September 2026)
  "aws-ebs-csi-driver": {
    repository: "https://kubernetes-sigs.github.io/aws-ebs-csi-driver",
    version: "2.66.0",
  },
  // https://github.com/kubernetes/autoscaler/tree/master/cluster-autoscaler/charts (eks, with a range)
  "cluster-autoscaler": {
    repository: "https://kubernetes.github.io/autoscaler",
    version: "9.59.0",
  },
} as const satisfies Readonly<Record<string, Chart>>;

/** Seconds in which a chart's pods have to be ready; images are pulled for the first time. */
const TIMEOUT_SECONDS = 600;

/**
 * Installs a chart into `kube-system` and waits until its pods are ready, unless it is not to be
 * `awaited`.
 *
 * Pulumi downloads charts when it previews or deploys, never when `npm start` prices a stack.
 */
export function install(
  parent: pulumi.Resource,
  name: string,
  chart: keyof typeof CHARTS,
  {
    cluster,
    values,
    after = [],
    awaited = true,
  }: {
    readonly cluster: KubernetesCluster;
    readonly values: Readonly<Record<string, pulumi.Input<unknown>>>;
    readonly after?: readonly pulumi.Resource[];
    readonly awaited?: boolean;
  },
): kubernetes.helm.v3.Release {
  const { repository, version } = CHARTS[chart];
  return new kubernetes.helm.v3.Release(
    name,
    {
      // Without a name of its own Helm appends a random one, and a person searches for the release.
      name: chart,
      chart,
      version,
      repositoryOpts: { repo: repository },
      namespace: "kube-system",
      values,
      timeout: TIMEOUT_SECONDS,
      // A failed installation is taken back, so that the next `up` can begin anew.
      ...(awaited ? { atomic: true } : { skipAwait: true }),
    },
    inCluster(cluster, parent, after),
  );
}
