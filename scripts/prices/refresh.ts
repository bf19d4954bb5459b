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

/** The offer whose file is too large for memory: it is read as CSV, row by row. */
const LARGE_OFFER = "AmazonEC2";

/** Problems that one message names. */
const MOST_PROBLEMS = 20;

/** What a refresh needs of the world around it. */
export interface RefreshContext {
  /** Address that has AWS's offers, without a slash at its end. */
  readonly base: string;
  /** Folder of the price files. */
  readonly folder: string;
  /** Folder in which downloads are kept, parts of them too. */
  readonly cache: string;
  /** `YYYY-MM-DD` */
  readonly today: string;
  /** Tells how far a long step is. */
  readonly report: (text: string) => void;
  /** Milliseconds between attempts to download. @default 1,000 */
  readonly pauseMs?: number;
}

/** A price that is not what it was. */
export interface Change {
  readonly key: string;
  /** Undefined when the price is new. */
  readonly before: number | undefined;
  readonly after: number;
}

/** What a refresh came to. */
export interface Refreshed {
  readonly region: string;
  readonly changes: readonly Change[];
  /** Prices that the offers confirm. */
  readonly confirmed: number;
  /** Offers that AWS has not published anew. */
  readonly skipped: readonly string[];
  /** Keys in the file that no filter asks for: they stay as they are. */
  readonly kept: readonly string[];
}

/**
 * Reads AWS's offers for a region and writes its price file, all of it or nothing.
 *
 * @throws RefreshError when a price is not found, or found twice; the file is then as it was.
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
  // They were kept until here so that a run that failed need not bring them again.
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

/** Whether the file already has what AWS published, and for every key that it must have. */
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
    // What is on disk is not what it should be: the next run brings it anew.
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
          problem: `${wanted.offer} has it no longer, and it was ${had.usd}; if AWS has stopped to sell it, delete the key from the file`,
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

/** The file with what is new, in the order that it had. Sources that nothing uses any more are dropped. */
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

/** Under another name first: whoever interrupts a run finds the old file or the new one. */
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
