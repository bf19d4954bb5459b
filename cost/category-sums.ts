import type { Amount } from "./amount";
import { sumOf, type EstimateLine } from "./estimate";
import { CATEGORIES, type Category } from "./rule";
import type { Scope } from "./scope";

/** The cost of one category in one scope. */
export interface CategorySum {
  readonly part: Scope;
  readonly category: Category;
  readonly amount: Amount;
}

/** Sums lines by scope and category: first what is shared, each in the order of `CATEGORIES`, none empty. */
export function categorySums(lines: readonly EstimateLine[]): CategorySum[] {
  const parts: readonly Scope[] = ["shared", "target"];
  return parts.flatMap((part) =>
    CATEGORIES.flatMap((category) => {
      const found = lines.filter((line) => line.part === part && line.category === category);
      return found.length === 0 ? [] : [{ part, category, amount: sumOf(found) }];
    }),
  );
}
