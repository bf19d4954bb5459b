import { isFlag, isList, isNumber, isText, known } from "../known";
import { HOURS_PER_MONTH, type DeclaredResource, type LineItem, type PriceRule } from "../rule";
import { publicIpv4 } from "./elastic-ip";

/** IOPS and MB/s in the price of a gp3 volume. https://aws.amazon.com/ebs/pricing/ */
const GP3_INCLUDED = { iops: 3000, throughput: 125 };

/**
 * An instance is billed by the hour, with it its volumes and, where it has one, its automatic
 * public address. Not in it: CPU credits of t types beyond their baseline.
 */
export const instance: PriceRule = {
  type: "aws:ec2/instance:Instance",
  service: "EC2",
  source: "https://aws.amazon.com/ec2/pricing/on-demand/",
  lines: (resource) => {
    const type = known(resource, "instanceType", isText);
    const volumes = known(resource, "ebsBlockDevices", isList, []);
    return [
      {
        label: `Instance (on-demand, Linux, ${type})`,
        unit: "hour",
        quantity: HOURS_PER_MONTH,
        priceKey: `ec2.${type}.hour`,
      },
      // Required: an absent root volume would be the image's, whose size nothing here declares.
      ...volume(resource, "rootBlockDevice"),
      ...volumes.flatMap((_, index) => volume(resource, `ebsBlockDevices.${index}`)),
      // Absent, the subnet decides; the subnets of this program give no addresses away.
      ...(known(resource, "associatePublicIpAddress", isFlag, false) ? [publicIpv4] : []),
    ];
  },
};

function volume(resource: DeclaredResource, path: string): LineItem[] {
  const type = known(resource, `${path}.volumeType`, isText);
  const extra = (property: "iops" | "throughput"): number =>
    type === "gp3"
      ? known(resource, `${path}.${property}`, isNumber, 0) - GP3_INCLUDED[property]
      : 0;
  const lines = [
    {
      label: `Volume (${type})`,
      unit: "GB-month",
      quantity: known(resource, `${path}.volumeSize`, isNumber),
      priceKey: `ebs.${type}.gbMonth`,
    },
    {
      label: `Volume IOPS (${type}, beyond ${GP3_INCLUDED.iops})`,
      unit: "IOPS-month",
      quantity: extra("iops"),
      priceKey: `ebs.${type}.extraIops.month`,
    },
    {
      label: `Volume throughput (${type}, beyond ${GP3_INCLUDED.throughput} MB/s)`,
      unit: "MB/s-month",
      quantity: extra("throughput"),
      priceKey: `ebs.${type}.extraThroughput.month`,
    },
  ];
  return lines.filter(({ quantity }) => quantity > 0).map((line) => ({ ...line, service: "EBS" }));
}
