import { instancePriceKey } from "../price-book";
import { isBoolean, isList, isString, readInput } from "../resources/inputs";
import { HOURS_PER_MONTH, type DeclaredResource, type PriceRule } from "../rule";
import { publicIpv4 } from "./elastic-ip";
import { volume } from "./volume";

/**
 * An instance is billed by the hour, together with its volumes and its automatic public address, if it has
 * one. Not included: CPU credits of t types above their baseline.
 */
export const instance: PriceRule = {
  type: "aws:ec2/instance:Instance",
  service: "EC2",
  category: "compute",
  source: "https://aws.amazon.com/ec2/pricing/on-demand/",
  lines: (resource) => {
    const type = readInput(resource, "instanceType", isString);
    // The control plane has its own category, and therefore its own line.
    const role = isControlPlane(resource) ? "Control plane" : "Instance";
    const volumes = readInput(resource, "ebsBlockDevices", isList, []);
    return [
      {
        category: isControlPlane(resource) ? "control plane" : "compute",
        label: `${role} (on-demand, Linux, ${type})`,
        unit: "hour",
        quantity: HOURS_PER_MONTH,
        priceKey: instancePriceKey(type),
      },
      // Required: otherwise the image decides the size of the root volume.
      ...volume(resource, { path: "rootBlockDevice" }),
      ...volumes.flatMap((_, index) => volume(resource, { path: `ebsBlockDevices.${index}` })),
      // By default the subnet decides; the subnets of this program assign no public addresses.
      ...(readInput(resource, "associatePublicIpAddress", isBoolean, false) ? [publicIpv4] : []),
    ];
  },
};

/** Recognises a control plane by its logical name, since no input distinguishes it. */
function isControlPlane({ name }: DeclaredResource): boolean {
  return name.endsWith("-control-plane");
}
