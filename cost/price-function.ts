import { estimate } from "./estimate";
import { cents } from "./money";
import type { PriceBook } from "./price-book";
import type { DeclaredResource, LineItem, PriceRule } from "./rule";
import { pricingOf } from "./rules";
import type { Usage } from "./scenarios/usage";

/** The price of a stack as a function of usage, in cents a month. Lines without an amount add nothing. */
export type PriceFunction = (usage: Usage) => number;

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
 * @throws CostError as `estimate` does. The returned function throws it when a tier has no price.
 */
export function priceFunction(
  resources: readonly DeclaredResource[],
  { book, today }: { readonly book: PriceBook; readonly today: string },
): PriceFunction {
  const { lines } = estimate(resources, { book, usage: {}, today });
  const fixed = lines.reduce((sum, { monthCents }) => sum + (monthCents ?? 0), 0);
  // With unknown usage the lines that depend on it exist, without a quantity.
  const readers = resources.flatMap((resource): Reader[] => {
    const how = pricingOf(resource.type);
    return how?.kind === "priced" &&
      how.rule
        .lines(resource, { usage: {}, stack: resources, today })
        .some((line) => line.usage !== undefined)
      ? [{ rule: how.rule, resource }]
      : [];
  });
  return (usage) => {
    const context = { usage, stack: resources, today };
    const counted: Counted[] = [];
    let total = fixed;
    for (const { rule, resource } of readers) {
      for (const line of rule.lines(resource, context)) {
        if (line.usage === undefined || line.quantity === undefined) {
          continue;
        }
        const current = { rule, line };
        if (!counted.some((other) => isSame(other, current))) {
          counted.push(current);
          total += cents(line.quantity, book.price(line.priceKey).usd);
        }
      }
    }
    return total;
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
