/**
 * Amount in whole cents, halves up. The twelve digits cut off what binary fractions add: 1.005
 * dollars are 100.49999999999999 cents, and must become 101.
 */
export function cents(quantity: number, unitPriceUsd: number): number {
  const raw = quantity * unitPriceUsd * 100;
  // Far from a half, which nearly all amounts are, the digits cannot matter; cutting them takes time.
  const toHalf = Math.abs(raw - Math.floor(raw) - 0.5);
  return Math.round(raw < 1e8 && toHalf > 0.001 ? raw : trimFloat(raw));
}

/** A number without the digits that binary fractions add: 0.1 + 0.2 is 0.3. */
export function trimFloat(value: number): number {
  return Number(value.toPrecision(12));
}

/** Cents as dollars with two decimals and thousands apart, without a sign: `1,234.50`. */
export function dollars(amount: number): string {
  return (amount / 100).toLocaleString("en-US", {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
  });
}
