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

export function stackTable({ stack, target, estimate }: PricedStack): Block[] {
  const title = `Stack ${stack}: target ${target}, region ${estimate.region}, ${HOURS_PER_MONTH} hours a month`;
  return linesTable(estimate, { title, stack, target, amount: "USD/month" });
}

/** What an amount is about: its stack, and the title of its column. */
interface LinesTitle {
  readonly title: string;
  readonly stack: string;
  readonly target: string;
  readonly amount: string;
}

/** Every line of an estimate, with sub-totals of both parts. */
export function linesTable(
  { lines, totals }: Estimate,
  { title, stack, target, amount }: LinesTitle,
): Block[] {
  const total = (what: string, cents: number): Row => ({
    kind: "sum",
    cells: ["", what, "", "", dollars(cents)],
  });
  const part = (name: Scope): Row[] => rowsOf(lines.filter((line) => line.part === name));
  return [
    { kind: "title", text: title },
    {
      kind: "table",
      columns: [...COLUMNS, { title: amount, align: "right" }],
      rows: [
        { kind: "heading", text: "Shared by every target" },
        ...part("shared"),
        total("Sub-total, shared", totals.sharedCents),
        { kind: "gap" },
        { kind: "heading", text: `Target ${target}` },
        ...part("target"),
        total(`Sub-total, target ${target}`, totals.targetCents),
        { kind: "gap" },
        total(`Total, stack ${stack}`, totals.totalCents),
      ],
    },
  ];
}

/** Each service is named once, on its first line. */
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
