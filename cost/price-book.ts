import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Result } from "../settings/contract";
import { CostError } from "./cost-error";
import type { Currency } from "./currency";
import { trimFloat } from "./money";
import { unsoldType } from "./nearest-type";

/** Levels of confidence in a price, highest first. */
export const CONFIDENCES = ["exact", "published", "derived"] as const;

/**
 * `exact`: copied from AWS price data or a bill. `published`: a document that quotes AWS.
 * `derived`: computed from another price, as `derivedFrom` says.
 */
export type Confidence = (typeof CONFIDENCES)[number];

/** One entry of a price file. */
export interface Price {
  /** US dollars a unit, without taxes. */
  readonly usd: number;
  /** Unit of the price, e.g. "hour", "GB-month", "1,000 requests". */
  readonly unit: string;
  /** Key in `sources` of the same file. */
  readonly source: string;
  readonly confidence: Confidence;
  /** Day on which the source had it, as exact as the source says: `2026-10-09`, `2026-10`, `2026`. */
  readonly retrieved: string;
  readonly derivedFrom?: string;
  /** AWS's id of the product, for a price from AWS's offers. A sum has several, joined by `+`. */
  readonly sku?: string;
}

/** Source of a price. */
export interface PriceSource {
  readonly what: string;
  readonly where: string;
  readonly date: string;
  readonly confidence: Confidence;
  /** Time at which AWS published the offer, if the source is one: `npm run prices` reads no version twice. */
  readonly published?: string;
}

/** Content of `cost/prices/<region>.json`. */
export interface PriceFile {
  readonly region: string;
  /** Day on which the prices were collected. */
  readonly asOf: string;
  readonly currency: "USD";
  readonly sources: Readonly<Record<string, PriceSource>>;
  readonly prices: Readonly<Record<string, Price>>;
}

/** A price in the currency of its book. */
export interface UnitPrice extends Omit<Price, "usd"> {
  /** Price of one unit, without taxes. */
  readonly perUnit: number;
}

/** The prices of one region in one currency: the only place where US dollars become another currency. */
export interface PriceBook {
  readonly region: string;
  readonly asOf: string;
  readonly currency: Currency;
  /** Sources of the prices, by the key that a price names. */
  readonly sources: PriceFile["sources"];
  /** @throws CostError with key and region when the book has no such price: a missing price is not zero. */
  price(key: string): UnitPrice;
  /**
   * The price of one line of a bill, or a sentence that says why there is none: the rest of the bill is
   * worth reading without it.
   *
   * @throws CostError when the key is that of a machine (`cost/nearest-type.ts`). AWS does not sell the
   *   type there, so the stack cannot run as it is declared.
   */
  linePrice(key: string): Result<UnitPrice>;
  /** True if the book has a price, also where asking for a missing one is refused. */
  has(key: string): boolean;
}

const FOLDER = join(__dirname, "prices");

/** Regions with a price file, in alphabetical order. */
export function pricedRegions(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.slice(0, -".json".length))
    .sort();
}

/** Open files, since each stack of a region reads the same one several times. */
const open = new Map<string, PriceFile>();

/**
 * Reads the prices of one region only.
 *
 * @throws CostError when the region has no price file, with the regions that have one.
 */
export function priceBook(region: string, currency: Currency): PriceBook {
  let file = open.get(region);
  if (file === undefined) {
    file = readPriceFile(region);
    open.set(region, file);
  }
  return bookOf(file, currency);
}

function readPriceFile(region: string): PriceFile {
  const file = join(FOLDER, `${region}.json`);
  if (!existsSync(file)) {
    throw new CostError(
      `there are no prices for region ${region}; priced regions: ${pricedRegions().join(", ")}. ` +
        `To add it: npm run prices -- ${region}; see CONTRIBUTING.md, A region`,
    );
  }
  // Not checked here, since a test reads every entry of every file.
  return JSON.parse(readFileSync(file, "utf8")) as PriceFile;
}

/** Price key of an hour of an EC2 instance on demand, with Linux. */
export function instancePriceKey(type: string): string {
  return `ec2.${type}.hour`;
}

/** Creates a price book from the content of a price file. */
export function bookOf(
  { region, asOf, sources, prices }: PriceFile,
  currency: Currency,
): PriceBook {
  // Converted at its first use only: a stack asks for few of them, and for the same ones again and again.
  const found = new Map<string, { readonly ok: UnitPrice }>();
  const linePrice = (key: string): Result<UnitPrice> => {
    const known = found.get(key);
    if (known !== undefined) {
      return known;
    }
    if (!Object.hasOwn(prices, key)) {
      return { problem: noPrice(key, region, prices) };
    }
    const { usd, ...price } = prices[key] as Price;
    const result = { ok: { ...price, perUnit: trimFloat(usd * currency.rate) } };
    found.set(key, result);
    return result;
  };
  return {
    region,
    asOf,
    currency,
    sources,
    has: (key) => Object.hasOwn(prices, key),
    linePrice,
    price(key) {
      const price = linePrice(key);
      if ("problem" in price) {
        throw new CostError(price.problem);
      }
      return price.ok;
    },
  };
}

/**
 * The sentence for a price that a region does not have.
 *
 * @throws CostError when the key is that of a machine.
 */
function noPrice(key: string, region: string, prices: PriceFile["prices"]): string {
  const missing = `there is no price "${key}" for region ${region}`;
  const unsold = unsoldType(key, Object.keys(prices));
  if (unsold === undefined) {
    return `${missing}; add it to cost/prices/${region}.json with its source and date`;
  }
  const { type, what, setting, nearest } = unsold;
  throw new CostError(
    `${type} is not sold as ${what} in ${region}, as far as cost/prices/${region}.json tells: ${missing}. ` +
      (nearest === undefined
        ? `No other type has a price there; choose another region`
        : `The nearest type that is sold there is ${nearest}; choose it in ${setting}`),
  );
}
