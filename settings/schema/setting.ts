import type { Fault } from "../contract";

/** Why a raw value is not accepted: one or more sentences, each complete in itself. */
export class Invalid {
  /**
   * @param details what is wrong; none means "it is not what `allowed` says". A fault has a fix of its own.
   * @param fix the command for all of it. @default the one that gives the setting its example
   */
  constructor(
    readonly details: readonly (string | Fault)[] = [],
    readonly fix?: string,
  ) {}
}

/** Whether a value that was read from outside has names in it, unlike a list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** One stack setting: how to read it, and what a person must know to set it. */
export interface Setting<T> {
  /** One sentence. Printed in the README table. */
  readonly doc: string;
  /** What is accepted, as it reads after "must be". */
  readonly allowed: string;
  /** In what a number counts, e.g. `GiB`, `day`. @default it is no quantity */
  readonly unit?: string;
  /**
   * A value that is accepted, as a person types it behind `pulumi config set KEY`; or its parts, a line
   * each, as `--path 'KEY[0].part' VALUE`.
   */
  readonly example: string;
  /** Value when the key is absent; without one the key is required. */
  readonly fallback?: T;
  /** Full configuration key where it is not `ml-platform:<path>`, as for `aws:region`. */
  readonly key?: string;
  /** Reads the value as Pulumi hands it over: text, or JSON for lists and objects. */
  parse(raw: string): T | Invalid;
}

/** Settings by name, grouped: `{ network: { cidr } }` is set as `network.cidr`. */
export interface SettingTree {
  readonly [name: string]: Setting<unknown> | SettingTree;
}

/** What loading a tree gives: the same shape with values in the places of the settings. */
export type Loaded<S extends SettingTree> = {
  readonly [K in keyof S]: S[K] extends Setting<infer T>
    ? T
    : S[K] extends SettingTree
      ? Loaded<S[K]>
      : never;
};

/** Tells a setting from a group of settings. */
export function isSetting(entry: Setting<unknown> | SettingTree): entry is Setting<unknown> {
  return typeof entry["parse"] === "function";
}

/** A setting together with the path it is set by, e.g. `network.cidr`. */
export interface NamedSetting {
  readonly path: string;
  readonly setting: Setting<unknown>;
}

/** Every setting of a tree with its path, in the order written. */
export function flatten(tree: SettingTree, prefix = ""): NamedSetting[] {
  return Object.entries(tree).flatMap(([name, entry]) =>
    isSetting(entry)
      ? [{ path: prefix + name, setting: entry }]
      : flatten(entry, `${prefix}${name}.`),
  );
}

/** A setting with a closed list of values. The first is the example, not the default. */
export function oneOf<T extends string>(
  doc: string,
  values: readonly [T, ...T[]],
  fallback?: T,
): Setting<T> {
  return {
    doc,
    allowed: values.length === 1 ? values[0] : `one of ${values.join(", ")}`,
    example: fallback ?? values[0],
    ...(fallback !== undefined && { fallback }),
    parse: (raw) => values.find((value) => value === raw) ?? new Invalid(),
  };
}

/** A whole number, both ends of the range included. */
export function integer(
  doc: string,
  { min, max, unit, fallback }: { min: number; max: number; unit: string; fallback: number },
): Setting<number> {
  return {
    doc,
    unit,
    allowed: `a whole number from ${min} to ${max}`,
    example: String(fallback),
    fallback,
    parse: (raw) => {
      const value = /^\d{1,9}$/.test(raw.trim()) ? Number(raw) : NaN;
      return value >= min && value <= max ? value : new Invalid();
    },
  };
}

/** Another setting's values, or a word for what follows from elsewhere, which is also the default. */
export function withKeyword<T, W extends string>(word: W, setting: Setting<T>): Setting<T | W> {
  return {
    ...setting,
    allowed: `${setting.allowed}, or ${word}`,
    fallback: word,
    parse: (raw) => (raw === word ? word : setting.parse(raw)),
  };
}

/** `true` or `false`, nothing else: "yes" is refused rather than guessed. */
export function boolean(doc: string, fallback: boolean): Setting<boolean> {
  return {
    doc,
    allowed: "true or false",
    example: String(fallback),
    fallback,
    parse: (raw) => (raw === "true" ? true : raw === "false" ? false : new Invalid()),
  };
}

/** Text that matches a pattern. */
export function text(
  doc: string,
  { allowed, pattern, example }: { allowed: string; pattern: RegExp; example: string },
): Setting<string> {
  return { doc, allowed, example, parse: (raw) => (pattern.test(raw) ? raw : new Invalid()) };
}

/** A list as people type it, separated by commas, or as Pulumi hands it over, in JSON; else undefined. */
export function parseList(raw: string): readonly unknown[] | undefined {
  if (raw.trimStart().startsWith("{")) {
    return undefined;
  }
  if (!raw.trimStart().startsWith("[")) {
    return raw.split(",").map((entry) => entry.trim());
  }
  try {
    return JSON.parse(raw) as unknown[];
  } catch {
    return undefined;
  }
}

/** What stands more than once in a list, once each. */
export function duplicatesOf<T>(entries: readonly T[]): T[] {
  return [...new Set(entries.filter((entry, index) => entries.indexOf(entry) !== index))];
}
