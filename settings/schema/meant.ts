import { nearest, sameLetters } from "./nearest";

/**
 * Guesses at what a refused value was meant to be, for the command below an error. Where that is unsure there is
 * no guess: whoever pastes the command must not get the opposite of what they wrote.
 */

/** Other words for a value, in lower case: `{ one: "single" }`. */
export type OtherWords<T extends string = string> = Readonly<Record<string, T>>;

/** The value of a closed list that a word stands for: another case, another word, a typing error, a version's patch. */
export function meantValue(
  raw: string,
  values: readonly string[],
  words: OtherWords = {},
): string | undefined {
  const word = raw.trim().toLowerCase();
  return (
    sameLetters(word, values) ??
    (Object.hasOwn(words, word) ? words[word] : undefined) ??
    values.find((value) => /^\d/.test(value) && word.replace(/^v/, "").startsWith(`${value}.`)) ??
    nearest(word.replace(/^v(?=\d)/, ""), values)
  );
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
