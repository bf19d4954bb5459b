/** One Kubernetes minor version that the program can deploy. */
export interface KubernetesVersion {
  /** Exact release that `ec2` installs and holds. */
  readonly patch: string;
  /** Image tag of the AWS cloud controller for it. */
  readonly cloudController: string;
  /** Day the project's own patches end, `YYYY-MM-DD`. */
  readonly endOfLife: string;
}

/**
 * Supported minor versions, newest first.
 * Source: https://kubernetes.io/releases/ (read 2026-11-22). 1.34 ended on 2026-10-27.
 * Cloud controllers: https://github.com/kubernetes/k8s.io/pull/9796; v1.36.0 was never published.
 */
export const KUBERNETES_VERSIONS = {
  "1.36": {
    // renovate: datasource=github-releases depName=kubernetes/kubernetes
    patch: "1.36.4",
    // renovate: datasource=docker depName=registry.k8s.io/provider-aws/cloud-controller-manager
    cloudController: "v1.36.1",
    endOfLife: "2027-06-28",
  },
  "1.35": {
    // renovate: datasource=github-releases depName=kubernetes/kubernetes
    patch: "1.35.9",
    // renovate: datasource=docker depName=registry.k8s.io/provider-aws/cloud-controller-manager
    cloudController: "v1.35.2",
    endOfLife: "2027-02-28",
  },
} as const satisfies Readonly<Record<string, KubernetesVersion>>;

const ETCD = {
  // renovate: datasource=docker depName=gcr.io/etcd-development/etcd
  programs: "v3.6.8@sha256:397189418d1a00e500c0605ad18d1baf3b541a1004d768448c367e48071622e5",
};

/**
 * Image with the programs for snapshots of etcd, of the minor version that every Kubernetes above runs. It has the
 * digest of `registry.k8s.io/etcd:3.6.8-0`, too, the image of kubeadm 1.36.3.
 * https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kubeadm/app/constants/constants.go (DefaultEtcdVersion)
 */
export const ETCD_PROGRAMS_IMAGE = `gcr.io/etcd-development/etcd:${ETCD.programs}`;

/** A minor version of Kubernetes that a stack of `ec2` may have. */
export type KubernetesMinor = keyof typeof KUBERNETES_VERSIONS;

/** The same versions as a list, newest first. */
export const KUBERNETES_MINORS = Object.keys(KUBERNETES_VERSIONS) as [
  KubernetesMinor,
  ...KubernetesMinor[],
];

/** Version that a new cluster gets unless its stack says otherwise: one that every target has. */
export const NEWEST_KUBERNETES = KUBERNETES_MINORS[0];
