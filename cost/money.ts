/**
 * An amount in whole cents; halves are rounded up. Twelve digits remove the error of binary fractions: 1.005
 * dollars are 100.49999999999999 cents, and must become 101.
 */
export function cents(quantity: number, unitPriceUsd: number): number {
  const raw = quantity * unitPriceUsd * 100;
  // Nearly all amounts are far from a half. There the error cannot matter, and removing it takes time.
  const toHalf = Math.abs(raw - Math.floor(raw) - 0.5);
  return Math.round(raw < 1e8 && toHalf > 0.001 ? raw : trimFloat(raw));
}

/** A number without the error of binary fractions: 0.1 + 0.2 is 0.3. */
export function trimFloat(value: number): number {
  return Number.isSafeInteger(value) ? value : Number(value.toPrecision(12));
}

/** Cents as dollars, with two decimals and separated thousands, without a currency sign: `1,234.50`. */
export function dollars(amount: number): string {
  return (amount / 100).toLocaleString("en-US", {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
  });
}
