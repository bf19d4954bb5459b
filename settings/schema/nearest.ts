import { distance } from "fastest-levenshtein";

/** Part of a word's letters that may be wrong: with more, "nodes" would be taken for "owner". */
const LETTERS_PER_ERROR = 3;
/** Letters of the shortest word that can be misspelt: with one of three wrong, "ecs" would be taken for "eks". */
const SHORTEST = 4;

/**
 * Finds the known name that a misspelt one stands for. Digits are never misspelt: `m5.5xlarge` is no
 * `m5.2xlarge`, and `1.26` is no `1.36`.
 *
 * @returns undefined when every known name differs in more than a third of the letters of `name`, and when
 *   several are equally near.
 */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const most = name.length < SHORTEST ? 0 : name.length / LETTERS_PER_ERROR;
  const near = known
    // Comparing takes the product of both lengths, and some names come from a file.
    .filter((one) => Math.abs(one.length - name.length) <= most && digits(one) === digits(name))
    .map((one) => ({ one, errors: distance(name.toLowerCase(), one.toLowerCase()) }))
    .filter(({ errors }) => errors <= most);
  const fewest = Math.min(...near.map(({ errors }) => errors));
  const found = near.filter(({ errors }) => errors === fewest);
  return found.length === 1 ? found[0]?.one : undefined;
}

/** Finds the known name that differs from another at most in case, hyphens, dots, underscores and spaces. */
export function sameLetters(name: string, known: readonly string[]): string | undefined {
  const found = known.filter((one) => letters(one) === letters(name));
  return found.length === 1 ? found[0] : undefined;
}

function letters(name: string): string {
  return name.toLowerCase().replace(/[-_.\s]/g, "");
}

function digits(name: string): string {
  return name.replace(/\D/g, "");
}
