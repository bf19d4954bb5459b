import { exactCents } from "../cost/amount";
import type { Currency } from "../cost/currency";
import type { Estimate, EstimateLine } from "../cost/estimate";
import { trimFloat } from "../cost/money";
import { billedUsd, type LiveReport } from "../cost/live/live-report";
import { machineName } from "./numbers";
import type { CsvRow, Report } from "./report";

/** Names of the columns. A row is one line of a bill; sums are left to the spreadsheet. */
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
  "currency",
  "rate",
  "rateDay",
  "unitPrice",
  "amount",
  "usage",
  "problem",
  "machines",
] as const satisfies readonly (keyof CsvRow)[];

/**
 * The comparison as comma-separated values (RFC 4180): every line of every table. Numbers have a decimal
 * point and no separator of thousands. `amount` is empty where it depends on unknown usage or has no price.
 */
export function compareCsv({ stacks, equal, currency, section }: Report): string {
  const rows: CsvRow[] = [
    ...stacks.flatMap(({ stack, target, estimate }) =>
      estimate.lines.map((line) => ({
        view: "compare",
        stack,
        target,
        region: estimate.region,
        ...lineCells(line, currency),
      })),
    ),
    ...(equal?.services ?? []).flatMap(({ stack, target, region, machines, service }) =>
      service.lines.map((line) => ({
        view: "equal",
        stack,
        target,
        region,
        machines: machineName(machines),
        mode: service.mode,
        ...lineCells(line, currency),
      })),
    ),
    ...(section?.csv ?? []),
  ];
  return asCsv(rows);
}

/** The live stacks as comma-separated values: every line of the estimates, and the bill by service. */
export function liveCsv({ stacks, currency, bills }: LiveReport): string {
  return asCsv(
    stacks.flatMap((one): CsvRow[] => {
      const { stack, deployment, cost } = one;
      const { target = "", region = "" } = deployment;
      const rows = (view: string, estimate: Estimate | undefined): CsvRow[] =>
        (estimate?.lines ?? []).map((line) => ({
          view,
          stack,
          target,
          region,
          ...lineCells(line, currency),
        }));
      return [
        ...rows("so far", cost?.soFar),
        ...rows("whole month", cost?.month),
        ...Object.entries(billedUsd(one, bills) ?? {}).map(([service, usd]) => ({
          view: "billed",
          stack,
          target,
          region,
          service,
          ...currencyCells(currency),
          amount: trimFloat(usd * currency.rate),
        })),
      ];
    }),
  );
}

/** A head with the name of each column, then the rows. */
function asCsv(rows: readonly CsvRow[]): string {
  return [COLUMNS.join(","), ...rows.map(rowOf)].join("\n");
}

/** Cells of a line of an estimate. */
function lineCells(line: EstimateLine, currency: Currency): CsvRow {
  const { part, category, service, label, unit, unitPrice, quantity, usage, problem } = line;
  const cents = exactCents(line.amount);
  const amount = cents === undefined ? undefined : (cents / 100).toFixed(2);
  const money = { ...currencyCells(currency), unitPrice, amount };
  return { part, category, service, label, quantity, unit, ...money, usage, problem };
}

function currencyCells({ code, rate, day }: Currency): CsvRow {
  return { currency: code, rate, rateDay: day };
}

function rowOf(cells: CsvRow): string {
  return COLUMNS.map((name) => quoted(textOf(cells[name] ?? ""))).join(",");
}

/** Writes numbers without an exponent, which not every spreadsheet reads. */
function textOf(value: string | number): string {
  return typeof value === "string" ? value : DECIMAL.format(value);
}

const DECIMAL = new Intl.NumberFormat("en-US", { useGrouping: false, maximumFractionDigits: 12 });

function quoted(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
