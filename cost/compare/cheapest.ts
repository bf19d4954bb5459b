import { exactly, type Amount } from "../amount";
import type { PricedStack } from "./priced-stack";

/** Difference between a stack and the cheapest of those that are compared. */
export interface AboveCheapest {
  /** A month; 0 for the cheapest. */
  readonly amount: Amount;
  /** The same in percent of the cheapest stack's total, not rounded; 0 for the cheapest. */
  readonly percent: number;
}

/**
 * Compares the total of a stack with the lowest of all totals. Usage that is not known is left out, as in
 * every total.
 *
 * @param stacks those that are compared, this one among them.
 * @returns undefined when none is compared, or nobody can tell which is the cheapest: one that lacks a price costs at
 *   least less than every stack whose total is known.
 */
export function aboveCheapest(
  { estimate }: PricedStack,
  stacks: readonly PricedStack[],
): AboveCheapest | undefined {
  const totals = stacks.map((one) => one.estimate.totals.total);
  const least = Math.min(...totals.map(({ leastCents }) => leastCents));
  if (!totals.some(({ leastCents, atLeast }) => leastCents === least && !atLeast)) {
    return undefined;
  }
  const { leastCents, atLeast } = estimate.totals.total;
  const cents = leastCents - least;
  return {
    amount: { ...exactly(cents), atLeast },
    percent: cents === 0 ? 0 : (cents / least) * 100,
  };
}
