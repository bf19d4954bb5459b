import type { EstimateLine } from "../cost/estimate";
import { dollars } from "../cost/money";
import type { Scope } from "../cost/scope";
import { CATEGORIES, HOURS_PER_MONTH, type Category } from "../cost/rule";
import type { Scenario } from "../cost/scenarios/scenario";
import { notebooks } from "../cost/scenarios/scenario-usage";
import type { Block } from "./document";
import type { PricedStack } from "../cost/compare/priced-stack";
import { number, usd4 } from "./numbers";
import { stackUnitCosts } from "../cost/compare/unit-costs";
import type { Column, Row } from "./table";

/** What the rows of a comparison are: one for each category, or one for each line of a bill. */
export type Detail = "categories" | "lines";

/**
 * Several stacks side by side, a column each: what every target has once, then what differs. As text,
 * more stacks than fit on a line are several tables.
 */
export function comparison(
  stacks: readonly PricedStack[],
  scenario: Scenario,
  detail: Detail,
): Block {
  const columns: Column[] = [
    ...(detail === "lines" ? [{ title: "For", align: "left" } as const] : []),
    { title: `USD a month of ${HOURS_PER_MONTH} hours`, align: "left", grow: true },
    ...stacks.map(({ stack }): Column => ({ title: stack, align: "right", spill: true })),
  ];
  const row = (kind: "line" | "sum", what: string, cell: (one: PricedStack) => string): Row => ({
    kind,
    cells: [...(detail === "lines" ? [""] : []), what, ...stacks.map(cell)],
  });
  const rowsOf = detail === "lines" ? lineRows : categoryRows;
  const rows: Row[] = [
    row("line", "Target", ({ target }) => target),
    row("line", "Region", ({ estimate }) => estimate.region),
    { kind: "gap" },
    { kind: "heading", text: "Shared by every target" },
    ...rowsOf(stacks, "shared"),
    row("sum", "Sub-total, shared", ({ estimate }) => dollars(estimate.totals.sharedCents)),
    { kind: "gap" },
    { kind: "heading", text: "Of the target" },
    ...rowsOf(stacks, "target"),
    row("sum", "Sub-total, target", ({ estimate }) => dollars(estimate.totals.targetCents)),
    { kind: "gap" },
    row("sum", "Total", ({ estimate }) => dollars(estimate.totals.totalCents)),
    row("line", "More than the cheapest", (one) => more(one, stacks).amount),
    row("line", "", (one) => more(one, stacks).share),
    row("line", `Per person (${number(scenario.people)})`, ({ estimate }) =>
      dollars(estimate.totals.totalCents / scenario.people),
    ),
    row("line", `Notebooks at once, of ${number(notebooks(scenario))}`, (one) =>
      number(stackUnitCosts(one, scenario).notebooksHeld),
    ),
    row("line", "Per hour of one of those", (one) => {
      const { perNotebookHourUsd } = stackUnitCosts(one, scenario);
      return perNotebookHourUsd === undefined ? "-" : usd4(perNotebookHourUsd);
    }),
  ];
  return { kind: "table", columns, rows };
}

/** What a category of one part costs: `cents`, and whether a line of it depends on unknown usage. */
export interface CategorySum {
  readonly part: Scope;
  readonly category: Category;
  /** Sum of the lines that have an amount; undefined when none has. */
  readonly monthCents: number | undefined;
  readonly hasOpenLines: boolean;
}

/** Sums by part and category, of those that have a line, in the order of the report. */
export function categorySums(lines: readonly EstimateLine[]): CategorySum[] {
  const parts: readonly Scope[] = ["shared", "target"];
  return parts.flatMap((part) =>
    CATEGORIES.flatMap((category) => {
      const inIt = lines.filter((line) => line.part === part && line.category === category);
      const amounts = inIt.flatMap(({ monthCents }) => monthCents ?? []);
      return inIt.length === 0
        ? []
        : [
            {
              part,
              category,
              monthCents:
                amounts.length === 0 ? undefined : amounts.reduce((sum, one) => sum + one, 0),
              hasOpenLines: amounts.length < inIt.length,
            },
          ];
    }),
  );
}

function categoryRows(stacks: readonly PricedStack[], part: Scope): Row[] {
  const sums = stacks.map(({ estimate }) => categorySums(estimate.lines));
  return CATEGORIES.map((category) => ({
    category,
    found: sums.map((all) => all.find((one) => one.part === part && one.category === category)),
  }))
    .filter(({ found }) => found.some((one) => one !== undefined))
    .map(({ category, found }) => ({ kind: "line", cells: [category, ...found.map(sumCell)] }));
}

function sumCell(sum: CategorySum | undefined): string {
  if (sum === undefined) {
    return "-";
  }
  if (sum.monthCents === undefined) {
    return "by usage";
  }
  return `${dollars(sum.monthCents)}${sum.hasOpenLines ? " + usage" : ""}`;
}

/** Lines of one part by category; the same line of several stacks is one row. */
function lineRows(stacks: readonly PricedStack[], part: Scope): Row[] {
  const columns = stacks.map(
    ({ estimate }) =>
      new Map(
        estimate.lines.filter((line) => line.part === part).map((line) => [keyOf(line), line]),
      ),
  );
  const all = new Map(columns.flatMap((lines) => [...lines]));
  return CATEGORIES.flatMap((category) =>
    [...all]
      .filter(([, line]) => line.category === category)
      .toSorted(([, one], [, other]) => one.label.localeCompare(other.label))
      .map(([key, { label }], index): Row => {
        const amounts = columns.map((lines) => cell(lines.get(key)));
        return { kind: "line", cells: [index === 0 ? category : "", label, ...amounts] };
      }),
  );
}

function keyOf({ category, label, service }: EstimateLine): string {
  return [category, label, service].join("|");
}

function cell(line: EstimateLine | undefined): string {
  if (line === undefined) {
    return "-";
  }
  return line.monthCents === undefined ? "by usage" : dollars(line.monthCents);
}

/** Cents of the cheapest stack. */
export function cheapestCents(stacks: readonly PricedStack[]): number {
  return Math.min(...stacks.map(({ estimate }) => estimate.totals.totalCents));
}

function more(
  { estimate }: PricedStack,
  stacks: readonly PricedStack[],
): { readonly amount: string; readonly share: string } {
  const cheapest = cheapestCents(stacks);
  const extra = estimate.totals.totalCents - cheapest;
  return extra === 0
    ? { amount: "-", share: "-" }
    : { amount: dollars(extra), share: `+${Math.round((extra / cheapest) * 100)} %` };
}
