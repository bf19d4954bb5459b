/**
 * Amount in whole cents, halves up. The twelve digits cut off what binary fractions add: 1.005
 * dollars are 100.49999999999999 cents, and must become 101.
 */
export function cents(quantity: number, unitPriceUsd: number): number {
  return Math.round(Number((quantity * unitPriceUsd * 100).toPrecision(12)));
}

/** Cents as dollars with two decimals and thousands apart, without a sign: `1,234.50`. */
export function dollars(amount: number): string {
  return (amount / 100).toLocaleString("en-US", {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
  });
}
