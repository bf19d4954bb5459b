import { hasGpu, INSTANCE_TYPES, type InstanceType } from "../settings/values/instance-types";

const NODE_TYPE = "nodes.instanceType";

/** Products that AWS sells by instance type, with the setting of each. */
const SOLD = [
  {
    key: /^ec2\.(?<type>[^.]+\.[^.]+)\.hour$/,
    what: "an EC2 instance",
    setting: NODE_TYPE,
  },
  {
    key: /^rds\.postgres\.(?<type>db\.[^.]+\.[^.]+)\.(singleAz|multiAz)\.hour$/,
    what: "a PostgreSQL database",
    setting: "database.instanceClass",
  },
  {
    key: /^sagemaker\.(?<type>ml\.[^.]+\.[^.]+)\.studio\.hour$/,
    what: "a Studio notebook",
    setting: "studio.instanceTypes",
  },
  {
    key: /^sagemaker\.(?<type>ml\.[^.]+\.[^.]+)\.hosting\.hour$/,
    what: "an endpoint of SageMaker",
    setting: "serving.instanceType",
  },
];

/** Instance type that AWS does not sell in a region, by the region's prices. */
export interface Unsold {
  /** AWS's name of the type for the product, e.g. `db.m7g.large`. */
  readonly type: string;
  /** Product, with an article. */
  readonly what: string;
  /** Setting that chooses the type. */
  readonly setting: string;
  /** Most similar type with a price. Undefined when none has a price. */
  readonly nearest: string | undefined;
}

/**
 * The instance type of a price key without a price in a region.
 *
 * @param keys every key with a price in the region.
 * @returns undefined when the key is not that of an instance type.
 */
export function unsoldType(key: string, keys: Iterable<string>): Unsold | undefined {
  for (const { key: pattern, what, setting } of SOLD) {
    const type = typeIn(key, pattern);
    if (type !== undefined) {
      const sold = [...keys].flatMap((other) => typeIn(other, pattern) ?? []);
      const gpu = setting === NODE_TYPE && hasGpu({ name: type });
      return {
        type,
        what,
        // A price key does not tell which nodes ask for it.
        setting: gpu ? `${setting} or gpu.instanceType, whichever has it` : setting,
        nearest: nearestTo(type, sold),
      };
    }
  }
  return undefined;
}

function typeIn(key: string, pattern: RegExp): string | undefined {
  return pattern.exec(key)?.groups?.["type"];
}

/** The most similar type in size and kind. Of equal types, the first in the order of `sold`. */
function nearestTo(name: string, sold: readonly string[]): string | undefined {
  const wanted = sizeOf(name);
  const [best] = sold
    .map((type) => ({ type, distance: distance(wanted, sizeOf(type)) }))
    .sort((one, other) => one.distance - other.distance);
  return best?.type;
}

function sizeOf(name: string): InstanceType | undefined {
  return INSTANCE_TYPES.get(name.replace(/^(db|ml)\./, ""));
}

/**
 * Difference of two types, in doublings of processors and memory. A GPU and an architecture count more
 * than any size. A smaller type counts more than a larger one, since work may not fit it.
 */
function distance(wanted: InstanceType | undefined, other: InstanceType | undefined): number {
  if (wanted === undefined || other === undefined) {
    return Infinity;
  }
  const doublings = (from: number, to: number): number => {
    const steps = Math.log2(to / from);
    return steps < 0 ? -1.5 * steps : steps;
  };
  return (
    doublings(wanted.vcpus, other.vcpus) +
    doublings(wanted.memoryGib, other.memoryGib) +
    (hasGpu(wanted) === hasGpu(other) ? 0 : 100) +
    (wanted.architecture === other.architecture ? 0 : 100) +
    (isBurstable(wanted) === isBurstable(other) ? 0 : 0.5) +
    (familyOf(wanted) === familyOf(other) ? 0 : 0.25)
  );
}

function isBurstable({ name }: InstanceType): boolean {
  return name.startsWith("t");
}

/** Family without its generation: `m` of `m7i`. */
function familyOf({ name }: InstanceType): string {
  return name.charAt(0);
}
