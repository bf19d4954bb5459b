import type { EstimateLine } from "../cost/estimate";
import type { CsvRow, Report } from "./report";

/** Names of the columns: one line of a bill is one row, and a person's spreadsheet does the sums. */
const COLUMNS = [
  "view",
  "stack",
  "target",
  "region",
  "mode",
  "part",
  "category",
  "service",
  "label",
  "quantity",
  "unit",
  "unitPriceUsd",
  "usd",
  "usage",
] as const satisfies readonly (keyof CsvRow)[];

/**
 * Every line of every table as comma-separated values (RFC 4180), amounts with a point and without
 * thousands apart. `usd` is empty where usage would have to be known.
 */
export function reportCsv({ stacks, equal, section }: Report): string {
  const rows: CsvRow[] = [
    ...stacks.flatMap(({ stack, target, estimate }) =>
      estimate.lines.map((line) => ({
        ...{ view: "compare", stack, target, region: estimate.region },
        ...lineCells(line),
      })),
    ),
    ...(equal?.services ?? []).flatMap(({ stack, target, region, service }) =>
      service.lines.map((line) => ({
        ...{ view: "equal", stack, target, region, mode: service.mode },
        ...lineCells(line),
      })),
    ),
    ...(section?.csv ?? []),
  ];
  return asCsv(rows);
}

/** Rows below the names of all columns, in their order. */
export function asCsv(rows: readonly CsvRow[]): string {
  return [COLUMNS.join(","), ...rows.map(rowOf)].join("\n");
}

/** The columns that come from a line of an estimate. */
export function lineCells(line: EstimateLine): CsvRow {
  const { part, category, service, label, unit, unitPriceUsd, quantity, monthCents, usage } = line;
  return {
    ...{ part, category, service, label, unit, unitPriceUsd },
    ...(quantity !== undefined && { quantity }),
    ...(monthCents !== undefined && { usd: (monthCents / 100).toFixed(2) }),
    ...(usage !== undefined && { usage }),
  };
}

function rowOf(cells: CsvRow): string {
  return COLUMNS.map((name) => quoted(textOf(cells[name] ?? ""))).join(",");
}

/** Never with an exponent, which not every spreadsheet reads. */
function textOf(value: string | number): string {
  return typeof value === "string" ? value : DECIMAL.format(value);
}

const DECIMAL = new Intl.NumberFormat("en-US", { useGrouping: false, maximumFractionDigits: 12 });

function quoted(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
