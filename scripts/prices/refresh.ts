import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Price, PriceFile, PriceSource } from "../../cost/price-book";
import { Choice } from "./choose";
import { download } from "./download";
import type { Wanted } from "./filters";
import { csvPrices, jsonPrices, type OfferFile } from "./offered";
import { offerVersion, type OfferVersion } from "./offer-index";
import { RefreshError } from "./refresh-error";
import { isGlobal, wantedIn } from "./wanted";

/** Offer with a file too large for memory. The refresh reads it as CSV, row by row. */
const LARGE_OFFER = "AmazonEC2";

/** Largest number of problems in one message. */
const MOST_PROBLEMS = 20;

/** Inputs of a refresh from outside. */
export interface RefreshContext {
  /** Address of AWS's offers, without a slash at its end. */
  readonly base: string;
  /** Folder of the price files. */
  readonly folder: string;
  /** Folder for downloads, complete or not. */
  readonly cache: string;
  /** `YYYY-MM-DD` */
  readonly today: string;
  /** Reports the progress of a long step. */
  readonly report: (text: string) => void;
  /** Milliseconds between attempts to download. @default 1,000 */
  readonly pauseMs?: number;
}

/** Price that differs from the file's. */
export interface Change {
  readonly key: string;
  /** Undefined when the price is new. */
  readonly before: number | undefined;
  readonly after: number;
}

/** Result of a refresh. */
export interface Refreshed {
  readonly region: string;
  readonly changes: readonly Change[];
  /** Prices that the offers confirm. */
  readonly confirmed: number;
  /** Offers without a new version. */
  readonly skipped: readonly string[];
  /** Keys in the file that no filter asks for. The refresh keeps their prices. */
  readonly kept: readonly string[];
}

/**
 * Reads AWS's offers for a region and writes its price file, all of it or nothing.
 *
 * @throws RefreshError when a price is not found, or found twice. The file is then unchanged.
 */
export async function refreshRegion(region: string, context: RefreshContext): Promise<Refreshed> {
  const before = readPrices(context.folder, region);
  const wanted = wantedIn(region, allKeys(context.folder));
  const sources: Record<string, PriceSource> = {};
  const prices: Record<string, Price> = {};
  const skipped: string[] = [];
  const problems: string[] = [];
  const downloads: string[] = [];
  for (const offer of new Set(wanted.map((one) => one.offer))) {
    const asked = wanted.filter((one) => one.offer === offer);
    const version = await offerVersion(context.base, offer, isGlobal(offer) ? "aws-other" : region);
    if (isKnown(before, asked, version)) {
      skipped.push(offer);
      continue;
    }
    const { choice, path } = await read({ offer, asked, region, version }, context);
    downloads.push(path);
    const source = sourceName(offer);
    sources[source] = sourceOf(offer, region, version);
    for (const one of asked) {
      const result = priceOf(one, choice, before);
      if ("problem" in result) {
        problems.push(`${one.key}: ${result.problem}`);
      } else if (result.ok !== undefined) {
        const { usd, sku } = result.ok;
        prices[one.key] = {
          usd,
          unit: one.unit,
          source,
          sku,
          confidence: "exact",
          retrieved: dayOf(version),
        };
      }
    }
  }
  if (problems.length > 0) {
    throw new RefreshError(listed(region, problems));
  }
  if (Object.keys(prices).length > 0) {
    write(context, merged(before, { prices, sources, today: context.today }));
  }
  // Deleted only here, so that the run after a failed one need not download them again.
  downloads.forEach((path) => {
    rmSync(path, { force: true });
  });
  const asked = new Set(wanted.map(({ key }) => key));
  return {
    region,
    ...compare(before, prices),
    skipped,
    kept: Object.keys(before.prices).filter((key) => !asked.has(key)),
  };
}

function allKeys(folder: string): Set<string> {
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return new Set(
    files.flatMap((name) => Object.keys(readPrices(folder, name.replace(/\.json$/, "")).prices)),
  );
}

function readPrices(folder: string, region: string): PriceFile {
  const file = join(folder, `${region}.json`);
  return existsSync(file)
    ? (JSON.parse(readFileSync(file, "utf8")) as PriceFile)
    : { region, asOf: "", currency: "USD", sources: {}, prices: {} };
}

function sourceName(offer: string): string {
  return `offer-${offer}`;
}

/** True if the file has the published version, and a price for every required key. */
function isKnown(
  { sources, prices }: PriceFile,
  asked: readonly Wanted[],
  { published }: OfferVersion,
): boolean {
  const [first] = asked;
  const source = first === undefined ? "" : sourceName(first.offer);
  return (
    sources[source]?.published === published &&
    asked.every(({ key, optional }) => optional || prices[key]?.source === source)
  );
}

interface Reading {
  readonly offer: string;
  readonly asked: readonly Wanted[];
  readonly region: string;
  readonly version: OfferVersion;
}

async function read(
  { offer, asked, region, version }: Reading,
  { base, cache, report, pauseMs }: RefreshContext,
): Promise<{ choice: Choice; path: string }> {
  const large = offer === LARGE_OFFER;
  const url = large ? version.url.replace(/\.json$/, ".csv") : version.url;
  const path = join(cache, url.slice(base.length).replace(/^\//, "").replaceAll("/", "+"));
  let told = 0;
  await download(url, path, {
    ...(pauseMs !== undefined && { pauseMs }),
    progress: (done, total) => {
      if (done - told >= STEP) {
        told = done;
        report(
          `${offer} ${region}: ${megabytes(done)} of ${total === undefined ? "?" : megabytes(total)} MB`,
        );
      }
    },
  });
  const file: OfferFile = { path, offer, version: version.version };
  const choice = new Choice(isGlobal(offer) ? undefined : region, asked);
  let rows = 0;
  try {
    for await (const price of large ? csvPrices(file) : jsonPrices(file)) {
      choice.take(price);
      rows += 1;
      if (rows % ROWS === 0) {
        report(`${offer} ${region}: ${rows.toLocaleString("en-US")} prices read`);
      }
    }
  } catch (error) {
    // The file on disk is damaged or another one. The next run downloads it again.
    rmSync(path, { force: true });
    throw error instanceof RefreshError
      ? error
      : new RefreshError(`${url} cannot be read: ${String(error)}`);
  }
  return { choice, path };
}

/** Bytes between two reports of a download, and prices between two of reading. */
const STEP = 25_000_000;
const ROWS = 200_000;

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

function priceOf(
  wanted: Wanted,
  choice: Choice,
  { prices }: PriceFile,
): { ok: { usd: number; sku: string } | undefined } | { problem: string } {
  const outcome = choice.decide(wanted);
  switch (outcome.kind) {
    case "found":
      return { ok: outcome.found };
    case "doubt":
      return { problem: outcome.problem };
    case "none": {
      const had = prices[wanted.key];
      if (had !== undefined) {
        return {
          problem: `AWS no longer lists it in ${wanted.offer} (it was ${had.usd}); if AWS has stopped selling it, delete the key from the file`,
        };
      }
      return wanted.optional
        ? { ok: undefined }
        : { problem: `${wanted.offer} has no such product` };
    }
  }
}

function listed(region: string, problems: readonly string[]): string {
  const shown = problems.slice(0, MOST_PROBLEMS).map((problem) => `\n  - ${problem}`);
  const more = problems.length - shown.length;
  return `the prices of ${region} stay as they are:${shown.join("")}${more > 0 ? `\n  and ${more} more` : ""}`;
}

function dayOf({ version }: OfferVersion): string {
  return version.replace(/^(\d{4})(\d\d)(\d\d)\d*$/, "$1-$2-$3");
}

function sourceOf(offer: string, region: string, version: OfferVersion): PriceSource {
  return {
    what: `AWS Price List, offer ${offer}${isGlobal(offer) ? "" : `, ${region}`}, version ${version.version}`,
    where: `https://pricing.us-east-1.amazonaws.com${new URL(version.url).pathname}`,
    date: dayOf(version),
    confidence: "exact",
    published: version.published,
  };
}

/** The file with the new prices, in its old order. Drops sources that no price uses any more. */
function merged(
  before: PriceFile,
  { prices, sources, today }: Pick<PriceFile, "prices" | "sources"> & { today: string },
): PriceFile {
  const all = { ...before.prices, ...prices };
  const derived = Object.values(all).map(({ derivedFrom = "" }) => derivedFrom);
  const used = new Set(Object.values(all).map(({ source }) => source));
  return {
    ...before,
    asOf: Object.values(prices).reduce(
      (latest, { retrieved }) => (retrieved > latest ? retrieved : latest),
      before.asOf > today ? before.asOf : today,
    ),
    sources: Object.fromEntries(
      Object.entries({ ...before.sources, ...sources })
        .filter(([id]) => used.has(id) || derived.some((text) => text.includes(id)))
        .sort(([one], [other]) => one.localeCompare(other)),
    ),
    prices: all,
  };
}

/** Writes the file under another name first, so that an interrupted run leaves the old file or the new one. */
function write({ folder }: RefreshContext, content: PriceFile): void {
  const file = join(folder, `${content.region}.json`);
  writeFileSync(`${file}.new`, `${JSON.stringify(content, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}

function compare(
  before: PriceFile,
  prices: PriceFile["prices"],
): Pick<Refreshed, "changes" | "confirmed"> {
  const changes = Object.entries(prices)
    .map(([key, { usd }]): Change => ({ key, before: before.prices[key]?.usd, after: usd }))
    .filter(({ before: was, after }) => was !== after);
  return { changes, confirmed: Object.keys(prices).length - changes.length };
}
