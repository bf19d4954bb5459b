import { CostError } from "../cost-error";
import { isString, readInput } from "../resources/inputs";
import type { PriceRule } from "../rule";

/** A parameter is free in the standard tier (4 KB), and billed by the month in the advanced tier. */
export const parameter: PriceRule = {
  type: "aws:ssm/parameter:Parameter",
  service: "Systems Manager",
  category: "operations",
  source: "https://aws.amazon.com/systems-manager/pricing/#Parameter_Store",
  freeReason: "Standard parameters have no charge",
  lines: (resource) => {
    const tier = readInput(resource, "tier", isString, "Standard");
    switch (tier) {
      case "Standard":
        return [];
      case "Advanced":
        return [
          {
            label: "Parameter (advanced)",
            unit: "parameter-month",
            quantity: 1,
            priceKey: "ssm.advancedParameter.month",
          },
        ];
      default:
        // Intelligent-Tiering depends on the size of a secret value.
        throw new CostError(
          `${resource.type} "${resource.name}" cannot be priced: ` +
            `tier must be Standard or Advanced; got "${tier}"`,
        );
    }
  },
};
