import { trimFloat } from "../../cost/money";
import type { Filter, Wanted } from "./filters";
import type { Offered } from "./offered";

/** Price that matches a filter. Texts are copied, since they share memory with the whole file. */
interface Candidate {
  readonly sku: string;
  readonly usageType: string;
  readonly unit: string;
  readonly from: number;
  readonly usd: number;
}

/** Price of one key. */
export interface Found {
  readonly usd: number;
  /** AWS's id of the product. Several ids are joined by `+`. */
  readonly sku: string;
}

/** Result of the search for one key. */
export type Outcome =
  | { readonly kind: "found"; readonly found: Found }
  | { readonly kind: "none" }
  | { readonly kind: "doubt"; readonly problem: string };

/** Collects the matching prices of an offer, and then decides for each key. */
export class Choice {
  readonly #region: string | undefined;
  readonly #filters = new Map<string, { filter: Filter; found: Candidate[] }[]>();
  readonly #found = new Map<Filter, Candidate[]>();

  /** @param region undefined for an offer that has the same prices everywhere. */
  constructor(region: string | undefined, wanted: readonly Wanted[]) {
    this.#region = region;
    for (const filter of wanted.flatMap(({ parts }) => parts)) {
      const found = this.#found.get(filter) ?? [];
      this.#found.set(filter, found);
      const names =
        filter.instance === undefined ? (filter.usage ?? []) : [`type ${filter.instance}`];
      for (const name of names) {
        this.#filters.set(name, [...(this.#filters.get(name) ?? []), { filter, found }]);
      }
    }
  }

  /** Takes one price of the offer file. Nearly all match no filter. */
  take(offered: Offered): void {
    const name = withoutRegion(offered.usageType, this.#region);
    const type = offered.attribute("instanceType");
    const filters = [
      ...(this.#filters.get(name) ?? []),
      ...(type === "" ? [] : (this.#filters.get(`type ${type}`) ?? [])),
    ];
    for (const { filter, found } of filters) {
      if (this.#isHere(offered) && matches(filter, offered)) {
        found.push({
          sku: copy(offered.sku),
          usageType: copy(offered.usageType),
          unit: copy(offered.unit),
          from: offered.from,
          usd: offered.usd,
        });
      }
    }
  }

  /** True in the region itself: AWS lists Local Zones and Outposts in the same file, under the same usage types. */
  #isHere({ attribute }: Offered): boolean {
    const region = attribute("regionCode");
    const place = attribute("locationType");
    return (
      this.#region === undefined ||
      ((region === "" || region === this.#region) && (place === "" || place === "AWS Region"))
    );
  }

  /** The price of a key: exactly one product for each of its parts. */
  decide({ parts }: Wanted): Outcome {
    const chosen: Found[] = [];
    for (const filter of parts) {
      const outcome = decideOne(filter, this.#found.get(filter) ?? []);
      if (outcome.kind !== "found") {
        return outcome;
      }
      chosen.push(outcome.found);
    }
    return {
      kind: "found",
      found: {
        usd: trimFloat(chosen.reduce((sum, { usd }) => sum + usd, 0)),
        sku: chosen.map(({ sku }) => sku).join("+"),
      },
    };
  }
}

/**
 * Usage type without the region before it: `BoxUsage:t3.large` of `EUW3-BoxUsage:t3.large`. N. Virginia
 * has no such prefix. KMS's is the whole code of the region. `Global-` is no region: AWS lists free
 * allowances under it.
 */
function withoutRegion(usageType: string, region: string | undefined): string {
  if (region === undefined) {
    return usageType;
  }
  return usageType.startsWith(`${region}-`)
    ? usageType.slice(region.length + 1)
    : usageType.replace(/^(?:[A-Z]{2,3}\d{1,2}|EU)-/, "");
}

function matches({ where = {}, reserved }: Filter, { reserved: isReserved, attribute }: Offered) {
  return (
    isReserved === (reserved !== undefined) &&
    Object.entries({ ...where, ...reserved }).every(([name, value]) => {
      const is = attribute(name);
      return typeof value === "string" ? is === value : value.includes(is);
    })
  );
}

function copy(text: string): string {
  return Buffer.from(text).toString();
}

function decideOne(filter: Filter, candidates: readonly Candidate[]): Outcome {
  const bySku = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    bySku.set(candidate.sku, [...(bySku.get(candidate.sku) ?? []), candidate]);
  }
  const priced: Found[] = [];
  for (const [sku, bands] of bySku) {
    const known = bands.flatMap((band) => {
      const factor = filter.units.find(([pattern]) => pattern.test(band.unit))?.[1];
      return factor === undefined ? [] : [{ ...band, factor }];
    });
    const band = bandAt(known, filter.at);
    if (band === undefined) {
      const units = bands.map(({ unit, usd }) => `${usd} a ${unit || "unit without a name"}`);
      return { kind: "doubt", problem: `${sku} has no price that fits: ${units.join(", ")}` };
    }
    priced.push({ sku, usd: trimFloat(band.usd * band.factor) });
  }
  const [first] = priced;
  if (first === undefined) {
    return { kind: "none" };
  }
  if (priced.length > 1) {
    const products = priced.map(
      ({ sku, usd }) => `${sku} (${bySku.get(sku)?.[0]?.usageType ?? ""}) at ${usd}`,
    );
    return {
      kind: "doubt",
      problem: `${priced.length} products match: ${products.slice(0, 5).join(", ")}`,
    };
  }
  return { kind: "found", found: first };
}

/** The band of a quantity, or the first that is not free. A price of 0 never counts. */
function bandAt<B extends Pick<Candidate, "from" | "usd">>(
  bands: readonly B[],
  at: number | undefined,
): B | undefined {
  const rising = bands.toSorted((one, other) => one.from - other.from);
  const band =
    at === undefined
      ? rising.find(({ usd }) => usd > 0)
      : rising.filter(({ from }) => from <= at).at(-1);
  return band !== undefined && band.usd > 0 ? band : undefined;
}
