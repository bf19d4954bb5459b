import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CostError } from "./cost-error";
import { unsoldType } from "./nearest-type";

/** Levels of confidence in a price, highest first. */
export const CONFIDENCES = ["exact", "published", "derived"] as const;

/**
 * `exact`: copied from AWS price data or a bill. `published`: a document that quotes AWS.
 * `derived`: computed from another price, as `derivedFrom` says.
 */
export type Confidence = (typeof CONFIDENCES)[number];

/** One unit price of one region. */
export interface Price {
  /** US dollars a unit, without taxes. */
  readonly usd: number;
  /** Unit of the price, e.g. "hour", "GB-month", "1,000 requests". */
  readonly unit: string;
  /** Key in `sources` of the same file. */
  readonly source: string;
  readonly confidence: Confidence;
  /** Day, month or year of the source, as far as it is known: `2026-10-09`, `2026-10`, `2026`, `undated`. */
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

/** The prices of one region. */
export interface PriceBook {
  readonly region: string;
  readonly asOf: string;
  /** @throws CostError with key and region when the book has no such price: a missing price is not zero. */
  price(key: string): Price;
  /** All keys with a price, in the order of the file. */
  keys(): readonly string[];
}

const FOLDER = join(__dirname, "prices");

/** Regions with a price file, in alphabetical order. */
export function pricedRegions(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.slice(0, -".json".length))
    .sort();
}

/** Open books, since each stack of a region reads the same one several times. */
const open = new Map<string, PriceBook>();

/**
 * Reads the prices of one region only.
 *
 * @throws CostError when the region has no price file, with the regions that have one.
 */
export function priceBook(region: string): PriceBook {
  const known = open.get(region);
  if (known !== undefined) {
    return known;
  }
  const file = join(FOLDER, `${region}.json`);
  if (!existsSync(file)) {
    throw new CostError(
      `there are no prices for region ${region}; priced regions: ${pricedRegions().join(", ")}. ` +
        `To add it, write cost/prices/${region}.json with the keys of another region's file, ` +
        `each with its source and date`,
    );
  }
  // Not checked here, since a test reads every entry of every file.
  const book = bookOf(JSON.parse(readFileSync(file, "utf8")) as PriceFile);
  open.set(region, book);
  return book;
}

function noPrice(key: string, region: string, keys: Iterable<string>): string {
  const missing = `there is no price "${key}" for region ${region}`;
  const unsold = unsoldType(key, keys);
  if (unsold === undefined) {
    return `${missing}; add it to cost/prices/${region}.json with its source and date`;
  }
  const { type, what, setting, nearest } = unsold;
  return (
    `${type} is not sold as ${what} in ${region}, as far as cost/prices/${region}.json tells: ${missing}. ` +
    (nearest === undefined
      ? `No other type has a price there; choose another region`
      : `The nearest type that is sold there is ${nearest}; choose it in ${setting}`)
  );
}

/** Creates a price book from the content of a price file. */
export function bookOf({ region, asOf, prices }: PriceFile): PriceBook {
  const byKey = new Map(Object.entries(prices));
  return {
    region,
    asOf,
    keys: () => [...byKey.keys()],
    price(key) {
      const price = byKey.get(key);
      if (price === undefined) {
        throw new CostError(noPrice(key, region, byKey.keys()));
      }
      return price;
    },
  };
}
