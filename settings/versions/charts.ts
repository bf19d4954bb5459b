/** A Helm chart at an exact version. */
export interface Chart {
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
