import type { LineItem } from "./rule";
import type { UsageName } from "./scenarios/usage";

/** One band of a price that falls with the quantity. */
export interface Tier {
  readonly label: string;
  readonly priceKey: string;
  /** Units per month that this band takes. @default all that is left */
  readonly size?: number;
}

/** A usage quantity that tiers share, in the unit of their prices. */
export interface TieredUsage {
  readonly usage: UsageName;
  readonly unit: string;
  readonly quantity: number | undefined;
}

/** Splits a quantity over price bands. The first always gives a line, the others when reached. */
export function tiered({ usage, unit, quantity }: TieredUsage, tiers: readonly Tier[]): LineItem[] {
  const line = ({ label, priceKey }: Tier, taken: number | undefined): LineItem => ({
    label,
    unit,
    usage,
    priceKey,
    quantity: taken,
  });
  const first = tiers[0];
  if (quantity === undefined) {
    return first === undefined ? [] : [line(first, undefined)];
  }
  const lines: LineItem[] = [];
  let left = quantity;
  for (const tier of tiers) {
    const taken = Math.min(left, tier.size ?? Infinity);
    left -= taken;
    if (tier === first || taken > 0) {
      lines.push(line(tier, taken));
    }
  }
  return lines;
}

/** What is left to pay of a quantity after a free allowance; unknown stays unknown. */
export function aboveFree(free: number, quantity: number | undefined): number | undefined {
  return quantity === undefined ? undefined : Math.max(0, quantity - free);
}
