import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ec2Products, otherProducts, type Product } from "./products";

export const VERSION = "20261120160258";
export const PUBLISHED = "2026-11-20T16:02:58Z";

/** Body of an answer, as text or as pieces with a known length. */
type Body = string | { readonly length: number; readonly pieces: () => Iterable<string> };

/** Small server of AWS's price lists for Paris. A test may change the fields. */
export class PriceLists {
  ec2: Product[] = ec2Products();
  others: Record<string, Product[]> = otherProducts();
  /** Replaces the table of EC2. */
  ec2File: Body | undefined;
  /** Cuts of the next answers with `of` in their address, each after so many bytes. */
  cuts: { readonly of: string; readonly after: number }[] = [];
  published = PUBLISHED;
  /** Version in the files. */
  versionInside = VERSION;
  /** Requested addresses, with the range. */
  readonly asked: string[] = [];
  readonly #server: Server = createServer((request, response) => {
    this.#answer(request, response);
  });

  async start(): Promise<string> {
    await new Promise<void>((done) => this.#server.listen(0, "127.0.0.1", done));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  #answer({ url = "", headers }: IncomingMessage, response: ServerResponse): void {
    this.asked.push(headers.range === undefined ? url : `${url} ${headers.range}`);
    const match = /^\/offers\/v1\.0\/aws\/(\w+)\/(.+)$/.exec(url);
    const [offer, what] = [match?.[1] ?? "", match?.[2]];
    const body = what === undefined ? undefined : this.#body(offer, what);
    if (body === undefined) {
      response.writeHead(404).end("NoSuchKey");
      return;
    }
    if (typeof body !== "string") {
      response.writeHead(200, { "content-length": body.length });
      send(response, body.pieces()[Symbol.iterator]());
      return;
    }
    const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? 0);
    const bytes = Buffer.from(body).subarray(from);
    response.writeHead(from > 0 ? 206 : 200, { "content-length": bytes.length });
    const cut = this.cuts.find(({ of }) => url.includes(of));
    if (cut === undefined) {
      response.end(bytes);
      return;
    }
    this.cuts.splice(this.cuts.indexOf(cut), 1);
    response.write(bytes.subarray(0, cut.after), () => setTimeout(() => response.destroy(), 20));
  }

  #body(offer: string, what: string): Body | undefined {
    const place = ["AmazonRoute53", "AmazonCloudFront"].includes(offer) ? "aws-other" : "eu-west-3";
    const path = `${VERSION}/${place}/index`;
    if (what === "current/region_index.json") {
      const currentVersionUrl = `/offers/v1.0/aws/${offer}/${path}.json`;
      return JSON.stringify({
        formatVersion: "v1.0",
        publicationDate: this.published,
        regions: { [place]: { regionCode: place, currentVersionUrl } },
      });
    }
    if (offer === "AmazonEC2") {
      return what === `${path}.csv`
        ? (this.ec2File ?? csv(this.ec2, this.versionInside))
        : undefined;
    }
    const products = this.others[offer];
    return products !== undefined && what === `${path}.json`
      ? json(offer, products, this.versionInside)
      : undefined;
  }
}

/** Writes pieces as fast as the client reads them. */
function send(response: ServerResponse, pieces: Iterator<string>): void {
  for (;;) {
    const next = pieces.next();
    if (next.done === true) {
      response.end();
      return;
    }
    if (!response.write(next.value)) {
      response.once("drain", () => {
        send(response, pieces);
      });
      return;
    }
  }
}

function bandsOf({ price }: Product): [begin: string, end: string, usd: string][] {
  if (typeof price === "string") {
    return [["0", "Inf", price]];
  }
  const bands = Object.entries(price);
  return bands.map(([begin, usd], index) => [begin, bands[index + 1]?.[0] ?? "Inf", usd]);
}

/** An offer file in AWS's JSON. */
function json(offerCode: string, products: readonly Product[], version: string): string {
  return JSON.stringify({
    formatVersion: "v1.0",
    disclaimer: "This pricing list is for informational purposes only.",
    offerCode,
    version,
    publicationDate: PUBLISHED,
    products: Object.fromEntries(
      products.map(({ sku, usagetype, family, attributes }) => [
        sku,
        {
          sku,
          productFamily: family,
          attributes: { servicecode: offerCode, usagetype, ...attributes },
        },
      ]),
    ),
    terms: {
      OnDemand: Object.fromEntries(
        products.map((one) => [
          one.sku,
          {
            [`${one.sku}.JRTCKXETXF`]: {
              offerTermCode: "JRTCKXETXF",
              sku: one.sku,
              effectiveDate: "2026-11-01T00:00:00Z",
              priceDimensions: Object.fromEntries(
                bandsOf(one).map(([beginRange, endRange, USD], index) => [
                  `${one.sku}.JRTCKXETXF.${index}`,
                  { beginRange, endRange, unit: one.unit, pricePerUnit: { USD }, appliesTo: [] },
                ]),
              ),
              termAttributes: {},
            },
          },
        ]),
      ),
    },
  });
}

/** Columns of AWS's table, in AWS's spelling. */
const COLUMNS: Readonly<Record<string, string>> = {
  "Location Type": "locationType",
  "Instance Type": "instanceType",
  Tenancy: "tenancy",
  "Operating System": "operatingSystem",
  operation: "operation",
  CapacityStatus: "capacitystatus",
  "Pre Installed S/W": "preInstalledSw",
  "Region Code": "regionCode",
};

/** Lines before the rows of an offer file in AWS's CSV. */
export function csvHead(version: string): string {
  const columns = [
    ...["SKU", "OfferTermCode", "RateCode", "TermType", "PriceDescription", "EffectiveDate"],
    ...["StartingRange", "EndingRange", "Unit", "PricePerUnit", "Currency"],
    ...["LeaseContractLength", "PurchaseOption", "OfferingClass", "Product Family", "usageType"],
    ...Object.keys(COLUMNS),
  ];
  const lines = [
    ["FormatVersion", "v1.0"],
    ["Disclaimer", 'This pricing list is "for informational purposes", only'],
    ["Publication Date", PUBLISHED],
    ["Version", version],
    ["OfferCode", "AmazonEC2"],
    columns,
  ];
  return lines.map(quoted).join("");
}

/** A product's rows in AWS's CSV. */
export function csvRowsOf(one: Product): string {
  const { sku, unit, usagetype, reserved = {}, attributes = {} } = one;
  return bandsOf(one)
    .map(([begin, end, usd]) =>
      quoted([
        ...[sku, "JRTCKXETXF", `${sku}.JRTCKXETXF.6YS6EN2CT7`],
        one.reserved === undefined ? "OnDemand" : "Reserved",
        ...[`$${usd} per "${unit}", ${usagetype}`, "2026-11-01", begin, end, unit, usd, "USD"],
        ...["LeaseContractLength", "PurchaseOption", "OfferingClass"].map(
          (name) => reserved[name] ?? "",
        ),
        ...["Compute Instance", usagetype],
        ...Object.values(COLUMNS).map((name) => attributes[name] ?? ""),
      ]),
    )
    .join("");
}

function csv(products: readonly Product[], version: string): string {
  return csvHead(version) + products.map(csvRowsOf).join("");
}

function quoted(fields: readonly string[]): string {
  return `${fields.map((field) => `"${field.replaceAll('"', '""')}"`).join(",")}\n`;
}
