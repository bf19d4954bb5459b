import { cents } from "./money";

/**
 * Money in hundredths of the report's currency, together with what is not in it. Amounts are added by `sum`
 * only, so that no sum forgets an unknown part.
 */
export interface Amount {
  /** The known part: the whole amount unless one of the two below is true. Whole, except in a quotient. */
  readonly leastCents: number;
  /** True if something in it has no price in its region. */
  readonly atLeast: boolean;
  /** True if something in it depends on usage that is not known. */
  readonly plusUsage: boolean;
}

/** A known amount. */
export function exactly(leastCents: number): Amount {
  return { leastCents, atLeast: false, plusUsage: false };
}

/**
 * The amount of a line of a bill, rounded to whole cents.
 *
 * @param quantity undefined when it depends on unknown usage.
 * @param unitPrice undefined when the region has no such price.
 */
export function product(quantity: number | undefined, unitPrice: number | undefined): Amount {
  return {
    leastCents: quantity === undefined || unitPrice === undefined ? 0 : cents(quantity, unitPrice),
    atLeast: unitPrice === undefined,
    plusUsage: quantity === undefined,
  };
}

/** Adds up amounts. The sum is unknown where one of them is. */
export function sum(amounts: readonly Amount[]): Amount {
  return {
    leastCents: amounts.reduce((total, { leastCents }) => total + leastCents, 0),
    atLeast: amounts.some(({ atLeast }) => atLeast),
    plusUsage: amounts.some(({ plusUsage }) => plusUsage),
  };
}

/** A share of an amount, not rounded. */
export function divided(amount: Amount, divisor: number): Amount {
  return { ...amount, leastCents: amount.leastCents / divisor };
}

/** Order of amounts, the lowest first. Those that lack a price come last: they could be any higher. */
export function byAmount(one: Amount, other: Amount): number {
  return Number(one.atLeast) - Number(other.atLeast) || one.leastCents - other.leastCents;
}

/** Cents of an amount that is known as a whole; undefined otherwise. */
export function exactCents({ leastCents, atLeast, plusUsage }: Amount): number | undefined {
  return atLeast || plusUsage ? undefined : leastCents;
}
