import { INSTANCE_TYPES, type InstanceType } from "../settings/values/instance-types";

/** What is sold by instance type, and the setting that chooses the type. */
const SOLD = [
  {
    key: /^ec2\.(?<type>[^.]+\.[^.]+)\.hour$/,
    what: "an EC2 instance",
    setting: "nodes.instanceType",
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
];

/** An instance type that a region does not sell, as far as the prices tell. */
export interface Unsold {
  /** As AWS names it there, e.g. `db.m7g.large`. */
  readonly type: string;
  /** What it would be, with an article. */
  readonly what: string;
  /** Setting that chooses the type. */
  readonly setting: string;
  /** The type that is most like it among those with a price; undefined when none has a price. */
  readonly nearest: string | undefined;
}

/**
 * The instance type behind a price key that a region has no price for.
 *
 * @param keys every key that the region has a price for.
 * @returns undefined when the key is not that of an instance type.
 */
export function unsoldType(key: string, keys: Iterable<string>): Unsold | undefined {
  for (const { key: pattern, what, setting } of SOLD) {
    const type = typeIn(key, pattern);
    if (type !== undefined) {
      const sold = [...keys].flatMap((other) => typeIn(other, pattern) ?? []);
      return { type, what, setting, nearest: nearestTo(type, sold) };
    }
  }
  return undefined;
}

function typeIn(key: string, pattern: RegExp): string | undefined {
  return pattern.exec(key)?.groups?.["type"];
}

/** The most similar type in size and kind; of equals, the first in the order of `sold`. */
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
 * How different two types are: in doublings of processors and memory. A GPU and an architecture count
 * more than any size, and a smaller type more than a larger one, since work may not fit it.
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

function hasGpu({ name }: InstanceType): boolean {
  return name.startsWith("g");
}

function isBurstable({ name }: InstanceType): boolean {
  return name.startsWith("t");
}

/** Family without its generation: `m` of `m7i`. */
function familyOf({ name }: InstanceType): string {
  return name.charAt(0);
}
