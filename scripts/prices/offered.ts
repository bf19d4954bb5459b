import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { csvRows } from "./csv";
import { RefreshError } from "./refresh-error";

/** Band of a product's price, in the same form from CSV and from JSON. */
export interface Offered {
  readonly sku: string;
  readonly reserved: boolean;
  readonly usageType: string;
  /** Returns an attribute of the product or of its term, by its JSON name. Empty when it has none. */
  readonly attribute: (name: string) => string;
  readonly unit: string;
  /** First quantity of the band. */
  readonly from: number;
  readonly usd: number;
}

/** Offer file on disk, with the offer and version that it must name. */
export interface OfferFile {
  readonly path: string;
  readonly offer: string;
  readonly version: string;
}

/**
 * Prices of an offer file in CSV, row by row: for files that do not fit in memory.
 *
 * @throws RefreshError when the file has another offer or version, or an unknown form.
 */
export async function* csvPrices(file: OfferFile): AsyncGenerator<Offered> {
  const head = new Map<string, string>();
  let columns: Map<string, number> | undefined;
  for await (const fields of csvRows(createReadStream(file.path, { encoding: "utf8" }))) {
    if (columns === undefined) {
      if (fields[0] !== "SKU") {
        head.set(fields[0] ?? "", fields[1] ?? "");
        continue;
      }
      check(file, head.get("OfferCode"), head.get("Version"));
      columns = new Map(fields.map((name, index) => [plainName(name), index]));
      for (const name of ["termtype", "usagetype", "priceperunit", "unit"]) {
        if (!columns.has(name)) {
          throw new RefreshError(`${file.offer} has no column ${name}: AWS has changed its form`);
        }
      }
      continue;
    }
    const attribute = attributeOf(columns, fields);
    const term = attribute("TermType");
    if (attribute("Currency") === "USD") {
      yield {
        sku: attribute("SKU"),
        reserved: term === "Reserved",
        usageType: attribute("usageType"),
        attribute,
        unit: attribute("Unit"),
        from: Number(attribute("StartingRange") || "0"),
        usd: Number(attribute("PricePerUnit")),
      };
    }
  }
  if (columns === undefined) {
    throw new RefreshError(`${file.offer} has no prices: there is no header line`);
  }
}

/** Name in a form that CSV and JSON share: AWS spells `preInstalledSw` as `Pre Installed S/W` in CSV. */
function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}

const plainNames = new Map<string, string>();

function attributeOf(
  columns: ReadonlyMap<string, number>,
  fields: readonly string[],
): Offered["attribute"] {
  return (name) => {
    let plain = plainNames.get(name);
    if (plain === undefined) {
      plain = plainName(name);
      plainNames.set(name, plain);
    }
    const index = columns.get(plain);
    return index === undefined ? "" : (fields[index] ?? "");
  };
}

/** Parts of an offer file in JSON that are read. */
interface JsonOffer {
  readonly offerCode?: string;
  readonly version?: string;
  readonly products?: Record<
    string,
    { productFamily?: string; attributes?: Record<string, string | undefined> }
  >;
  readonly terms?: {
    readonly OnDemand?: Record<string, Record<string, { priceDimensions: Record<string, Band> }>>;
  };
}

interface Band {
  readonly unit: string;
  readonly beginRange: string;
  readonly pricePerUnit: { readonly USD?: string };
}

/**
 * On-demand prices of an offer file in JSON.
 *
 * @throws RefreshError when the file is no JSON, or has another offer or version.
 */
export async function* jsonPrices(file: OfferFile): AsyncGenerator<Offered> {
  let content: JsonOffer;
  try {
    content = JSON.parse(await readFile(file.path, "utf8")) as JsonOffer;
  } catch (error) {
    throw new RefreshError(`${file.offer} is no JSON: ${String(error)}`);
  }
  check(file, content.offerCode, content.version);
  for (const [sku, terms] of Object.entries(content.terms?.OnDemand ?? {})) {
    const { productFamily = "", attributes = {} } = content.products?.[sku] ?? {};
    for (const { priceDimensions } of Object.values(terms)) {
      for (const { unit, beginRange, pricePerUnit } of Object.values(priceDimensions)) {
        if (pricePerUnit.USD !== undefined) {
          yield {
            sku,
            reserved: false,
            usageType: attributes["usagetype"] ?? "",
            attribute: (name) =>
              name === "productFamily" ? productFamily : (attributes[name] ?? ""),
            unit,
            from: Number(beginRange),
            usd: Number(pricePerUnit.USD),
          };
        }
      }
    }
  }
}

function check({ offer, version }: OfferFile, code?: string, found?: string): void {
  if (code !== offer || found !== version) {
    throw new RefreshError(
      `asked for ${offer} of version ${version}, and got ${code ?? "no offer"} of version ${found ?? "none"}`,
    );
  }
}
