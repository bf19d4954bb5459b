import type { Fault } from "../contract";
import { defined } from "../defined";
import { quoted } from "../foreign-text";
import { meantBoolean, meantInteger, meantValue, type OtherWords } from "./meant";

/** Says why a raw value is not accepted: one or more sentences, each complete in itself. */
export class Invalid {
  /**
   * @param details sentences on what is wrong, or faults that bring a fix of their own.
   *   @default the value is not what `allowed` says
   * @param fix the command that corrects all of it. @default the one that sets what was meant, if that is sure
   */
  constructor(
    readonly details: readonly (string | Fault)[] = [],
    readonly fix?: string,
  ) {}

  /**
   * The sentences that refuse a value, or the faults that bring a fix of their own.
   *
   * @param got the refused value, for when there are no details.
   */
  explain(
    name: string,
    entry: Pick<Entry<unknown>, "allowed" | "unit">,
    got: unknown,
  ): readonly (string | Fault)[] {
    const details = this.details.length === 0 ? [`got ${quoted(got)}`] : this.details;
    return details.map((detail) =>
      typeof detail === "string" ? mustBe(name, entry, detail) : detail,
    );
  }
}

/** Tells an object with names from a list or a plain value, in data from outside the program. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * One value that a person writes: how the program reads it, and what they must know to write it.
 *
 * @typeParam Raw form in which it is read. @default text, as Pulumi passes settings on
 */
export interface Entry<T, Raw = string> {
  /** One sentence for the documentation. */
  readonly doc: string;
  /** Accepted values, as they read after "must be". */
  readonly allowed: string;
  /** Unit of a number, e.g. `GiB`, `day`. @default the value is not a quantity */
  readonly unit?: string;
  /** Reads the value as it was written. */
  readonly parse: (raw: Raw) => T | Invalid;
  /** The accepted value that a refused one stands for; undefined where that is unsure. @default always unsure */
  readonly meant?: (raw: string) => string | undefined;
}

/** Forms of a value in a stack file, as the documentation names them. */
export type SettingType = "text" | "whole number" | "true or false" | "list";

/** One stack setting. Lists and objects reach `parse` as JSON. */
export interface Setting<T> extends Entry<T> {
  readonly type: SettingType;
  /**
   * A valid value as a person types it after `pulumi config set KEY`. A value with parts has a line
   * for each: `--path 'KEY[0].part' VALUE`.
   */
  readonly example: string;
  /** Value when the key is absent. @default the key is required */
  readonly fallback?: T;
  /** Full configuration key, e.g. `aws:region`. @default `ml-platform:<path>` */
  readonly key?: string;
}

/** Settings by name, grouped: `{ network: { cidr } }` is set as `network.cidr`. */
export interface SettingTree {
  readonly [name: string]: Setting<unknown> | SettingTree;
}

/** The values of a tree of settings, in the same shape. */
export type Loaded<S extends SettingTree> = {
  readonly [K in keyof S]: S[K] extends Setting<infer T>
    ? T
    : S[K] extends SettingTree
      ? Loaded<S[K]>
      : never;
};

/** Tells a setting from a group of settings. */
function isSetting(entry: Setting<unknown> | SettingTree): entry is Setting<unknown> {
  return typeof entry["parse"] === "function";
}

/** A setting together with its path, e.g. `network.cidr`. */
export interface NamedSetting {
  readonly path: string;
  readonly setting: Setting<unknown>;
}

/** Lists every setting of a tree with its path, in the order in which they are written. */
export function flatten(tree: SettingTree, prefix = ""): NamedSetting[] {
  return Object.entries(tree).flatMap(([name, entry]) =>
    isSetting(entry)
      ? [{ path: prefix + name, setting: entry }]
      : flatten(entry, `${prefix}${name}.`),
  );
}

/** Tells whether a setting accepts a value, as if a person had typed it. */
export function accepts({ parse }: Pick<Entry<unknown>, "parse">, value: number | string): boolean {
  return !(parse(String(value)) instanceof Invalid);
}

/** The sentence that refuses a value: its name, what is allowed, and what is wrong. */
export function mustBe(
  name: string,
  { allowed, unit }: Pick<Entry<unknown>, "allowed" | "unit">,
  wrong: string,
): string {
  return `${name} must be ${allowed}${unit === undefined ? "" : ` (${unit})`}; ${wrong}`;
}

/** A setting with a closed list of values. The first is the example, not the default. */
export function oneOf<T extends string>(
  doc: string,
  values: readonly [T, ...T[]],
  fallback?: T,
  words?: OtherWords<T>,
): Setting<T> {
  return {
    type: "text",
    doc,
    allowed: values.length === 1 ? values[0] : `one of ${values.join(", ")}`,
    example: fallback ?? values[0],
    ...defined({ fallback }),
    parse: (raw) => values.find((value) => value === raw) ?? new Invalid(),
    meant: (raw) => meantValue(raw, values, words),
  };
}

/** A whole number; both ends of the range are accepted. */
export function integer(
  doc: string,
  range: { min: number; max: number; unit: string; fallback: number },
): Setting<number> {
  const { min, max, unit, fallback } = range;
  return {
    type: "whole number",
    doc,
    unit,
    allowed: `a whole number from ${min} to ${max}`,
    example: String(fallback),
    fallback,
    parse: (raw) => {
      const value = /^\d{1,9}$/.test(raw.trim()) ? Number(raw) : NaN;
      return value >= min && value <= max ? value : new Invalid();
    },
    meant: (raw) => meantInteger(raw, range),
  };
}

/** Adds a word to the values of a setting, which stands for a value from elsewhere and is the default. */
export function withKeyword<T, W extends string>(word: W, setting: Setting<T>): Setting<T | W> {
  return {
    ...setting,
    allowed: `${setting.allowed}, or ${word}`,
    fallback: word,
    parse: (raw) => (raw === word ? word : setting.parse(raw)),
    meant: (raw) => meantValue(raw, [word]) ?? setting.meant?.(raw),
  };
}

/** `true` or `false`, nothing else: "yes" is refused rather than guessed. */
export function boolean(doc: string, fallback: boolean): Setting<boolean> {
  return {
    type: "true or false",
    doc,
    allowed: "true or false",
    example: String(fallback),
    fallback,
    parse: (raw) => (raw === "true" ? true : raw === "false" ? false : new Invalid()),
    meant: meantBoolean,
  };
}

/** Text that matches a pattern. */
export function text(
  doc: string,
  { allowed, pattern, example }: { allowed: string; pattern: RegExp; example: string },
): Setting<string> & Required<Pick<Setting<string>, "meant">> {
  return {
    type: "text",
    doc,
    allowed,
    example,
    parse: (raw) => (pattern.test(raw) ? raw : new Invalid()),
    meant: (raw) => (pattern.test(raw.trim()) ? raw.trim() : undefined),
  };
}

/**
 * Reads a list as people type it, separated by commas, or as Pulumi passes it on, in JSON.
 *
 * @returns undefined when the text is neither.
 */
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

/** The entries that a list contains more than once, each of them once. */
export function duplicatesOf<T>(entries: readonly T[]): T[] {
  return [...new Set(entries.filter((entry, index) => entries.indexOf(entry) !== index))];
}
