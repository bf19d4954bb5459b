/** AWS's units that a filter accepts, each with the factor from AWS's price to ours. */
export type Units = readonly (readonly [pattern: RegExp, factor: number])[];

/** Conditions for a product of an offer file. */
export interface Filter {
  /** Names of its usage type, without the region before them. */
  readonly usage?: readonly string[];
  /** Its instance type, for offers in which AWS cuts long usage types off. */
  readonly instance?: string;
  /** Attributes by their JSON name; a list means any of them. */
  readonly where?: Readonly<Record<string, string | readonly string[]>>;
  /** Length, class and payment of a reservation. @default on demand */
  readonly reserved?: Readonly<Record<string, string>>;
  readonly units: Units;
  /** Quantity that chooses the price band, in AWS's unit. @default the first band that is not free */
  readonly at?: number;
}

/** Price key, and its product in AWS's price list. */
export interface Wanted {
  readonly key: string;
  /** Unit of the price in our file. */
  readonly unit: string;
  readonly offer: string;
  /** Filters of the products. The price is the sum of theirs. */
  readonly parts: readonly Filter[];
  /** True if the region may lack it, unless our file has it already. */
  readonly optional: boolean;
}

/** Our unit of a price, and AWS's units that convert to it. */
export interface Measure {
  readonly unit: string;
  readonly units: Units;
}

const HOURS = /^h(ou)?rs?$/i;

/** Prices of an hour. */
export const hours: Measure = { unit: "hour", units: [[HOURS, 1]] };
/** Prices of a gigabyte that is stored for a month. */
export const gbMonths: Measure = { unit: "GB-month", units: [[/^gb-?mo(nth)?s?$/i, 1]] };
/** Prices of a gigabyte that is transferred, written or processed. */
export const gigabytes: Measure = { unit: "GB", units: [[/^(gb|gigabytes?)$/i, 1]] };
/** Prices of an operation a second that is provisioned for a month. */
export const iopsMonths: Measure = { unit: "IOPS-month", units: [[/^iops-?mo(nth)?s?$/i, 1]] };
/** Month of a mebibyte a second. Some of AWS's lists have the price of a gibibyte a second. */
export const throughputMonths: Measure = {
  unit: "MB/s-month",
  units: [
    [/^gi?bps-?mo(nth)?s?$/i, 1 / 1024],
    [/^mi?bps-?mo(nth)?s?$/i, 1],
  ],
};
/** A year's fee, spread over its 8,760 hours. */
export const yearlyFee: Measure = { unit: "hour", units: [[/^quantity$/i, 1 / 8760]] };
/** Month of a product that AWS bills by the hour. */
export const monthOfHours = (unit: string): Measure => ({ unit, units: [[HOURS, 730]] });
/** AWS's price of one piece, ours of `many`. */
export const each = (unit: string, many = 1): Measure => ({
  unit,
  units: [[/^(?!quantity$)./i, many]],
});
