import { CostError } from "../cost-error";
import { isString, readInput } from "../resources/inputs";
import type { PriceRule } from "../rule";

/** A parameter costs nothing in the standard tier (4 KB) and a monthly sum in the advanced one. */
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
        // Intelligent-Tiering decides by the size of a value that nobody may read here.
        throw new CostError(
          `${resource.type} "${resource.name}" cannot be priced: ` +
            `tier must be Standard or Advanced; got "${tier}"`,
        );
    }
  },
};
