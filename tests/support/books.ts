import { readFileSync } from "node:fs";
import { join } from "node:path";
import { USD } from "../../cost/currency";
import { bookOf, type Price, type PriceBook, type PriceFile } from "../../cost/price-book";

/** Content of a region's price file. */
export function priceFile(region: string): PriceFile {
  const file = join(__dirname, "..", "..", "cost", "prices", `${region}.json`);
  return JSON.parse(readFileSync(file, "utf8")) as PriceFile;
}

/** A price book without a price. */
export const EMPTY_BOOK = bookOf(
  { region: "x", asOf: "", currency: "USD", sources: {}, prices: {} },
  USD,
);

/** Prices for tests that reckon with easy ones, by the hour. */
export function bookOnlyWith(usd: Readonly<Record<string, number>>): PriceBook {
  const entry = {
    unit: "hour",
    source: "made up",
    confidence: "exact",
    retrieved: "2026",
  } as const;
  const prices = Object.entries(usd).map(([key, price]): [string, Price] => [
    key,
    { usd: price, ...entry },
  ]);
  const file = { region: "eu-west-3", asOf: "2026-11-01", currency: "USD", sources: {} } as const;
  return bookOf({ ...file, prices: Object.fromEntries(prices) }, USD);
}

/** The prices of Paris with some made up. */
export function bookWith(
  prices: Readonly<Record<string, Pick<Price, "usd" | "unit">>>,
  region = "eu-west-3",
): PriceBook {
  const file = priceFile(region);
  const made = Object.entries(prices).map(([key, price]): [string, Price] => [
    key,
    { ...price, source: "made up", confidence: "exact", retrieved: "2026" },
  ]);
  return bookOf({ ...file, prices: { ...file.prices, ...Object.fromEntries(made) } }, USD);
}

/** The prices of a region without those whose key matches. */
export function bookWithout(missing: RegExp, region = "eu-west-3"): PriceBook {
  const file = priceFile(region);
  const left = Object.entries(file.prices).filter(([key]) => !missing.test(key));
  return bookOf({ ...file, prices: Object.fromEntries(left) }, USD);
}
