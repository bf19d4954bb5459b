import type { EstimateLine } from "../cost/estimate";
import { dollars } from "../cost/money";
import type { Part } from "../cost/part";
import { CATEGORIES, HOURS_PER_MONTH } from "../cost/rule";
import type { PricedStack } from "./priced-stack";
import { table, type Column, type Row, type TableStyle } from "./table";

/** Several stacks side by side, a column each: what every target has once, then what differs. */
export function comparison(stacks: readonly PricedStack[], style: TableStyle): string[] {
  const columns: Column[] = [
    { title: "For", align: "left" },
    { title: `USD a month of ${HOURS_PER_MONTH} hours`, align: "left", grow: true },
    ...stacks.map(({ stack }): Column => ({ title: stack, align: "right" })),
  ];
  const row = (kind: "line" | "sum", what: string, cell: (one: PricedStack) => string): Row => ({
    kind,
    cells: ["", what, ...stacks.map(cell)],
  });
  const cheapest = Math.min(...stacks.map(({ estimate }) => estimate.totals.totalCents));
  const more = ({ estimate }: PricedStack): number => estimate.totals.totalCents - cheapest;
  const rows: Row[] = [
    row("line", "Target", ({ target }) => target),
    row("line", "Region", ({ estimate }) => estimate.region),
    { kind: "gap" },
    { kind: "heading", text: "Shared by every target" },
    ...partRows(stacks, "shared"),
    row("sum", "Sub-total, shared", ({ estimate }) => dollars(estimate.totals.sharedCents)),
    { kind: "gap" },
    { kind: "heading", text: "Of the target" },
    ...partRows(stacks, "target"),
    row("sum", "Sub-total, target", ({ estimate }) => dollars(estimate.totals.targetCents)),
    { kind: "gap" },
    row("sum", "Total", ({ estimate }) => dollars(estimate.totals.totalCents)),
    row("line", "More than the cheapest", (one) => (more(one) === 0 ? "-" : dollars(more(one)))),
    row("line", "", (one) => (more(one) === 0 ? "-" : percent(more(one), cheapest))),
  ];
  return table(columns, rows, style);
}

/** Lines of one part by category; the same line of several stacks is one row. */
function partRows(stacks: readonly PricedStack[], part: Part): Row[] {
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

function percent(part: number, whole: number): string {
  return `+${Math.round((part / whole) * 100)} %`;
}
