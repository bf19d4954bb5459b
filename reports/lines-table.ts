import type { PricedStack } from "../cost/compare/priced-stack";
import type { Amount } from "../cost/amount";
import type { Estimate, EstimateLine } from "../cost/estimate";
import { HOURS_PER_MONTH } from "../cost/rule";
import type { Scope } from "../cost/scope";
import type { Block } from "./document";
import { compact, number, quantity, unitPrice } from "./numbers";
import type { Column, Row } from "./table";
import { unitsKey } from "./units";

const COLUMNS: readonly Column[] = [
  { title: "Service", align: "left" },
  { title: "What", align: "left" },
  { title: "Quantity", align: "right" },
  { title: "Unit price", align: "right" },
];

/** One stack line by line, for a month of 730 hours. */
export function stackTable({ stack, target, estimate }: PricedStack): Block[] {
  const title = `Stack ${stack}: target ${target}, region ${estimate.region}, ${HOURS_PER_MONTH} hours a month`;
  const amount = `${estimate.currency.code}/month`;
  return [
    ...linesTable(estimate, { title, stack, target, amount, hoursEach: HOURS_PER_MONTH }),
    ...unitsKey(estimate.lines),
  ];
}

/** Texts of a table of lines. */
interface LinesTitle {
  /** Printed above the table. */
  readonly title: string;
  readonly stack: string;
  readonly target: string;
  /** Title of the column of amounts. */
  readonly amount: string;
  /** Hours for which each thing is counted: two of them are `2 × 730 hours`. @default not the same for all */
  readonly hoursEach?: number;
}

/** Every line of an estimate, with sub-totals of both scopes. */
export function linesTable(
  { lines, totals }: Estimate,
  { title, stack, target, amount: column, hoursEach }: LinesTitle,
): Block[] {
  const total = (label: string, amount: Amount): Row => ({
    kind: "sum",
    cells: ["", label, "", "", compact(amount)],
  });
  const scope = (name: Scope): Row[] =>
    rowsOf(
      lines.filter(({ part }) => part === name),
      hoursEach,
    );
  return [
    { kind: "title", text: title },
    {
      kind: "table",
      columns: [...COLUMNS, { title: column, align: "right" }],
      rows: [
        { kind: "heading", text: "Shared by every target" },
        ...scope("shared"),
        total("Sub-total, shared", totals.shared),
        { kind: "gap" },
        { kind: "heading", text: `Target ${target}` },
        ...scope("target"),
        total(`Sub-total, target ${target}`, totals.target),
        { kind: "gap" },
        total(`Total, stack ${stack}`, totals.total),
      ],
    },
  ];
}

/** A row for each line; a service is named on its first line only. */
function rowsOf(lines: readonly EstimateLine[], hoursEach: number | undefined): Row[] {
  return lines.map((line, index) => ({
    kind: "line",
    cells: [
      line.service === lines[index - 1]?.service ? "" : line.service,
      line.label,
      quantityOf(line, hoursEach),
      line.unitPrice === undefined ? "unknown" : unitPrice(line.unitPrice),
      line.quantity === undefined ? "not added" : compact(line.amount),
    ],
  }));
}

/** `depends on usage`, `730 hours`, or `2 × 730 hours` for two things that are counted for the same hours. */
function quantityOf({ quantity: total, unit, usage }: EstimateLine, hoursEach = Infinity): string {
  if (total === undefined) {
    return "depends on usage";
  }
  const things = total / hoursEach;
  return unit === "hour" && usage === undefined && things > 1 && Number.isInteger(things)
    ? `${number(things)} × ${quantity(hoursEach, unit)}`
    : quantity(total, unit);
}
