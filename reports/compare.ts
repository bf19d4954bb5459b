import { exactCents } from "../cost/amount";
import { aboveCheapest } from "../cost/compare/cheapest";
import type { PricedStack } from "../cost/compare/priced-stack";
import { stackUnitCosts } from "../cost/compare/unit-costs";
import { categorySums, type CategorySum } from "../cost/category-sums";
import type { EstimateLine } from "../cost/estimate";
import { missingPrices, type StackLines } from "../cost/missing-prices";
import { CATEGORIES, HOURS_PER_MONTH } from "../cost/rule";
import { notebooks } from "../cost/scenarios/scenario-usage";
import type { Scenario } from "../cost/scenarios/scenario";
import type { Scope } from "../cost/scope";
import { assumptions } from "./assumptions";
import { list, type Block } from "./document";
import { equalReport } from "./equal";
import { stackTable } from "./lines-table";
import { hourly, money, number, share } from "./numbers";
import { notServed, regionsTable } from "./regions";
import type { Report } from "./report";
import { stackWarnings } from "./stack-warnings";
import type { Column, Row } from "./table";

/** Rows of a comparison: one for each category, or one for each line of a bill. */
export type Detail = "categories" | "lines";

/** The comparison as blocks, for a terminal or for Markdown. */
export function reportBlocks(report: Report, detail: Detail): Block[] {
  const { equal, section } = report;
  return [
    ...(section?.blocks ?? []),
    ...stackBlocks(report, detail),
    ...(equal === undefined ? [] : equalReport(equal, report)),
    ...list('Without a price, so that their sums are "at least"', missingPrices(billsOf(report))),
    ...assumptions(report),
  ];
}

/** Every bill of a report: those of the stacks, and those of the equal service. */
export function billsOf({ stacks, equal }: Pick<Report, "stacks" | "equal">): StackLines[] {
  return [
    ...stacks.map(({ stack, estimate: { lines } }) => ({ stack, lines })),
    ...(equal?.services ?? []).map(({ stack, service: { lines } }) => ({ stack, lines })),
  ];
}

/** One stack line by line, or several side by side, and below them what is special about each. */
export function stackBlocks(report: StacksOfReport, detail: Detail): Block[] {
  const { stacks, refused, regions, scenario } = report;
  const [first] = stacks;
  return [
    ...(regions !== undefined
      ? regionBlocks(report, detail)
      : first !== undefined && stacks.length === 1
        ? stackTable(first)
        : [sideBySide(report, detail)]),
    ...list(
      regions === undefined ? "Not priced, and in no table" : "What a region cannot serve",
      notServed(refused),
    ),
    ...list("About these stacks", [
      ...new Set(stacks.flatMap((one) => stackWarnings(one, scenario))),
    ]),
  ];
}

/** The part of a report that is about stacks as they are declared. */
type StacksOfReport = Omit<Report, "today" | "equal">;

/** Totals by region; of a single stack, or with every line, also a table of what they consist of. */
function regionBlocks(report: StacksOfReport, detail: Detail): Block[] {
  const names = [...new Set(report.stacks.map(({ stack }) => stack))];
  const apart = detail === "lines" || names.length === 1 ? names : [];
  return [
    regionsTable(report),
    ...apart.flatMap((name): Block[] => [
      { kind: "title", text: `Stack ${name}` },
      sideBySide(
        { ...report, stacks: report.stacks.filter(({ stack }) => stack === name) },
        detail,
      ),
    ]),
  ];
}

/**
 * Several stacks, or one in several regions, a column each: the part that every target has, then the part of
 * the target. As text, columns that do not fit on a line are drawn as several tables.
 */
function sideBySide(
  { stacks, regions, scenario, currency }: StacksOfReport,
  detail: Detail,
): Block {
  const columns: Column[] = [
    ...(detail === "lines" ? [{ title: "For", align: "left" } as const] : []),
    { title: `${currency.code} a month of ${HOURS_PER_MONTH} hours`, align: "left", grow: true },
    ...stacks.map(({ stack, estimate }): Column => ({
      title: regions === undefined ? stack : estimate.region,
      align: "right",
      spill: true,
    })),
  ];
  const row = (kind: "line" | "sum", label: string, cell: (one: PricedStack) => string): Row => ({
    kind,
    cells: [...(detail === "lines" ? [""] : []), label, ...stacks.map(cell)],
  });
  const rowsOf = detail === "lines" ? lineRows : categoryRows;
  const rows: Row[] = [
    row("line", "Target", ({ target }) => target),
    row("line", "Region", ({ estimate }) => estimate.region),
    { kind: "gap" },
    { kind: "heading", text: "Shared by every target" },
    ...rowsOf(stacks, "shared"),
    row("sum", "Sub-total, shared", ({ estimate }) => money(estimate.totals.shared)),
    { kind: "gap" },
    { kind: "heading", text: "Specific to the target" },
    ...rowsOf(stacks, "target"),
    row("sum", "Sub-total, target", ({ estimate }) => money(estimate.totals.target)),
    { kind: "gap" },
    row("sum", "Total", ({ estimate }) => money(estimate.totals.total)),
    row("line", "Above the cheapest", (one) => amountAbove(one, stacks)),
    row("line", "", (one) => percentAbove(one, stacks)),
    row("line", `Per person (${number(scenario.people)})`, (one) =>
      share(stackUnitCosts(one, scenario).perPerson),
    ),
    row("line", `Notebooks held, of ${number(notebooks(scenario))}`, (one) =>
      number(stackUnitCosts(one, scenario).notebooksHeld),
    ),
    row("line", "Per notebook-hour", (one) => perNotebookHour(one, scenario)),
  ];
  return { kind: "table", columns, rows };
}

function amountAbove(one: PricedStack, stacks: readonly PricedStack[]): string {
  const above = aboveCheapest(one, stacks);
  if (above === undefined) {
    return "unknown";
  }
  return exactCents(above.amount) === 0 ? "-" : money(above.amount);
}

function percentAbove(one: PricedStack, stacks: readonly PricedStack[]): string {
  const above = aboveCheapest(one, stacks);
  return above === undefined || above.percent === 0 ? "-" : `+${Math.round(above.percent)} %`;
}

function perNotebookHour(one: PricedStack, scenario: Scenario): string {
  const { perNotebookHour } = stackUnitCosts(one, scenario);
  return perNotebookHour === undefined ? "-" : hourly(perNotebookHour);
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
  return sum === undefined ? "-" : money(sum.amount);
}

/** Lines of one scope by category; a line that several stacks have is one row. */
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
  return line === undefined ? "-" : money(line.amount);
}
