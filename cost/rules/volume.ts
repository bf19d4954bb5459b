import { isNumber, isString, readInput } from "../resources/inputs";
import type { DeclaredResource, LineItem } from "../rule";

/** IOPS and MB/s that the price of a gp3 volume includes. https://aws.amazon.com/ebs/pricing/ */
const GP3_INCLUDED = { iops: 3000, throughput: 125 };

/** Place of a volume in the inputs of a resource, and the number of such volumes. */
export interface VolumeArgs {
  /** Path of the inputs, e.g. `rootBlockDevice`. */
  readonly path: string;
  /** @default 1 */
  readonly count?: number;
}

/** Lines of an EBS volume: its size, and for gp3 the performance above the included one. */
export function volume(resource: DeclaredResource, { path, count = 1 }: VolumeArgs): LineItem[] {
  const type = readInput(resource, `${path}.volumeType`, isString);
  const extra = (property: "iops" | "throughput"): number =>
    type === "gp3"
      ? readInput(resource, `${path}.${property}`, isNumber, 0) - GP3_INCLUDED[property]
      : 0;
  const lines = [
    {
      label: `Volume (${type})`,
      unit: "GB-month",
      quantity: count * readInput(resource, `${path}.volumeSize`, isNumber),
      priceKey: `ebs.${type}.gbMonth`,
    },
    {
      label: `Volume IOPS (${type}, beyond ${GP3_INCLUDED.iops})`,
      unit: "IOPS-month",
      quantity: count * extra("iops"),
      priceKey: `ebs.${type}.extraIops.month`,
    },
    {
      label: `Volume throughput (${type}, beyond ${GP3_INCLUDED.throughput} MB/s)`,
      unit: "MB/s-month",
      quantity: count * extra("throughput"),
      priceKey: `ebs.${type}.extraThroughput.month`,
    },
  ];
  return lines
    .filter(({ quantity }) => quantity > 0)
    .map((line) => ({ ...line, service: "EBS", category: "disks" }));
}
