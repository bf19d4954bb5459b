import { product, sum, type Amount } from "./amount";
import { CostError } from "./cost-error";
import type { Currency } from "./currency";
import { trimFloat } from "./money";
import { scopeOf, type Scope } from "./scope";
import type { Result } from "../settings/contract";
import type { Confidence, PriceBook, UnitPrice } from "./price-book";
import type { Category, DeclaredResource, LineItem } from "./rule";
import { pricingOf } from "./rules";
import type { Usage, UsageName } from "./scenarios/usage";

/** One line of a bill: the cost of all resources of one kind together. */
export interface EstimateLine {
  readonly part: Scope;
  /** AWS service, e.g. "EC2". */
  readonly service: string;
  readonly category: Category;
  readonly label: string;
  /** Logical names of the resources in this line. */
  readonly resources: readonly string[];
  readonly unit: string;
  /** Units a month; undefined when the usage that `usage` names is unknown. */
  readonly quantity: number | undefined;
  readonly usage: UsageName | undefined;
  readonly priceKey: string;
  /** Price of one unit; undefined when the region has none, and then `problem` says why. */
  readonly unitPrice: number | undefined;
  readonly problem?: string;
  /** Rounded once to whole cents. */
  readonly amount: Amount;
}

/** Resources of one type that add no line. */
export interface Accounted {
  readonly type: string;
  readonly count: number;
  readonly reason: string;
}

/** Age and confidence of the prices in an estimate. */
export interface PriceQuality {
  /** Number of prices by confidence. */
  readonly confidence: Readonly<Record<Confidence, number>>;
  /** Keys of derived prices, in alphabetical order. */
  readonly derived: readonly string[];
  /** Oldest and newest date of a source, as exact as the source states it; undefined without prices. */
  readonly oldest: string | undefined;
  readonly newest: string | undefined;
}

/** Sums of the lines of a bill, each of whole cents, so that a column adds up to its total. */
export interface Totals {
  readonly shared: Amount;
  readonly target: Amount;
  readonly total: Amount;
}

/** The monthly cost of a stack, without taxes. */
export interface Estimate {
  readonly region: string;
  readonly currency: Currency;
  readonly lines: readonly EstimateLine[];
  readonly totals: Totals;
  /** Unknown usage for which lines have no amount. */
  readonly missingUsage: readonly UsageName[];
  readonly free: readonly Accounted[];
  readonly unpriced: readonly Accounted[];
  readonly prices: PriceQuality;
}

/** Inputs of an estimate besides the resources. */
export interface EstimateOptions {
  readonly book: PriceBook;
  readonly usage: Usage;
  /** `YYYY-MM-DD` */
  readonly today: string;
  /**
   * Months of 730 hours for which a resource is billed. Usage belongs to the stack and counts for the
   * longest of its resources. @default one month each
   */
  readonly months?: (resource: DeclaredResource) => number;
}

/**
 * Prices declared resources: on demand, for a full month of 730 hours, before taxes.
 *
 * @throws CostError when no list contains a resource type, a machine has no price, or an input that a price
 *   depends on is unknown. Another price that is missing leaves its line unknown.
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
          service,
          category,
          ...item,
          quantity: times(item.quantity, months(resource)),
          resource,
          part: scopeOf(resource),
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
    currency: book.currency,
    lines: lines.sort(byService),
    totals: totalsOf(lines),
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
      `these types have no price rule: ${[...unlisted].sort().join(", ")}; ` +
        `add each to cost/rules as PRICED, FREE or UNPRICED`,
    );
  }
}

/** Adds up charges of one kind: AWS rounds the sum, not the share of each resource. */
function merge(charges: readonly Charge[]): Merged[] {
  const merged = new Map<string, Merged>();
  for (const { resource, part, ...item } of charges) {
    // Usage belongs to the whole stack, so its line belongs to neither part.
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
  const price = book.linePrice(priceKey);
  if ("ok" in price && price.ok.unit !== unit) {
    throw new Error(
      `${label} is counted in ${unit}, but ${priceKey} is a price per ${price.ok.unit}`,
    );
  }
  const facts = { part, service, category, label, resources, unit, quantity, usage, priceKey };
  return { ...facts, ...costOf(price, quantity) };
}

/** Unit price and amount of a line; unknown, with the reason, where its price is missing. */
export function costOf(
  price: Result<UnitPrice>,
  quantity: number | undefined,
): Pick<EstimateLine, "unitPrice" | "problem" | "amount"> {
  return "ok" in price
    ? { unitPrice: price.ok.perUnit, amount: product(quantity, price.ok.perUnit) }
    : { unitPrice: undefined, problem: price.problem, amount: product(quantity, undefined) };
}

/** Shared lines first, then by service and label, since resources are registered in no fixed order. */
function byService(one: EstimateLine, other: EstimateLine): number {
  return (
    one.part.localeCompare(other.part) ||
    one.service.localeCompare(other.service) ||
    one.label.localeCompare(other.label)
  );
}

/** Adds up the amounts of lines. */
export function sumOf(lines: readonly EstimateLine[]): Amount {
  return sum(lines.map(({ amount }) => amount));
}

/** Adds up lines: those of every target, those of the target, and all. */
export function totalsOf(lines: readonly EstimateLine[]): Totals {
  const of = (part: Scope): Amount => sumOf(lines.filter((line) => line.part === part));
  return { shared: of("shared"), target: of("target"), total: sumOf(lines) };
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
  const priced = lines.filter(({ unitPrice }) => unitPrice !== undefined);
  const keys = [...new Set(priced.map(({ priceKey }) => priceKey))].sort();
  const prices = keys.map((key) => book.price(key));
  // Dates start with the year, so alphabetical order is chronological.
  const dates = prices.map(({ retrieved }) => retrieved).sort();
  const countOf = (level: Confidence): number =>
    prices.filter(({ confidence }) => confidence === level).length;
  return {
    confidence: {
      exact: countOf("exact"),
      published: countOf("published"),
      derived: countOf("derived"),
    },
    derived: keys.filter((key) => book.price(key).confidence === "derived"),
    oldest: dates[0],
    newest: dates.at(-1),
  };
}

/** Reports a rule that broke its contract: no line without a reason, no unknown quantity without its usage. */
function broken(subject: string): never {
  throw new Error(`the price rule for "${subject}" returns neither a quantity nor a reason`);
}
