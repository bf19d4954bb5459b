import { product, type Amount } from "./amount";
import { estimate, sumOf } from "./estimate";
import type { PriceBook } from "./price-book";
import type { DeclaredResource, LineItem, PriceRule } from "./rule";
import { pricingOf } from "./rules";
import { scopeOf, type Scope } from "./scope";
import type { Usage } from "./scenarios/usage";

/** The price of a stack a month as a function of usage. */
export type PriceFunction = (usage: Usage) => Amount;

interface Reader {
  readonly rule: PriceRule;
  readonly resource: DeclaredResource;
}

interface Counted {
  readonly rule: PriceRule;
  readonly line: LineItem;
}

/**
 * Prices a stack for many scenarios. Lines that do not depend on usage are priced once, so that a scenario
 * takes microseconds. The amount equals the total of `estimate`, to the cent.
 *
 * @param options `part` leaves out the resources of the other one. @default both
 * @throws CostError as `estimate` does.
 */
export function priceFunction(
  resources: readonly DeclaredResource[],
  {
    book,
    today,
    part,
  }: { readonly book: PriceBook; readonly today: string; readonly part?: Scope },
): PriceFunction {
  const { lines } = estimate(resources, { book, usage: {}, today });
  const fixed = sumOf(
    lines.filter((line) => line.usage === undefined && (part ?? line.part) === line.part),
  );
  // With unknown usage the lines that depend on it exist, without a quantity.
  const readers = resources.flatMap((resource): Reader[] => {
    const how = pricingOf(resource.type);
    return (part ?? scopeOf(resource)) === scopeOf(resource) &&
      how?.kind === "priced" &&
      how.rule
        .lines(resource, { usage: {}, stack: resources, today })
        .some((line) => line.usage !== undefined)
      ? [{ rule: how.rule, resource }]
      : [];
  });
  return (usage) => {
    const context = { usage, stack: resources, today };
    const counted: Counted[] = [];
    // Mutable, since a sweep adds millions of lines. Each amount still brings what is not in it.
    let { leastCents, atLeast, plusUsage } = fixed;
    for (const { rule, resource } of readers) {
      for (const line of rule.lines(resource, context)) {
        if (line.usage === undefined) {
          continue;
        }
        const current = { rule, line };
        if (!counted.some((other) => isSame(other, current))) {
          counted.push(current);
          const price = book.linePrice(line.priceKey);
          const amount = product(line.quantity, "ok" in price ? price.ok.perUnit : undefined);
          leastCents += amount.leastCents;
          atLeast ||= amount.atLeast;
          plusUsage ||= amount.plusUsage;
        }
      }
    }
    return { leastCents, atLeast, plusUsage };
  };
}

/** Tells whether two lines are the same. Usage belongs to the whole stack, so such lines count once. */
function isSame(one: Counted, other: Counted): boolean {
  return (
    one.line.priceKey === other.line.priceKey &&
    one.line.label === other.line.label &&
    (one.line.service ?? one.rule.service) === (other.line.service ?? other.rule.service) &&
    (one.line.category ?? one.rule.category) === (other.line.category ?? other.rule.category)
  );
}
