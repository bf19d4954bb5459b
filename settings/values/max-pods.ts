import type { InstanceType } from "./instance-types";

/**
 * Most pods of a node on EKS, where each pod takes an address of the VPC: interfaces × (addresses of each
 * − 1) + 2. EC2 publishes both numbers for each type. In two thirds of the types they depend on the size
 * alone.
 * https://github.com/awslabs/amazon-eks-ami/blob/main/nodeadm/internal/kubelet/eni-max-pods.txt (2026-10)
 */
const BY_SIZE: Readonly<Record<string, number>> = {
  medium: 8,
  large: 29,
  xlarge: 58,
  "2xlarge": 58,
  "4xlarge": 234,
  "8xlarge": 234,
  "12xlarge": 234,
  "16xlarge": 737,
  "24xlarge": 737,
  "48xlarge": 737,
};

/** Types that differ from their size, by family; from the same list. */
const BY_FAMILY: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  t3: { nano: 4, micro: 4, small: 11, medium: 17, large: 35 },
  t3a: { nano: 4, micro: 4, small: 8, medium: 17, large: 35 },
  t4g: { nano: 4, micro: 4, small: 11, medium: 17, large: 35 },
  g4dn: { xlarge: 29, "2xlarge": 29, "4xlarge": 29, "8xlarge": 58, "16xlarge": 58 },
  g5: { "12xlarge": 737, "16xlarge": 234, "48xlarge": 345 },
};

/** Types that were looked up: a comparison asks for the same ones thousands of times. */
const FOUND = new Map<string, number>();

/**
 * The most pods that EKS runs on a node of a type.
 *
 * @throws Error when the tables above lack a size of the catalogue.
 */
export function maxPods({ name }: InstanceType): number {
  const found = FOUND.get(name) ?? podsOf(name);
  FOUND.set(name, found);
  return found;
}

function podsOf(name: string): number {
  const [family = "", size = ""] = name.split(".");
  const pods = BY_FAMILY[family]?.[size] ?? BY_SIZE[size];
  if (pods === undefined) {
    throw new Error(`settings/values/max-pods.ts does not say how many pods ${name} may have`);
  }
  return pods;
}
