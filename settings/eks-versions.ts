/** One Kubernetes minor version as EKS offers it. */
export interface EksVersion {
  /** Day on which standard support ends and the paid extended support begins, `YYYY-MM-DD`. */
  readonly endOfStandard: string;
  /** Day on which AWS replaces it by a later version, whatever was paid, `YYYY-MM-DD`. */
  readonly endOfExtended: string;
}

/**
 * Minor versions of EKS, newest first: 14 months of standard support, 12 of extended support.
 * Source: https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html and
 * https://endoflife.date/amazon-eks (read 2026-11-23); 1.36 as `aws eks describe-cluster-versions` said
 * on 2026-07-28, according to a published log. What there is today that command tells.
 */
export const EKS_VERSIONS = {
  "1.36": { endOfStandard: "2027-08-02", endOfExtended: "2028-08-02" },
  "1.35": { endOfStandard: "2027-03-27", endOfExtended: "2028-03-27" },
  "1.34": { endOfStandard: "2026-12-02", endOfExtended: "2027-12-02" },
  "1.33": { endOfStandard: "2026-07-29", endOfExtended: "2027-07-29" },
} as const satisfies Readonly<Record<string, EksVersion>>;

export type EksMinor = keyof typeof EKS_VERSIONS;

/**
 * What AWS gives, and charges, for a version on a day.
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
