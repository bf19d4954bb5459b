/** One Kubernetes minor version as EKS offers it. */
export interface EksVersion {
  /** Day on which standard support ends and the paid extended support begins, `YYYY-MM-DD`. */
  readonly endOfStandard: string;
  /** Day on which AWS replaces it by a later version, whatever was paid, `YYYY-MM-DD`. */
  readonly endOfExtended: string;
  /** Image tag of the cluster autoscaler for it. */
  readonly autoscaler: string;
}

/**
 * Minor versions of EKS, newest first: 14 months of standard support, 12 of extended support. 1.37 is on
 * EKS since October 2026; versions of its add-ons are not known here yet. 1.32, in extended support until
 * 2027-03-23, is left out: a stack asks for standard support only.
 * Source: https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html (as of 2026-09-29);
 * autoscaler: https://github.com/kubernetes/autoscaler/releases (read 2026-11-23), none for 1.33 is left.
 */
export const EKS_VERSIONS = {
  "1.36": {
    endOfStandard: "2027-08-02",
    endOfExtended: "2028-08-02",
    // renovate: datasource=docker depName=registry.k8s.io/autoscaling/cluster-autoscaler
    autoscaler: "v1.36.1",
  },
  "1.35": {
    endOfStandard: "2027-03-27",
    endOfExtended: "2028-03-27",
    // renovate: datasource=docker depName=registry.k8s.io/autoscaling/cluster-autoscaler
    autoscaler: "v1.35.2",
  },
  "1.34": {
    endOfStandard: "2026-12-02",
    endOfExtended: "2027-12-02",
    // renovate: datasource=docker depName=registry.k8s.io/autoscaling/cluster-autoscaler
    autoscaler: "v1.34.4",
  },
  "1.33": {
    endOfStandard: "2026-07-29",
    endOfExtended: "2027-07-29",
    // renovate: datasource=docker depName=registry.k8s.io/autoscaling/cluster-autoscaler
    autoscaler: "v1.34.4",
  },
} as const satisfies Readonly<Record<string, EksVersion>>;

/** A minor version of Kubernetes that a stack of `eks` may have. */
export type EksMinor = keyof typeof EKS_VERSIONS;

/** The same versions as a list, newest first. */
export const EKS_MINORS = Object.keys(EKS_VERSIONS) as [EksMinor, ...EksMinor[]];

/**
 * Support that AWS gives a version on a day, which decides about its price.
 *
 * @param today `YYYY-MM-DD`.
 */
export function supportOf(version: EksMinor, today: string): "standard" | "extended" | "ended" {
  const { endOfStandard, endOfExtended } = EKS_VERSIONS[version];
  if (today < endOfStandard) {
    return "standard";
  }
  return today < endOfExtended ? "extended" : "ended";
}
