import type { EstimateLine } from "./estimate";

/** The lines of a bill, and the stack that it belongs to. */
export interface StackLines {
  readonly stack: string;
  readonly lines: readonly EstimateLine[];
}

/**
 * Sentences on lines that have no price, one for each price: the stacks, the billed item, and why. Empty when
 * every sum of these bills is whole.
 */
export function missingPrices(bills: readonly StackLines[]): string[] {
  const found = new Map<string, Set<string>>();
  for (const { stack, lines } of bills) {
    for (const { label, problem } of lines) {
      if (problem !== undefined) {
        const what = `${label}: ${problem}`;
        found.set(what, (found.get(what) ?? new Set()).add(stack));
      }
    }
  }
  return [...found].map(([what, stacks]) => `${[...stacks].join(", ")}: ${what}`);
}
