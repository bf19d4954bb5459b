import { isList, isString, readInput } from "../resources/inputs";
import { HOURS_PER_MONTH, type PriceRule } from "../rule";

/** An interface endpoint is billed by the hour for each of its subnets, and by the GB. */
export const vpcEndpoint: PriceRule = {
  type: "aws:ec2/vpcEndpoint:VpcEndpoint",
  service: "VPC",
  category: "network",
  source: "https://aws.amazon.com/privatelink/pricing/",
  freeReason: "A gateway endpoint has no charge",
  lines: (resource, { usage }) => {
    const type = readInput(resource, "vpcEndpointType", isString, "Gateway");
    if (type === "Gateway") {
      return [];
    }
    const kind = type.charAt(0).toLowerCase() + type.slice(1);
    return [
      {
        label: `${type} endpoint`,
        unit: "hour",
        quantity: HOURS_PER_MONTH * readInput(resource, "subnetIds", isList).length,
        priceKey: `vpc.${kind}Endpoint.hour`,
      },
      {
        label: `${type} endpoint data processed`,
        unit: "GB",
        quantity: usage.interfaceEndpointGb,
        usage: "interfaceEndpointGb",
        priceKey: `vpc.${kind}Endpoint.gb`,
      },
    ];
  },
};
