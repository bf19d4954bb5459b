import { exactCents } from "../cost/amount";
import { aboveCheapest } from "../cost/compare/cheapest";
import type { PricedStack } from "../cost/compare/priced-stack";
import { perTrainingRun, stackUnitCosts } from "../cost/compare/unit-costs";
import { categorySums, type CategorySum } from "../cost/category-sums";
import type { EstimateLine } from "../cost/estimate";
import { missingPrices, type StackLines } from "../cost/missing-prices";
import { CATEGORIES, HOURS_PER_MONTH } from "../cost/rule";
import { notebooks } from "../cost/scenarios/scenario-usage";
import type { Scenario } from "../cost/scenarios/scenario";
import type { Scope } from "../cost/scope";
import { assumptions } from "./assumptions";
import { list, type Block } from "./document";
import { equalReport, method } from "./equal";
import { stackTable } from "./lines-table";
import { compact, counted, hourly, number, share, usd4 } from "./numbers";
import { notServed, regionsTable } from "./regions";
import { remarks, stackRemarks } from "./remarks";
import { comparable, type Report, type View } from "./report";
import { stackWarnings } from "./stack-warnings";
import type { Column, Row } from "./table";

type Detail = View["detail"];

/** The comparison as blocks, for a terminal or for Markdown. */
export function reportBlocks(report: Report, { detail, explain }: View): Block[] {
  const { equal, section } = report;
  return [
    ...(section?.blocks ?? []),
    ...stackBlocks(report, detail),
    ...(equal === undefined ? [] : equalReport(equal, report)),
    ...list(
      "Without a known price: sums that contain them are lower bounds (≥)",
      missingPrices(billsOf(report)),
    ),
    ...(explain ? explained(report) : [remarks(report, stackRemarks(report))]),
  ];
}

/** Everything that the remarks say in short. */
export function explained(report: Report): Block[] {
  const { stacks, scenario, equal } = report;
  return [
    ...list("About these stacks", [
      ...new Set(stacks.flatMap((one) => stackWarnings(one, scenario))),
    ]),
    ...(equal === undefined ? [] : list("How the service is made equal", method(equal, scenario))),
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

/** One stack line by line, or several side by side. */
export function stackBlocks(report: StacksOfReport, detail: Detail): Block[] {
  const { stacks, refused, regions } = report;
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
function sideBySide(report: StacksOfReport, detail: Detail): Block {
  const { stacks, regions, scenario, currency } = report;
  const columns: Column[] = [
    ...(detail === "lines" ? [{ title: "For", align: "left" } as const] : []),
    { title: `${currency.code} a month of ${HOURS_PER_MONTH} hours`, align: "left" },
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
  const part = (heading: string, label: string, name: Scope): Row[] => [
    { kind: "gap" },
    { kind: "heading", text: heading },
    ...(detail === "lines" ? lineRows : categoryRows)(stacks, name),
    row("sum", label, ({ estimate }) => compact(estimate.totals[name])),
  ];
  const areCompared = stacks.some((one) => comparable(one, report).length > 0);
  const rows: Row[] = [
    row("line", "Target", ({ target }) => target),
    row("line", "Region", ({ estimate }) => estimate.region),
    row("line", `Serves, of ${counted(notebooks(scenario), "notebook")}`, (one) =>
      number(stackUnitCosts(one, scenario).notebooksHeld),
    ),
    ...part("Shared by every target", "Sub-total, shared", "shared"),
    ...part("Specific to the target", "Sub-total, target", "target"),
    { kind: "gap" },
    row("sum", "Total", ({ estimate }) => compact(estimate.totals.total)),
    ...(areCompared
      ? [
          row("line", "Above the cheapest", (one) => amountAbove(one, report)),
          row("line", "", (one) => percentAbove(one, report)),
        ]
      : []),
    row("line", `Per person, of ${number(scenario.people)}`, (one) =>
      share(stackUnitCosts(one, scenario).perPerson),
    ),
    row("line", "Per notebook-hour", (one) => perNotebookHour(one, scenario)),
    ...(scenario.trainingRunMinutes === undefined
      ? []
      : [
          row("line", `Training run of ${number(scenario.trainingRunMinutes)} min`, (one) =>
            trainingRunCell(perTrainingRun(one, scenario)),
          ),
        ]),
  ];
  return { kind: "table", columns, rows };
}

function trainingRunCell(price: number | undefined): string {
  return price === undefined ? "-" : usd4(price);
}

/** Empty for a stack that cannot be the cheapest, because it does not hold all notebooks. */
function amountAbove(one: PricedStack, report: StacksOfReport): string {
  const compared = comparable(one, report);
  const above = aboveCheapest(one, compared);
  if (above === undefined) {
    return compared.length === 0 ? "" : "unknown";
  }
  return exactCents(above.amount) === 0 ? "cheapest" : compact(above.amount);
}

function percentAbove(one: PricedStack, report: StacksOfReport): string {
  const above = aboveCheapest(one, comparable(one, report));
  return above === undefined || above.percent === 0 ? "" : `+${Math.round(above.percent)} %`;
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
  return sum === undefined ? "-" : compact(sum.amount);
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
  return line === undefined ? "-" : compact(line.amount);
}
