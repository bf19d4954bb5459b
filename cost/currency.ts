import { type Entry, Invalid, isRecord } from "../settings/schema/setting";

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

/** Code of a currency as a person writes it. */
export const currencyCode: Entry<string> = {
  doc: "Currency of all amounts",
  allowed: "the ISO 4217 code of a currency other than USD, such as EUR",
  parse: (raw) =>
    raw !== USD.code && Intl.supportedValuesOf("currency").includes(raw) ? raw : new Invalid(),
};

/** Rates beyond these are typing errors: a dollar buys 0.3 Kuwaiti dinars, and fewer than two million rials. */
const RATES = { min: 0.001, max: 10_000_000 };

/** Rate of a currency as a person writes it. */
export const currencyRate: Entry<number> = {
  doc: "Units of the currency for one US dollar",
  allowed: `a number from ${RATES.min} to ${RATES.max}: the units of the currency for one US dollar`,
  parse: (raw) => {
    const rate = /^\d+(\.\d+)?$/.test(raw) ? Number(raw) : NaN;
    return rate >= RATES.min && rate <= RATES.max ? rate : new Invalid();
  },
};

/** A currency in a scenario file: `{ "code": "EUR", "rate": 0.92, "day": "2026-11-20" }`. */
export const currencyEntry: Entry<Currency, unknown> = {
  doc: "Currency of all amounts, with its rate",
  allowed:
    'an object such as { "code": "EUR", "rate": 0.92, "day": "2026-11-20" }: the units of the currency ' +
    "for one US dollar, and the day of that rate",
  parse: (value) => {
    if (!isRecord(value)) {
      return new Invalid();
    }
    const { code, rate, day, ...others } = value;
    const wrong = [
      ...faults(currencyCode, "code", code),
      ...faults(currencyRate, "rate", typeof rate === "number" ? rate : NaN, rate),
      ...(isDay(day) ? [] : [`day must be a day, YYYY-MM-DD; got ${shown(day)}`]),
      ...Object.keys(others).map((name) => `${name} is not part of it`),
    ];
    return wrong.length === 0 ? (value as unknown as Currency) : new Invalid(wrong);
  },
};

/** The sentence that a report prints; undefined for US dollars, where nothing is converted. */
export function conversion({ code, rate, day }: Currency): string | undefined {
  return day === undefined
    ? undefined
    : `Amounts are in ${code}: prices in US dollars times ${rate}, the rate of ${day}`;
}

function faults(
  { allowed, parse }: Entry<unknown>,
  name: string,
  value: unknown,
  got = value,
): string[] {
  return parse(String(value)) instanceof Invalid
    ? [`${name} must be ${allowed}; got ${shown(got)}`]
    : [];
}

function shown(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}

function isDay(value: unknown): boolean {
  return (
    typeof value === "string" &&
    /^\d{4}-\d\d-\d\d$/.test(value) &&
    new Date(`${value}T00:00:00Z`).getUTCDate() === Number(value.slice(8))
  );
}
