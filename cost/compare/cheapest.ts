import type { PricedStack } from "./priced-stack";

/** Difference between a stack and the cheapest of those that are compared. */
export interface AboveCheapest {
  /** Cents a month; 0 for the cheapest. */
  readonly cents: number;
  /** Percent of the cheapest stack's total, not rounded; 0 for the cheapest. */
  readonly percent: number;
}

/** Compares the total of a stack with the lowest of all totals. */
export function aboveCheapest(
  { estimate }: PricedStack,
  stacks: readonly PricedStack[],
): AboveCheapest {
  const cheapest = Math.min(...stacks.map((one) => one.estimate.totals.totalCents));
  const cents = estimate.totals.totalCents - cheapest;
  return { cents, percent: cents === 0 ? 0 : (cents / cheapest) * 100 };
}
