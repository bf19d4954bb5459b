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

/**
 * Age of a source in whole months or years. A year alone counts from its January.
 *
 * @param date `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
 * @param today `YYYY-MM-DD`.
 */
export function age(date: string, today: string): string {
  const months = monthOf(today) - monthOf(date);
  if (months < 1) {
    return "this month";
  }
  return months < 24 ? `${counted(months, "month")} old` : `${Math.floor(months / 12)} years old`;
}

function monthOf(date: string): number {
  const [year = NaN, month = 1] = date.split("-").map(Number);
  return year * 12 + month;
}

function plural(unit: string): string {
  if (unit === "person") {
    return "people";
  }
  return /[^aeiou]y$/.test(unit) ? `${unit.slice(0, -1)}ies` : `${unit}s`;
}
