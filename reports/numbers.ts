import type { Amount } from "../cost/amount";
import { dollars } from "../cost/money";

/**
 * An amount in a sentence, with what is not in it: `12.00`, `12.00 + usage`, `at least 12.00`. Where nothing of it is
 * known: `by usage`, or `unknown` for a missing price.
 */
export function money(amount: Amount): string {
  const { leastCents, atLeast, plusUsage } = amount;
  return (
    nothingKnown(amount) ??
    `${atLeast ? "at least " : ""}${dollars(leastCents)}${plusUsage ? " + usage" : ""}`
  );
}

/**
 * The same in a table: `12.00`, `12.00+`, `≥12.00`.
 *
 * @param print writes the known cents. @default with two decimals
 */
export function compact(amount: Amount, print: (cents: number) => string = dollars): string {
  const { leastCents, atLeast, plusUsage } = amount;
  return nothingKnown(amount) ?? `${atLeast ? "≥" : ""}${print(leastCents)}${plusUsage ? "+" : ""}`;
}

function nothingKnown({ leastCents, atLeast, plusUsage }: Amount): string | undefined {
  return leastCents === 0 && (atLeast || plusUsage)
    ? atLeast
      ? "unknown"
      : "by usage"
    : undefined;
}

/** An amount in the row or column of the total that it belongs to, which has the `+` already. */
export function share(amount: Amount, print: (cents: number) => string = dollars): string {
  return compact({ ...amount, plusUsage: amount.plusUsage && amount.leastCents === 0 }, print);
}

/** A share for an hour, with four decimals, since a cent is too coarse. */
export function hourly(amount: Amount): string {
  return share(amount, (cents) => usd4(cents / 100));
}

/** A number with separators of thousands and at most six decimals, without trailing zeros. */
export function number(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 6 });
}

/** A price per unit in dollars, with all of its decimals, at least two. */
export function unitPrice(usd: number): string {
  return usd.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 10 });
}

/** Dollars with four decimals, for amounts where a cent is too coarse. */
export function usd4(usd: number): string {
  return usd.toLocaleString("en-US", { minimumFractionDigits: 4, maximumFractionDigits: 4 });
}

/** A quantity in the unit of its price: `730 hours`, `1 hour`, `20 × 1,000 requests`. */
export function quantity(value: number, unit: string): string {
  return /^\d/.test(unit) ? `${number(value)} × ${unit}` : counted(value, unit);
}

/** A number with its unit in singular or plural. Units of measure (`GB`, `MB/s`, `vCPU`, `%`) have no plural. */
export function counted(value: number, unit: string): string {
  return `${number(value)} ${value === 1 || /B(\/s)?$|vCPU$|^%$/.test(unit) ? unit : plural(unit)}`;
}

/** All notebooks of a scenario: `the notebook`, or `all 10 notebooks`. */
export function allNotebooks(count: number): string {
  return count === 1 ? "the notebook" : `all ${counted(count, "notebook")}`;
}

/** Machines of one type: `4 × t3a.xlarge`; only the type where each notebook has one. */
export function machineName(machines: {
  readonly instanceType: string;
  readonly count?: number;
}): string {
  const { instanceType, count } = machines;
  return count === undefined ? instanceType : `${number(count)} × ${instanceType}`;
}

/** A time in UTC, to the minute: `2026-11-24 03:50`. */
export function minute(date: Date): string {
  return date.toISOString().slice(0, 16).replace("T", " ");
}

/** A Pulumi type without its file: `aws:ec2/instance:Instance` becomes `aws:ec2:Instance`. */
export function typeName(type: string): string {
  return type.replace(/\/[^:]*/, "");
}

function plural(unit: string): string {
  if (unit === "person") {
    return "people";
  }
  return /[^aeiou]y$/.test(unit) ? `${unit.slice(0, -1)}ies` : `${unit}s`;
}
