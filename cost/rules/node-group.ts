import { instancePriceKey } from "../price-book";
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
 * The nodes of a group are instances. They are billed by the hour, together with the disks of their launch
 * template. The rule counts the desired size; an autoscaler may run fewer or more.
 *
 * The price of spot instances changes all the time and is at most the on-demand price. The rule uses the
 * on-demand price, and the label says so.
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
        priceKey: instancePriceKey(type),
      },
      ...disks(resource, stack, count),
    ];
  },
};

/** Label for the number of priced nodes, if an autoscaler may run another number. */
function rangeOf(group: DeclaredResource, count: number): string {
  const [min, max] = ["minSize", "maxSize"].map((size) =>
    readInput(group, `scalingConfig.${size}`, isNumber, count),
  );
  return min === max ? "" : `, ${count} of ${min} to ${max} nodes`;
}

function disks(group: DeclaredResource, stack: PricingContext["stack"], count: number): LineItem[] {
  const id = readInput(group, "launchTemplate.id", isString);
  const template = stack.find(
    (resource) => resource.type === "aws:ec2/launchTemplate:LaunchTemplate" && resource.id === id,
  );
  if (template === undefined) {
    throw new CostError(
      `${group.type} "${group.name}" cannot be priced: its launch template ${id}, which sets the ` +
        `size of the disks, is not in the stack; declare it`,
    );
  }
  // Required: otherwise the image decides the size of the disks.
  const mappings = readInput(template, "blockDeviceMappings", isList);
  return mappings.flatMap((_, index) =>
    volume(template, { path: `blockDeviceMappings.${index}.ebs`, count }),
  );
}
