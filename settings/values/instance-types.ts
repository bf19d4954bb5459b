import { quoted } from "../foreign-text";
import { nearest, sameLetters } from "../schema/nearest";
import { Invalid, type Setting } from "../schema/setting";

/** CPU architectures, by the names that container images use. */
export const ARCHITECTURES = ["amd64", "arm64"] as const;
/** A CPU architecture. */
export type Architecture = (typeof ARCHITECTURES)[number];

/** Facts about an EC2 instance type that the checks and the comparison need. */
export interface InstanceType {
  readonly name: string;
  readonly vcpus: number;
  readonly memoryGib: number;
  readonly architecture: Architecture;
  /** vCPUs that a burstable type gives all the time; more costs CPU credits. @default all of them */
  readonly baselineVcpus?: number;
}

/** A family whose memory is proportional to its vCPUs. */
interface Family {
  readonly architecture: Architecture;
  readonly gibPerVcpu: number;
  /** vCPUs of each size that AWS offers; the name of the size follows from them. */
  readonly vcpus: readonly number[];
}

const TO_24XLARGE = [2, 4, 8, 16, 32, 48, 64, 96];
const TO_48XLARGE = [...TO_24XLARGE, 192];
const GRAVITON = [1, 2, 4, 8, 16, 32, 48, 64];

/**
 * General, compute, memory and GPU families.
 * Source: https://aws.amazon.com/ec2/instance-types/ (each family's table of vCPU and memory).
 */
const FAMILIES: Readonly<Record<string, Family>> = {
  m5: { architecture: "amd64", gibPerVcpu: 4, vcpus: TO_24XLARGE },
  m6i: { architecture: "amd64", gibPerVcpu: 4, vcpus: TO_24XLARGE },
  m7i: { architecture: "amd64", gibPerVcpu: 4, vcpus: TO_48XLARGE },
  "m7i-flex": { architecture: "amd64", gibPerVcpu: 4, vcpus: [2, 4, 8, 16, 32, 48, 64] },
  m6g: { architecture: "arm64", gibPerVcpu: 4, vcpus: GRAVITON },
  m7g: { architecture: "arm64", gibPerVcpu: 4, vcpus: GRAVITON },
  c5: { architecture: "amd64", gibPerVcpu: 2, vcpus: [2, 4, 8, 16, 48, 96] },
  c6i: { architecture: "amd64", gibPerVcpu: 2, vcpus: TO_24XLARGE },
  c7i: { architecture: "amd64", gibPerVcpu: 2, vcpus: TO_48XLARGE },
  c6g: { architecture: "arm64", gibPerVcpu: 2, vcpus: GRAVITON },
  c7g: { architecture: "arm64", gibPerVcpu: 2, vcpus: GRAVITON },
  r5: { architecture: "amd64", gibPerVcpu: 8, vcpus: TO_24XLARGE },
  r6i: { architecture: "amd64", gibPerVcpu: 8, vcpus: TO_24XLARGE },
  r6g: { architecture: "arm64", gibPerVcpu: 8, vcpus: GRAVITON },
  g4dn: { architecture: "amd64", gibPerVcpu: 4, vcpus: [4, 8, 16, 32, 48, 64] },
  g5: { architecture: "amd64", gibPerVcpu: 4, vcpus: [4, 8, 16, 32, 48, 64, 96, 192] },
  g6: { architecture: "amd64", gibPerVcpu: 4, vcpus: [4, 8, 16, 32, 48, 64, 96, 192] },
};

/**
 * Burstable sizes: [vCPU, GiB, baseline in vCPU], the same in every t family. Source: the same page, and for the
 * baseline, which is a share of each vCPU,
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-credits-baseline-concepts.html
 */
const BURSTABLE: Readonly<Record<string, readonly [number, number, number]>> = {
  nano: [2, 0.5, 0.1],
  micro: [2, 1, 0.2],
  small: [2, 2, 0.4],
  medium: [2, 4, 0.4],
  large: [2, 8, 0.6],
  xlarge: [4, 16, 1.6],
  "2xlarge": [8, 32, 3.2],
};
const BURSTABLE_FAMILIES: Readonly<Record<string, Architecture>> = {
  t3: "amd64",
  t3a: "amd64",
  t4g: "arm64",
};

function sizeName(vcpus: number): string {
  if (vcpus < 4) {
    return vcpus === 1 ? "medium" : "large";
  }
  return vcpus === 4 ? "xlarge" : `${vcpus / 4}xlarge`;
}

function* catalogue(): Generator<InstanceType> {
  for (const [family, architecture] of Object.entries(BURSTABLE_FAMILIES)) {
    for (const [size, [vcpus, memoryGib, baselineVcpus]] of Object.entries(BURSTABLE)) {
      yield { name: `${family}.${size}`, vcpus, memoryGib, architecture, baselineVcpus };
    }
  }
  for (const [family, { architecture, gibPerVcpu, vcpus }] of Object.entries(FAMILIES)) {
    for (const count of vcpus) {
      const name = `${family}.${sizeName(count)}`;
      yield { name, vcpus: count, memoryGib: count * gibPerVcpu, architecture };
    }
  }
}

/** Every instance type that the program knows, by name. */
export const INSTANCE_TYPES: ReadonlyMap<string, InstanceType> = new Map(
  [...catalogue()].map((type) => [type.name, type]),
);

/**
 * Tells whether a type has a GPU. Those of the catalogue are of NVIDIA, with compute capability 7.5 (g4dn: T4), 8.6
 * (g5: A10G) and 8.9 (g6: L4); CUDA 13 and TensorRT 10.16 of Triton 26.05 ask for 7.5.
 * https://docs.nvidia.com/deeplearning/tensorrt/latest/getting-started/support-matrix.html
 */
export function hasGpu({ name }: Pick<InstanceType, "name">): boolean {
  return /^g\d/.test(name);
}

/**
 * RDS instance classes for PostgreSQL: `db.` before an EC2 type of these families. The comparison refuses
 * classes that have no price; this list does not.
 * Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.html
 */
const DATABASE_CLASSES: ReadonlySet<string> = new Set(
  [...INSTANCE_TYPES.keys()]
    .filter((type) => /^(t3|t4g)\.(?!nano)|^(m5|m6g|m6i|m7g|r5|r6g|r6i)\.(?!medium)/.test(type))
    .map((type) => `db.${type}`),
);

/** Price key of an hour of an instance of SageMaker, `ml.m5.large`, for what AWS sells it. */
export function sagemakerPriceKey(
  machineType: string,
  use: "studio" | "training" | "hosting",
): string {
  return `sagemaker.${machineType}.${use}.hour`;
}

/** An EC2 instance type of the catalogue. An unknown one is refused, with the nearest known name. */
export function instanceType(doc: string, fallback: string): Setting<string> {
  return nameFrom({
    doc,
    what: "an EC2 instance type",
    fallback,
    names: new Set(INSTANCE_TYPES.keys()),
  });
}

/** An RDS instance class. An unknown one is refused, with the nearest known name. */
export function databaseClass(doc: string, fallback: string): Setting<string> {
  return nameFrom({ doc, what: "an RDS instance class", fallback, names: DATABASE_CLASSES });
}

/** A setting whose value is one of many names. */
export interface NameSetting {
  readonly doc: string;
  /** Kind of name, with its article: `an EC2 instance type`. */
  readonly what: string;
  readonly fallback: string;
  readonly names: ReadonlySet<string>;
}

/** A name from a list. An unknown one is refused, with the nearest known name. */
export function nameFrom({ doc, what, fallback, names }: NameSetting): Setting<string> {
  const families = [...new Set([...names].map((name) => name.replace(/\.[^.]+$/, "")))];
  return {
    type: "text",
    doc,
    allowed: `${what} of the families ${families.join(", ")}`,
    example: fallback,
    fallback,
    parse: (raw) => {
      if (names.has(raw)) {
        return raw;
      }
      const known = meantName(raw, names);
      const hint = known === undefined ? "" : `; the nearest known name is ${known}`;
      return new Invalid([`${quoted(raw)} is not known${hint}`]);
    },
    meant: (raw) => meantName(raw, names),
  };
}

/**
 * The name that was meant, also where the part of its service is missing or that of another one: `db.`, `ml.`. Family
 * and size are found each by itself, so that a long family does not pay for another size.
 */
function meantName(raw: string, names: ReadonlySet<string>): string | undefined {
  const word = raw.trim().toLowerCase();
  const same = sameLetters(word, [...names]);
  const [, family = "", size = ""] =
    /^(?:(?:db|ml|cache|search)\.)?([^.]+)\.([^.]+)$/.exec(word) ?? [];
  if (same !== undefined || family === "") {
    return same;
  }
  const parts = [...names].map((name) => {
    const [last = "", first = ""] = name.split(".").reverse();
    return { name, family: first, size: last };
  });
  const ofFamily = meantFamily(family, [...new Set(parts.map((part) => part.family))]);
  const sizes = parts.filter((part) => part.family === ofFamily);
  const meant = meantSize(
    size,
    sizes.map((part) => part.size),
  );
  return sizes.find((part) => part.size === meant)?.name;
}

/** A family as it is written, or without the letters behind its number where one family has that: `t4` is `t4g`. */
function meantFamily(word: string, families: readonly string[]): string | undefined {
  const longer = families.filter((family) => /\d$/.test(word) && family.startsWith(word));
  return sameLetters(word, families) ?? (longer.length === 1 ? longer[0] : nearest(word, families));
}

/** A size, of which an `x` is never misspelt: it doubles the machine. */
function meantSize(word: string, sizes: readonly string[]): string | undefined {
  const found = sameLetters(word, sizes) ?? nearest(word, sizes);
  return found?.split("x").length === word.split("x").length ? found : undefined;
}

/**
 * Percent of the list memory that kernel and hypervisor use, so that no program sees it. Karpenter takes
 * this value for every type; it is enough for nearly all of them.
 * https://github.com/aws/karpenter-provider-aws/blob/main/designs/node-overlay.md (2026-11)
 */
export const HIDDEN_MEMORY_PERCENT = 7.5;

/**
 * MiB of memory that programs see on a machine of a type, of those in the price list.
 *
 * @param hiddenPercent percent that they do not see
 */
export function visibleMib(
  { memoryGib }: Pick<InstanceType, "memoryGib">,
  hiddenPercent = HIDDEN_MEMORY_PERCENT,
): number {
  return Math.floor(memoryGib * 1024 * (1 - hiddenPercent / 100));
}
