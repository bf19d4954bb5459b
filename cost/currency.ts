/** Currency of a report, and how its amounts come from AWS's prices, which are in US dollars. */
export interface Currency {
  /** ISO 4217 code, e.g. `EUR`. */
  readonly code: string;
  /** Units of the currency for one US dollar. */
  readonly rate: number;
  /** Day of the rate, `YYYY-MM-DD`; undefined for US dollars, which need none. */
  readonly day: string | undefined;
}

/** The currency of AWS's prices. */
export const USD: Currency = { code: "USD", rate: 1, day: undefined };
