import { HOURS_PER_MONTH, type DeclaredResource, type LineItem, type PriceRule } from "../rule";
import { ofStack } from "./of-stack";

const TYPE = "aws:ec2/natGateway:NatGateway";

/**
 * A NAT gateway is billed for each hour that it exists and each GB that it processes. What comes from another
 * zone is billed as traffic between zones, too, to the sender and to the receiver. Its public address is an
 * Elastic IP, which is another resource.
 */
export const natGateway: PriceRule = {
  type: TYPE,
  service: "VPC",
  category: "network",
  source: "https://aws.amazon.com/vpc/pricing/",
  lines: (_resource, { usage, stack }) => [
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
    ...betweenZones(stack, usage.natGatewayGb),
  ],
};

/** The line of data that reaches a gateway from another zone; none where each zone has its own. */
function betweenZones(
  stack: readonly DeclaredResource[],
  natGatewayGb: number | undefined,
): LineItem[] {
  const { share, label } = othersOf(stack);
  const quantity = natGatewayGb === undefined ? undefined : 2 * natGatewayGb * share;
  const priceKey = "dataTransfer.betweenZones.gb";
  const service = "Data transfer";
  return share === 0
    ? []
    : [{ label, unit: "GB", quantity, usage: "natGatewayGb", priceKey, service }];
}

/**
 * The share of data that reaches a gateway from a zone without one of its own. Each private subnet has a zone and
 * a route of its own, and machines are taken to be spread over them evenly.
 */
const othersOf = ofStack((stack) => {
  const zones = stack.filter(({ inputs }) => inputs["natGatewayId"] !== undefined).length;
  const without = Math.max(0, zones - stack.filter(({ type }) => type === TYPE).length);
  return {
    share: without === 0 ? 0 : without / zones,
    label: `Data to a NAT gateway in another zone (${without} of ${zones} zones, billed twice)`,
  };
});
