import { digits, sameLetters, typingErrors } from "./nearest";

/**
 * Guesses at what a refused value was meant to be, for the command below an error. Where that is unsure there is
 * no guess: whoever pastes the command must not get the opposite of what they wrote.
 */

/** Other words for a value, in lower case: `{ one: "single" }`. */
export type OtherWords<T extends string = string> = Readonly<Record<string, T>>;

/** Letters of the shortest word in which an error may be overlooked: `of` is also near `on`. */
const LONG_WORD = 4;
/** Values that take something away, or let it be deleted: `zone` is no misspelt `none`. */
const NEVER_GUESSED = ["none", "off", "retire"];

/**
 * The value of a closed list that a word stands for: another case, another word, a version with its patch, or one
 * typing error in a long word. Such values are few, and what they decide reaches far.
 */
export function meantValue(
  raw: string,
  values: readonly string[],
  words: OtherWords = {},
): string | undefined {
  const word = raw
    .trim()
    .toLowerCase()
    .replace(/^v(?=\d)/, "");
  return (
    sameLetters(word, values) ??
    (Object.hasOwn(words, word) ? words[word] : undefined) ??
    values.find((value) => /^\d/.test(value) && word.startsWith(`${value}.`)) ??
    misspeltValue(word, values)
  );
}

function misspeltValue(word: string, values: readonly string[]): string | undefined {
  const found = values.filter(
    (value) =>
      Math.min(word.length, value.length) >= LONG_WORD &&
      Math.abs(word.length - value.length) <= 1 &&
      digits(word) === digits(value) &&
      typingErrors(word, value.toLowerCase()) === 1,
  );
  const [value] = found;
  return found.length === 1 && !NEVER_GUESSED.includes(value ?? "") ? value : undefined;
}

/** The entries of a list that were separated by semicolons or spaces. */
export function meantEntries(entries: readonly unknown[]): string[] {
  return entries
    .flatMap((entry) => (typeof entry === "string" ? entry.split(/[;,\s]+/) : [String(entry)]))
    .filter((entry) => entry !== "");
}

const YES = ["true", "yes", "y", "on", "1", "enabled"];
const NO = ["false", "no", "n", "off", "0", "disabled"];

/** The boolean that a word stands for. */
export function meantBoolean(raw: string): string | undefined {
  const word = raw.trim().toLowerCase();
  return YES.includes(word) ? "true" : NO.includes(word) ? "false" : undefined;
}

/** The whole number of a range that is nearest to what was written: `100GB` without its unit, 9 of at most 4 as 4. */
export function meantInteger(
  raw: string,
  { min, max, unit }: { readonly min: number; readonly max: number; readonly unit: string },
): string | undefined {
  const [, digits, suffix = ""] = /^([+-]?\d+)(?:\.0*)?\s*([a-z]*)$/i.exec(raw.trim()) ?? [];
  return digits !== undefined && isUnit(suffix.toLowerCase(), unit.toLowerCase())
    ? String(Math.min(max, Math.max(min, Number(digits))))
    : undefined;
}

function isUnit(written: string, unit: string): boolean {
  return `${unit}s`.startsWith(written) || (unit === "gib" && written === "gb");
}
