import type { PricedStack } from "../cost/compare/priced-stack";
import type { Estimate, EstimateLine } from "../cost/estimate";
import { dollars } from "../cost/money";
import { HOURS_PER_MONTH } from "../cost/rule";
import type { Scope } from "../cost/scope";
import type { Block } from "./document";
import { quantity, unitPrice } from "./numbers";
import type { Column, Row } from "./table";

const COLUMNS: readonly Column[] = [
  { title: "Service", align: "left" },
  { title: "What", align: "left", grow: true },
  { title: "Quantity", align: "right" },
  { title: "Unit price", align: "right" },
];

/** One stack line by line, for a month of 730 hours. */
export function stackTable({ stack, target, estimate }: PricedStack): Block[] {
  const title = `Stack ${stack}: target ${target}, region ${estimate.region}, ${HOURS_PER_MONTH} hours a month`;
  return linesTable(estimate, { title, stack, target, amount: "USD/month" });
}

/** Texts of a table of lines. */
interface LinesTitle {
  /** Printed above the table. */
  readonly title: string;
  readonly stack: string;
  readonly target: string;
  /** Title of the column of amounts. */
  readonly amount: string;
}

/** Every line of an estimate, with sub-totals of both scopes. */
export function linesTable(
  { lines, totals }: Estimate,
  { title, stack, target, amount }: LinesTitle,
): Block[] {
  const total = (label: string, cents: number): Row => ({
    kind: "sum",
    cells: ["", label, "", "", dollars(cents)],
  });
  const scope = (name: Scope): Row[] => rowsOf(lines.filter(({ part }) => part === name));
  return [
    { kind: "title", text: title },
    {
      kind: "table",
      columns: [...COLUMNS, { title: amount, align: "right" }],
      rows: [
        { kind: "heading", text: "Shared by every target" },
        ...scope("shared"),
        total("Sub-total, shared", totals.sharedCents),
        { kind: "gap" },
        { kind: "heading", text: `Target ${target}` },
        ...scope("target"),
        total(`Sub-total, target ${target}`, totals.targetCents),
        { kind: "gap" },
        total(`Total, stack ${stack}`, totals.totalCents),
      ],
    },
  ];
}

/** A row for each line; a service is named on its first line only. */
function rowsOf(lines: readonly EstimateLine[]): Row[] {
  return lines.map((line, index) => ({
    kind: "line",
    cells: [
      line.service === lines[index - 1]?.service ? "" : line.service,
      line.label,
      line.quantity === undefined ? "depends on usage" : quantity(line.quantity, line.unit),
      unitPrice(line.unitPriceUsd),
      line.monthCents === undefined ? "not added" : dollars(line.monthCents),
    ],
  }));
}
