import { isBoolean, isList, isString, readInput } from "../resources/inputs";
import { HOURS_PER_MONTH, type DeclaredResource, type PriceRule } from "../rule";
import { publicIpv4 } from "./elastic-ip";
import { volume } from "./volume";

/**
 * An instance is billed by the hour, with it its volumes and, where it has one, its automatic
 * public address. Not in it: CPU credits of t types beyond their baseline.
 */
export const instance: PriceRule = {
  type: "aws:ec2/instance:Instance",
  service: "EC2",
  category: "compute",
  source: "https://aws.amazon.com/ec2/pricing/on-demand/",
  lines: (resource) => {
    const type = readInput(resource, "instanceType", isString);
    // A category of its own, and so a line that one has to tell from that of the other machines.
    const role = isControlPlane(resource) ? "Control plane" : "Instance";
    const volumes = readInput(resource, "ebsBlockDevices", isList, []);
    return [
      {
        category: isControlPlane(resource) ? "control plane" : "compute",
        label: `${role} (on-demand, Linux, ${type})`,
        unit: "hour",
        quantity: HOURS_PER_MONTH,
        priceKey: `ec2.${type}.hour`,
      },
      // Required: an absent root volume would be the image's, whose size nothing here declares.
      ...volume(resource, { path: "rootBlockDevice" }),
      ...volumes.flatMap((_, index) => volume(resource, { path: `ebsBlockDevices.${index}` })),
      // Absent, the subnet decides; the subnets of this program give no addresses away.
      ...(readInput(resource, "associatePublicIpAddress", isBoolean, false) ? [publicIpv4] : []),
    ];
  },
};

/** By its logical name: that a machine runs the control plane, no input of it says. */
function isControlPlane({ name }: DeclaredResource): boolean {
  return name.endsWith("-control-plane");
}
