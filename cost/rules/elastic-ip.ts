import { HOURS_PER_MONTH, type LineItem, type PriceRule } from "../rule";

/**
 * The line of one public IPv4 address. Since February 2024 AWS bills every address, in use or idle, automatic
 * or elastic: https://aws.amazon.com/blogs/aws/new-aws-public-ipv4-address-charge-public-ip-insights/
 */
export const publicIpv4: LineItem = {
  label: "Public IPv4 address",
  unit: "hour",
  quantity: HOURS_PER_MONTH,
  priceKey: "vpc.publicIpv4.hour",
  service: "VPC",
  category: "network",
};

/**
 * An Elastic IP address is billed while it is allocated. An instance releases its automatic address when an
 * elastic one is attached, so such an instance must not declare `associatePublicIpAddress: true`.
 */
export const elasticIp: PriceRule = {
  type: "aws:ec2/eip:Eip",
  service: "VPC",
  category: "network",
  source: "https://aws.amazon.com/vpc/pricing/",
  lines: () => [publicIpv4],
};
