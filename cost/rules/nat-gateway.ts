import { HOURS_PER_MONTH, type PriceRule } from "../rule";

/**
 * A NAT gateway is billed for each hour that it exists and each GB that it processes. Its public address is an
 * Elastic IP, which is another resource.
 */
export const natGateway: PriceRule = {
  type: "aws:ec2/natGateway:NatGateway",
  service: "VPC",
  category: "network",
  source: "https://aws.amazon.com/vpc/pricing/",
  lines: (_resource, { usage }) => [
    {
      label: "NAT gateway",
      unit: "hour",
      quantity: HOURS_PER_MONTH,
      priceKey: "vpc.natGateway.hour",
    },
    {
      label: "NAT gateway data processed",
      unit: "GB",
      quantity: usage.natGatewayGb,
      usage: "natGatewayGb",
      priceKey: "vpc.natGateway.gb",
    },
  ],
};
