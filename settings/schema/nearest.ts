import { closest, distance } from "fastest-levenshtein";

/** Part of a word's letters that may be wrong: with more, "nodes" would be taken for "owner". */
const LETTERS_PER_ERROR = 3;

/**
 * Finds the known name that a misspelt one most likely stands for.
 *
 * @returns undefined when every known name differs in more than a third of the letters of `name`.
 */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const found = known.length === 0 ? undefined : closest(name, known);
  return found !== undefined && distance(name, found) <= name.length / LETTERS_PER_ERROR
    ? found
    : undefined;
}
