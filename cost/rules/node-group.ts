import { CostError } from "../cost-error";
import { isList, isNumber, isString, readInput } from "../resources/inputs";
import {
  HOURS_PER_MONTH,
  type DeclaredResource,
  type LineItem,
  type PriceRule,
  type PricingContext,
} from "../rule";
import { volume } from "./volume";

/**
 * The nodes of a group are instances: billed by the hour, with them the disks that the launch
 * template gives each. Counted is the desired size; an autoscaler may run fewer or more.
 *
 * Spot instances have a price that changes by the minute, at most the on-demand one, which is why
 * that one is counted and the label says so.
 */
export const nodeGroup: PriceRule = {
  type: "aws:eks/nodeGroup:NodeGroup",
  service: "EC2",
  category: "compute",
  source: "https://aws.amazon.com/ec2/pricing/on-demand/",
  lines: (resource, { stack }) => {
    const count = readInput(resource, "scalingConfig.desiredSize", isNumber);
    const type = readInput(resource, "instanceTypes.0", isString);
    const spot = readInput(resource, "capacityType", isString, "ON_DEMAND") === "SPOT";
    return [
      {
        label: `Instance (${spot ? "spot, at most the on-demand price" : "on-demand"}, Linux, ${type}${rangeOf(resource, count)})`,
        unit: "hour",
        quantity: count * HOURS_PER_MONTH,
        priceKey: `ec2.${type}.hour`,
      },
      ...disks(resource, stack, count),
    ];
  },
};

/** How many are priced, where an autoscaler may run others. */
function rangeOf(group: DeclaredResource, count: number): string {
  const [min, max] = ["minSize", "maxSize"].map((size) =>
    readInput(group, `scalingConfig.${size}`, isNumber, count),
  );
  return min === max ? "" : `, ${count} of ${min} to ${max} nodes`;
}

function disks(group: DeclaredResource, stack: PricingContext["stack"], count: number): LineItem[] {
  const id = readInput(group, "launchTemplate.id", isString);
  const template = stack.find(
    (one) => one.type === "aws:ec2/launchTemplate:LaunchTemplate" && one.id === id,
  );
  if (template === undefined) {
    throw new CostError(
      `${group.type} "${group.name}" cannot be priced: its launch template ${id}, which has the ` +
        `size of the disks, is not in the stack; declare it`,
    );
  }
  // Required: without a mapping the image decides, and nothing here says how big.
  const mappings = readInput(template, "blockDeviceMappings", isList);
  return mappings.flatMap((_, index) =>
    volume(template, { path: `blockDeviceMappings.${index}.ebs`, count }),
  );
}
