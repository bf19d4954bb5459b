import type { EstimateLine } from "./estimate";
import { CATEGORIES, type Category } from "./rule";
import type { Scope } from "./scope";

/** The cost of one category in one scope. */
export interface CategorySum {
  readonly part: Scope;
  readonly category: Category;
  /** Sum of the lines that have an amount; undefined when none has. */
  readonly monthCents: number | undefined;
  /** True if a line depends on usage that is not known, so that it is not in the sum. */
  readonly hasOpenLines: boolean;
}

/** Sums lines by scope and category: first what is shared, each in the order of `CATEGORIES`, none empty. */
export function categorySums(lines: readonly EstimateLine[]): CategorySum[] {
  const parts: readonly Scope[] = ["shared", "target"];
  return parts.flatMap((part) =>
    CATEGORIES.flatMap((category) => {
      const found = lines.filter((line) => line.part === part && line.category === category);
      return found.length === 0 ? [] : [{ part, category, ...sumOf(found) }];
    }),
  );
}

function sumOf(lines: readonly EstimateLine[]): Pick<CategorySum, "monthCents" | "hasOpenLines"> {
  const amounts = lines.flatMap(({ monthCents }) => monthCents ?? []);
  return {
    monthCents: amounts.length === 0 ? undefined : amounts.reduce((sum, cents) => sum + cents, 0),
    hasOpenLines: amounts.length < lines.length,
  };
}
