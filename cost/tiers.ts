import type { LineItem } from "./rule";
import type { UsageName } from "./scenarios/usage";

/** One tier of a price that decreases with the quantity. */
export interface Tier {
  readonly label: string;
  readonly priceKey: string;
  /** Units per month in this tier. @default all remaining units */
  readonly size?: number;
}

/** A usage quantity that is divided into tiers, in the unit of their prices. */
export interface TieredUsage {
  readonly usage: UsageName;
  readonly unit: string;
  readonly quantity: number | undefined;
}

/** Divides a quantity into tiers. The first always has a line, the others if the quantity reaches them. */
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

/** The billed part of a quantity after a free allowance; undefined if the quantity is undefined. */
export function aboveFree(free: number, quantity: number | undefined): number | undefined {
  return quantity === undefined ? undefined : Math.max(0, quantity - free);
}
