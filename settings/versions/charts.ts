import { sumOf, times, type PodRequests } from "../values/resources";

/** A Helm chart at an exact version. */
export interface Chart {
  readonly repository: string;
  readonly version: string;
  /**
   * Requests of its pods with the values that this program gives it. A container without a request
   * counts nothing, as it does to the scheduler. The capacity model reads these.
   */
  readonly requests: PodRequests;
}

/**
 * The EBS driver: three containers on each node, and six in each of two controllers.
 * Source: `node.resources` and `controller.resources` of
 * https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/charts/aws-ebs-csi-driver/values.yaml
 */
export const EBS_DRIVER_REQUESTS: PodRequests = {
  eachNode: times(3, { millicores: 10, mib: 40 }),
  onceACluster: times(2 * 6, { millicores: 10, mib: 40 }),
};

/** Requests of JupyterHub's hub, which its chart leaves open. With two users logged in it used 179 MB (measured 2026-11-28). */
export const HUB_REQUESTS = { millicores: 200, mib: 512 };
/** Requests of JupyterHub's proxy, which its chart leaves open. With two users logged in it used 58 MB (measured 2026-11-28). */
export const PROXY_REQUESTS = { millicores: 100, mib: 128 };

/**
 * Every chart that is installed, at the newest version for which a public source was found on
 * 2026-11-23. One table, so that a person who updates a cluster has one place to look.
 */
export const CHARTS = {
  // https://github.com/cilium/cilium/releases
  cilium: {
    repository: "https://helm.cilium.io/",
    // renovate: datasource=helm depName=cilium registryUrl=https://helm.cilium.io/
    version: "1.20.4",
    // Its set-up container (`cni.resources`); the agent requests nothing.
    // https://docs.cilium.io/en/stable/helm-reference/
    requests: { eachNode: { millicores: 100, mib: 10 } },
  },
  // https://github.com/kubernetes/cloud-provider-aws/tree/master/charts (tag of 2026-09-22)
  "aws-cloud-controller-manager": {
    repository: "https://kubernetes.github.io/cloud-provider-aws",
    // renovate: datasource=helm depName=aws-cloud-controller-manager registryUrl=https://kubernetes.github.io/cloud-provider-aws
    version: "0.0.12",
    // It runs on the control plane, where no notebook does: `nodeSelector` of its values.
    requests: {},
  },
  // https://github.com/postfinance/kubelet-csr-approver (2026-09-02)
  "kubelet-csr-approver": {
    repository: "https://postfinance.github.io/kubelet-csr-approver",
    // renovate: datasource=helm depName=kubelet-csr-approver registryUrl=https://postfinance.github.io/kubelet-csr-approver
    version: "1.2.15",
    // `resources` of
    // https://github.com/postfinance/kubelet-csr-approver/blob/main/charts/kubelet-csr-approver/values.yaml
    requests: { onceACluster: { millicores: 100, mib: 64 } },
  },
  // https://github.com/kubernetes-sigs/metrics-server (August 2026)
  "metrics-server": {
    repository: "https://kubernetes-sigs.github.io/metrics-server/",
    // renovate: datasource=helm depName=metrics-server registryUrl=https://kubernetes-sigs.github.io/metrics-server/
    version: "3.14.0",
    // `resources` of
    // https://github.com/kubernetes-sigs/metrics-server/blob/master/charts/metrics-server/values.yaml
    requests: { onceACluster: { millicores: 100, mib: 200 } },
  },
  // https://github.com/kubernetes-sigs/aws-ebs-csi-driver (September 2026)
  "aws-ebs-csi-driver": {
    repository: "https://kubernetes-sigs.github.io/aws-ebs-csi-driver",
    // renovate: datasource=helm depName=aws-ebs-csi-driver registryUrl=https://kubernetes-sigs.github.io/aws-ebs-csi-driver
    version: "2.66.0",
    requests: EBS_DRIVER_REQUESTS,
  },
  // https://github.com/kubernetes/autoscaler/tree/master/cluster-autoscaler/charts (eks, with a range)
  "cluster-autoscaler": {
    repository: "https://kubernetes.github.io/autoscaler",
    // renovate: datasource=helm depName=cluster-autoscaler registryUrl=https://kubernetes.github.io/autoscaler
    version: "9.59.0",
    // `resources` of its values is empty.
    requests: {},
  },
  // https://github.com/NVIDIA/k8s-device-plugin/releases (eks, with nodes that have a GPU)
  "nvidia-device-plugin": {
    repository: "https://nvidia.github.io/k8s-device-plugin",
    // renovate: datasource=helm depName=nvidia-device-plugin registryUrl=https://nvidia.github.io/k8s-device-plugin
    version: "0.20.0",
    // `resources` of its values is empty, and it runs where no notebook does.
    requests: {},
  },
  // https://github.com/jupyterhub/zero-to-jupyterhub-k8s/releases/tag/4.4.0, for Kubernetes 1.28 and newer
  jupyterhub: {
    repository: "https://hub.jupyter.org/helm-chart/",
    // renovate: datasource=helm depName=jupyterhub registryUrl=https://hub.jupyter.org/helm-chart/
    version: "4.4.0",
    // The chart sets none; these are those of HUB_REQUESTS and PROXY_REQUESTS.
    requests: { onceACluster: sumOf([HUB_REQUESTS, PROXY_REQUESTS]) },
  },
} as const satisfies Readonly<Record<string, Chart>>;
