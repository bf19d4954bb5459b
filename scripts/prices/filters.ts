/** AWS's units that a filter takes, and what its price is multiplied by to become a price of ours. */
export type Units = readonly (readonly [pattern: RegExp, factor: number])[];

/** What a product of an offer file has to be. */
export interface Filter {
  /** Names of its usage type, without the region before it. */
  readonly usage?: readonly string[];
  /** Its instance type, where AWS cuts long usage types off. */
  readonly instance?: string;
  /** Attributes by their JSON name; a list means any of them. */
  readonly where?: Readonly<Record<string, string | readonly string[]>>;
  /** Length, class and payment of a reservation. @default on demand */
  readonly reserved?: Readonly<Record<string, string>>;
  readonly units: Units;
  /** A quantity in the band that is meant, in AWS's unit. @default the first band that is not free */
  readonly at?: number;
}

/** One price key and where AWS has it. */
export interface Wanted {
  readonly key: string;
  /** Unit of the price in our file. */
  readonly unit: string;
  readonly offer: string;
  /** The price is the sum of what these find. */
  readonly parts: readonly Filter[];
  /** The region may lack it, if our file does not have it either. */
  readonly optional: boolean;
}

/** Our unit of a price, and AWS's units that become it. */
export interface Measure {
  readonly unit: string;
  readonly units: Units;
}

const HOURS = /^h(ou)?rs?$/i;

export const hours: Measure = { unit: "hour", units: [[HOURS, 1]] };
export const gbMonths: Measure = { unit: "GB-month", units: [[/^gb-?mo(nth)?s?$/i, 1]] };
export const gigabytes: Measure = { unit: "GB", units: [[/^(gb|gigabytes?)$/i, 1]] };
export const iopsMonths: Measure = { unit: "IOPS-month", units: [[/^iops-?mo(nth)?s?$/i, 1]] };
/** Of a mebibyte a second; some lists have it for a gibibyte. */
export const throughputMonths: Measure = {
  unit: "MB/s-month",
  units: [
    [/^gi?bps-?mo(nth)?s?$/i, 1 / 1024],
    [/^mi?bps-?mo(nth)?s?$/i, 1],
  ],
};
/** A year's fee, spread over its 8,760 hours. */
export const yearlyFee: Measure = { unit: "hour", units: [[/^quantity$/i, 1 / 8760]] };
/** A month of what AWS bills by the hour. */
export const monthOfHours = (unit: string): Measure => ({ unit, units: [[HOURS, 730]] });
/** AWS's price of one, ours of many. */
export const each = (unit: string, many = 1): Measure => ({
  unit,
  units: [[/^(?!quantity$)./i, many]],
});
