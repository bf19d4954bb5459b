import { estimate } from "./estimate";
import { cents } from "./money";
import type { PriceBook } from "./price-book";
import type { DeclaredResource, LineItem, PriceRule } from "./rule";
import { pricingOf } from "./rules";
import type { Usage } from "./scenarios/usage";

/** A stack's price as a function of usage alone, in cents a month; lines without an amount add none. */
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
 * Prices what does not depend on usage once, so that a scenario costs microseconds: for many scenarios
 * of one stack. The amount is the total that `estimate` gives, to the cent.
 *
 * @throws CostError as `estimate` does; the function that it returns, when a tier has no price.
 */
export function priceFunction(
  resources: readonly DeclaredResource[],
  { book, today }: { readonly book: PriceBook; readonly today: string },
): PriceFunction {
  const { lines } = estimate(resources, { book, usage: {}, today });
  const fixed = lines.reduce((sum, { monthCents }) => sum + (monthCents ?? 0), 0);
  // A line of usage is there, without a quantity, when the usage is not known.
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
        const one = { rule, line };
        if (!counted.some((other) => isSame(other, one))) {
          counted.push(one);
          total += cents(line.quantity, book.price(line.priceKey).usd);
        }
      }
    }
    return total;
  };
}

/** Usage is the whole stack's, so the same line of two resources counts once. */
function isSame(one: Counted, other: Counted): boolean {
  return (
    one.line.priceKey === other.line.priceKey &&
    one.line.label === other.line.label &&
    (one.line.service ?? one.rule.service) === (other.line.service ?? other.rule.service) &&
    (one.line.category ?? one.rule.category) === (other.line.category ?? other.rule.category)
  );
}
