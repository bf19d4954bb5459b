import { distance } from "fastest-levenshtein";

/** Part of a word's letters that may be wrong: with more, "nodes" would be taken for "owner". */
const LETTERS_PER_ERROR = 3;
/** Letters of the shortest word that can be misspelt: with one of three wrong, "ecs" would be taken for "eks". */
const SHORTEST = 4;

/** Letters of the longest name that is compared: no known one has so many, and a file may have thousands. */
const LONGEST = 100;

/**
 * Finds the known name that a misspelt one stands for. Each word of a name with dots or colons is compared with its
 * counterpart: a long group must not pay for another word behind it. Digits are never misspelt: `m5.5xlarge` is no
 * `m5.2xlarge`, and `1.26` is no `1.36`.
 *
 * @returns undefined when every known name differs in more than a third of the letters of a word, and when
 *   several are equally near.
 */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const near = known
    .map((one) => ({ one, errors: errorsBetween(name.toLowerCase(), one.toLowerCase()) }))
    .filter(({ errors }) => errors < Infinity);
  const fewest = Math.min(...near.map(({ errors }) => errors));
  const found = near.filter(({ errors }) => errors === fewest);
  return found.length === 1 ? found[0]?.one : undefined;
}

/** Typing errors in the words of a name; infinite where a word is not near. */
function errorsBetween(name: string, one: string): number {
  const words = name.split(/[.:]/);
  const known = one.split(/[.:]/);
  return words.length === known.length
    ? words.reduce((sum, word, at) => sum + errorsOfWord(word, known[at] ?? ""), 0)
    : Infinity;
}

function errorsOfWord(word: string, known: string): number {
  const most = word.length < SHORTEST ? 0 : word.length / LETTERS_PER_ERROR;
  // Comparing takes the product of both lengths, and some names come from a file.
  if (Math.abs(known.length - word.length) > most || digits(known) !== digits(word)) {
    return Infinity;
  }
  const errors = typingErrors(word, known);
  return errors <= most ? errors : Infinity;
}

/** Number of letters that are wrong, missing or superfluous; two neighbours that changed places are one error. */
export function typingErrors(word: string, known: string): number {
  const at = known.split("").findIndex((letter, index) => letter !== word[index]);
  const swapped = `${word.slice(0, at)}${word[at + 1] ?? ""}${word[at] ?? ""}${word.slice(at + 2)}`;
  return at >= 0 && swapped === known ? 1 : distance(word, known);
}

/** Finds the known name that differs from another at most in case, hyphens, dots, underscores and spaces. */
export function sameLetters(name: string, known: readonly string[]): string | undefined {
  const written = name.length > LONGEST ? undefined : letters(name);
  const found = known.filter((one) => letters(one) === written);
  return found.length === 1 ? found[0] : undefined;
}

/** The letters and digits of a name; what separates digits stays, since 3.0 is not 30, nor -7 seven. */
function letters(name: string): string {
  return name
    .toLowerCase()
    .replace(/(?<=\d)[-_.\s]+(?=\d)/g, ".")
    .replace(/[-_.\s]+(?=[^\d\-_.\s]|$)|(?<=[^\d\-_.\s])[-_.\s]+/g, "");
}

/** The digits of a word, for comparison. */
export function digits(name: string): string {
  return name.replace(/\D/g, "");
}
