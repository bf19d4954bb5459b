import { CostError } from "./cost-error";
import { cents, trimFloat } from "./money";
import { scopeOf, type Scope } from "./scope";
import type { Confidence, PriceBook } from "./price-book";
import type { Category, DeclaredResource, LineItem } from "./rule";
import { pricingOf } from "./rules";
import type { Usage, UsageName } from "./scenarios/usage";

/** One line of a bill: what several resources of the same kind cost together. */
export interface EstimateLine {
  readonly part: Scope;
  /** AWS service, e.g. "EC2". */
  readonly service: string;
  readonly category: Category;
  readonly label: string;
  /** Logical names of the resources that the line counts. */
  readonly resources: readonly string[];
  readonly unit: string;
  /** Units a month; undefined when it depends on the usage that `usage` names. */
  readonly quantity: number | undefined;
  readonly usage: UsageName | undefined;
  readonly priceKey: string;
  readonly unitPriceUsd: number;
  /** Rounded once, to whole cents; undefined when the quantity is. */
  readonly monthCents: number | undefined;
}

/** Resources of one type that give no line. */
export interface Accounted {
  readonly type: string;
  readonly count: number;
  readonly reason: string;
}

/** How old and how sure the prices are that an estimate uses. */
export interface PriceQuality {
  /** Prices used, by confidence. */
  readonly confidence: Readonly<Record<Confidence, number>>;
  /** Keys of those that are derived, in alphabetical order. */
  readonly derived: readonly string[];
  /** Oldest and newest source date, as exact as the source gives it; undefined without prices. */
  readonly oldest: string | undefined;
  readonly newest: string | undefined;
  /** Prices whose source has no date. */
  readonly undated: number;
}

/** What a stack costs a month, in US cents, without taxes. */
export interface Estimate {
  readonly region: string;
  readonly lines: readonly EstimateLine[];
  /** Sums of the lines' cents, so that a column adds up to its total. */
  readonly totals: {
    readonly sharedCents: number;
    readonly targetCents: number;
    readonly totalCents: number;
  };
  /** Usage that would price the lines without an amount. */
  readonly missingUsage: readonly UsageName[];
  readonly free: readonly Accounted[];
  readonly unpriced: readonly Accounted[];
  readonly prices: PriceQuality;
}

/** What an estimate needs beside the resources. */
export interface EstimateOptions {
  readonly book: PriceBook;
  readonly usage: Usage;
  /** `YYYY-MM-DD` */
  readonly today: string;
  /**
   * Months of 730 hours for which a resource is paid. Usage is the stack's: it counts for as long as
   * the resource that has been there longest. @default one month each
   */
  readonly months?: (resource: DeclaredResource) => number;
}

/**
 * Prices declared resources: on demand, a full month of 730 hours, before taxes.
 *
 * @throws CostError when types are in no list, a price is missing or a priced input is unknown.
 */
export function estimate(
  resources: readonly DeclaredResource[],
  { book, usage, today, months = () => 1 }: EstimateOptions,
): Estimate {
  refuseUnlisted(resources);
  const charges: Charge[] = [];
  const free: Entry[] = [];
  const unpriced: Entry[] = [];
  for (const resource of resources) {
    const how = pricingOf(resource.type);
    if (how?.kind === "priced") {
      const { service, category, freeReason } = how.rule;
      const items = how.rule.lines(resource, { usage, stack: resources, today });
      charges.push(
        ...items.map((item) => ({
          ...{ service, category, ...item },
          ...{ quantity: times(item.quantity, months(resource)) },
          ...{ resource, part: scopeOf(resource) },
        })),
      );
      if (items.length === 0) {
        free.push({ type: resource.type, reason: freeReason ?? broken(resource.type) });
      }
    } else if (how !== undefined) {
      (how.kind === "free" ? free : unpriced).push({ type: resource.type, reason: how.reason });
    }
  }
  const lines = merge(charges).map((charge) => priced(charge, book));
  return {
    region: book.region,
    lines: lines.sort(byService),
    totals: {
      sharedCents: sumCents(lines.filter(({ part }) => part === "shared")),
      targetCents: sumCents(lines.filter(({ part }) => part === "target")),
      totalCents: sumCents(lines),
    },
    missingUsage: missing(lines),
    free: count(free),
    unpriced: count(unpriced),
    prices: quality(lines, book),
  };
}

interface Charge extends LineItem {
  readonly service: string;
  readonly category: Category;
  readonly part: Scope;
  readonly resource: DeclaredResource;
}

interface Merged extends LineItem {
  readonly service: string;
  readonly category: Category;
  readonly part: Scope;
  readonly resources: readonly string[];
}

type Entry = Omit<Accounted, "count">;

function refuseUnlisted(resources: readonly DeclaredResource[]): void {
  const unlisted = new Set(
    resources.map(({ type }) => type).filter((type) => pricingOf(type) === undefined),
  );
  if (unlisted.size > 0) {
    throw new CostError(
      `nothing says what these types cost: ${[...unlisted].sort().join(", ")}; ` +
        `add each to cost/rules as PRICED, FREE or UNPRICED`,
    );
  }
}

/** Puts charges of one kind together; AWS rounds such a sum, not each resource's share. */
function merge(charges: readonly Charge[]): Merged[] {
  const merged = new Map<string, Merged>();
  for (const { resource, part, ...item } of charges) {
    // Usage is the stack's, so its line belongs to no part more than to the other.
    const key = [item.usage ?? part, item.category, item.service, item.label, item.priceKey].join(
      "|",
    );
    const before = merged.get(key);
    merged.set(key, {
      ...item,
      part: before?.part === "shared" ? "shared" : part,
      resources: [...(before?.resources ?? []), resource.name].sort(),
      quantity: before === undefined ? item.quantity : together(before, item),
    });
  }
  return [...merged.values()];
}

function together(before: LineItem, item: LineItem): number | undefined {
  if (before.quantity === undefined || item.quantity === undefined) {
    return undefined;
  }
  return item.usage === undefined
    ? before.quantity + item.quantity
    : Math.max(before.quantity, item.quantity);
}

function times(quantity: number | undefined, months: number): number | undefined {
  return quantity === undefined ? undefined : quantity * months;
}

function priced(charge: Merged, book: PriceBook): EstimateLine {
  const { part, service, category, label, resources, unit, usage, priceKey } = charge;
  const quantity = charge.quantity === undefined ? undefined : trimFloat(charge.quantity);
  const price = book.price(priceKey);
  if (price.unit !== unit) {
    throw new Error(`${label} is counted in ${unit}, but ${priceKey} is a price per ${price.unit}`);
  }
  return {
    part,
    service,
    category,
    label,
    resources,
    unit,
    quantity,
    usage,
    priceKey,
    unitPriceUsd: price.usd,
    monthCents: quantity === undefined ? undefined : cents(quantity, price.usd),
  };
}

/** Shared first, then by service and label: resources register in no certain order. */
function byService(one: EstimateLine, other: EstimateLine): number {
  return (
    one.part.localeCompare(other.part) ||
    one.service.localeCompare(other.service) ||
    one.label.localeCompare(other.label)
  );
}

/** Cents of all lines that have an amount. */
export function sumCents(lines: readonly EstimateLine[]): number {
  return lines.reduce((total, { monthCents }) => total + (monthCents ?? 0), 0);
}

function missing(lines: readonly EstimateLine[]): UsageName[] {
  const open = lines.filter(({ quantity }) => quantity === undefined);
  return [...new Set(open.map(({ usage, label }) => usage ?? broken(label)))].sort();
}

function count(entries: readonly Entry[]): Accounted[] {
  const counted = new Map<string, Accounted>();
  for (const { type, reason } of entries) {
    const key = `${type}|${reason}`;
    counted.set(key, { type, count: (counted.get(key)?.count ?? 0) + 1, reason });
  }
  return [...counted.values()].sort((one, other) => one.type.localeCompare(other.type));
}

function quality(lines: readonly EstimateLine[], book: PriceBook): PriceQuality {
  const keys = [...new Set(lines.map(({ priceKey }) => priceKey))].sort();
  const prices = keys.map((key) => book.price(key));
  const dates = prices.map(({ retrieved }) => retrieved).filter((date) => date !== "undated");
  const of = (level: Confidence): number =>
    prices.filter(({ confidence }) => confidence === level).length;
  return {
    confidence: { exact: of("exact"), published: of("published"), derived: of("derived") },
    derived: keys.filter((key) => book.price(key).confidence === "derived"),
    // Dates are written year first, so the order of the text is the order in time.
    oldest: [...dates].sort()[0],
    newest: [...dates].sort().at(-1),
    undated: prices.length - dates.length,
  };
}

/** A rule broke its contract: no line without a reason, no unknown quantity without its usage. */
function broken(subject: string): never {
  throw new Error(`the price rule behind "${subject}" gives neither a quantity nor a reason`);
}
