import { sagemakerPriceKey } from "../../settings/values/instance-types";
import { CostError } from "../cost-error";
import { isList, isNumber, isString, readInput } from "../resources/inputs";
import { HOURS_PER_MONTH, type DeclaredResource, type PriceRule } from "../rule";

const CONFIGURATION = "aws:sagemaker/endpointConfiguration:EndpointConfiguration";

/**
 * An endpoint is billed for the instances of its configuration from its creation to its deletion, used or not. Data
 * in and out are not counted: at 0.016 USD a GB in Ireland, a million requests of 1 KB each way cost three cents.
 */
export const endpoint: PriceRule = {
  type: "aws:sagemaker/endpoint:Endpoint",
  service: "SageMaker",
  category: "compute",
  source: "https://aws.amazon.com/sagemaker/ai/pricing/",
  lines: (resource, { stack }) => {
    const configuration = configurationOf(resource, stack);
    return readInput(configuration, "productionVariants", isList).map((_, index) => {
      const variant = `productionVariants.${index}`;
      const type = readInput(configuration, `${variant}.instanceType`, isString);
      const count = readInput(configuration, `${variant}.initialInstanceCount`, isNumber);
      return {
        label: `Model server (endpoint, ${type}, billed day and night)`,
        unit: "hour",
        quantity: count * HOURS_PER_MONTH,
        priceKey: sagemakerPriceKey(type, "hosting"),
      };
    });
  },
};

/** The configuration that an endpoint names. One that an update has still to delete costs nothing. */
function configurationOf(
  endpoint: DeclaredResource,
  stack: readonly DeclaredResource[],
): DeclaredResource {
  const name = readInput(endpoint, "endpointConfigName", isString);
  const found = stack.find(({ type, id }) => type === CONFIGURATION && id === name);
  if (found === undefined) {
    throw new CostError(
      `${endpoint.type} "${endpoint.name}" cannot be priced: the stack has no configuration "${name}"; ` +
        "declare it in the same stack",
    );
  }
  return found;
}
