import { EKS_VERSIONS, supportOf, type EksMinor } from "../../settings/versions/eks";
import { CostError } from "../cost-error";
import { isString, readInput } from "../resources/inputs";
import { HOURS_PER_MONTH, type PriceRule } from "../rule";

/**
 * A control plane is billed by the hour, at six times the price while its version is in extended support. One
 * that asks for standard support only never pays that: AWS upgrades it at the end of standard support.
 * Nodes are other resources. https://docs.aws.amazon.com/eks/latest/userguide/view-upgrade-policy.html
 */
export const eksCluster: PriceRule = {
  type: "eks:index:Cluster",
  service: "EKS",
  category: "control plane",
  source: "https://aws.amazon.com/eks/pricing/",
  lines: (resource, { today }) => {
    const version = readInput(resource, "version", isString);
    if (!isMinor(version)) {
      throw new CostError(
        `${resource.type} "${resource.name}" cannot be priced: the end of support of version ` +
          `"${version}" is unknown; settings/versions/eks.ts has ${Object.keys(EKS_VERSIONS).join(", ")}`,
      );
    }
    // AWS's default, which asks for extended support.
    const policy = readInput(resource, "upgradePolicy.supportType", isString, "EXTENDED");
    const extended = policy !== "STANDARD" && supportOf(version, today) !== "standard";
    return [
      {
        label: `Control plane (${version}, ${extended ? "extended" : "standard"} support)`,
        unit: "hour",
        quantity: HOURS_PER_MONTH,
        priceKey: extended ? "eks.clusterExtendedSupport.hour" : "eks.cluster.hour",
      },
    ];
  },
};

function isMinor(version: string): version is EksMinor {
  return Object.hasOwn(EKS_VERSIONS, version);
}
