import { times, type PodRequests } from "../values/resources";
import { EBS_DRIVER_REQUESTS } from "./charts";
import type { EksMinor } from "./eks";

/** Add-ons that EKS installs and updates; names as EKS has them. */
export type AddOnName =
  "vpc-cni" | "kube-proxy" | "coredns" | "aws-ebs-csi-driver" | "metrics-server";

/**
 * Version of each add-on for each Kubernetes version: what EKS itself chose in September 2026, according
 * to published logs of running clusters (read 2026-11-23). EKS refuses one that does not go with the
 * cluster's, and withdraws old ones. What there is today:
 * `aws eks describe-addon-versions --kubernetes-version 1.36 --addon-name coredns`.
 */
export const ADD_ON_VERSIONS: Readonly<Record<EksMinor, Readonly<Record<AddOnName, string>>>> = {
  "1.36": {
    "vpc-cni": "v1.22.4-eksbuild.3",
    "kube-proxy": "v1.36.0-eksbuild.25",
    coredns: "v1.14.3-eksbuild.23",
    "aws-ebs-csi-driver": "v1.66.0-eksbuild.1",
    "metrics-server": "v0.9.0-eksbuild.11",
  },
  "1.35": {
    "vpc-cni": "v1.22.4-eksbuild.3",
    "kube-proxy": "v1.35.3-eksbuild.29",
    coredns: "v1.13.2-eksbuild.31",
    "aws-ebs-csi-driver": "v1.66.0-eksbuild.1",
    "metrics-server": "v0.9.0-eksbuild.11",
  },
  "1.34": {
    "vpc-cni": "v1.22.4-eksbuild.3",
    "kube-proxy": "v1.34.6-eksbuild.29",
    coredns: "v1.12.4-eksbuild.38",
    "aws-ebs-csi-driver": "v1.66.0-eksbuild.1",
    "metrics-server": "v0.9.0-eksbuild.11",
  },
  "1.33": {
    "vpc-cni": "v1.22.4-eksbuild.3",
    "kube-proxy": "v1.33.10-eksbuild.29",
    coredns: "v1.12.4-eksbuild.38",
    "aws-ebs-csi-driver": "v1.66.0-eksbuild.1",
    "metrics-server": "v0.8.1-eksbuild.14",
  },
};

/** Requests of the pods of each add-on, as EKS installs it. The capacity model reads these. */
export const ADD_ON_REQUESTS: Readonly<Record<AddOnName, PodRequests>> = {
  // The agent and its policy agent.
  // https://github.com/aws/amazon-vpc-cni-k8s/blob/master/charts/aws-vpc-cni/values.yaml
  "vpc-cni": { eachNode: times(2, { millicores: 25, mib: 0 }) },
  // AWS publishes no manifest; a cluster tells it by
  // `kubectl -n kube-system describe daemonset kube-proxy`.
  "kube-proxy": { eachNode: { millicores: 100, mib: 0 } },
  // Two replicas, each as kubeadm's.
  coredns: { onceACluster: times(2, { millicores: 100, mib: 70 }) },
  "aws-ebs-csi-driver": EBS_DRIVER_REQUESTS,
  // Two replicas, according to published logs of running clusters (2026-11); each as the chart's.
  "metrics-server": { onceACluster: times(2, { millicores: 100, mib: 200 }) },
};
