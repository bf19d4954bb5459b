import { exactCents, type Amount } from "../cost/amount";
import type { Currency } from "../cost/currency";
import type { Estimate, EstimateLine } from "../cost/estimate";
import { trimFloat } from "../cost/money";
import type { RunSummary } from "../cost/training-run";
import { billedAmount, billedUsd, type LiveReport } from "../cost/live/live-report";
import { machineName } from "./numbers";
import type { CsvRow, Report } from "./report";

/** Names of the columns. A row is one line of a bill, or a sum, whose `view` ends with `total`. */
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
  "atLeast",
  "plusUsage",
] as const satisfies readonly (keyof CsvRow)[];

/**
 * The comparison as comma-separated values (RFC 4180): every line of every table, and the sums. Numbers have a
 * decimal point and no separator of thousands. `amount` is empty where a line depends on unknown usage or has no price.
 */
export function compareCsv({ stacks, equal, currency, section }: Report): string {
  const rows: CsvRow[] = [
    ...stacks.flatMap(({ stack, target, estimate }) =>
      billRows({ view: "compare", stack, target, region: estimate.region }, estimate, currency),
    ),
    ...(equal?.services ?? []).flatMap(({ stack, target, region, machines, service }) =>
      billRows(
        {
          view: "equal",
          stack,
          target,
          region,
          machines: machineName(machines),
          mode: service.mode,
        },
        { lines: service.lines, totals: service },
        currency,
      ),
    ),
    ...(section?.csv ?? []),
  ];
  return asCsv(rows);
}

/**
 * The live stacks as comma-separated values: every line of the estimates, the bill by service, their sums, and the
 * last training runs.
 */
export function liveCsv({ stacks, currency, bills }: LiveReport): string {
  return asCsv(
    stacks.flatMap((one): CsvRow[] => {
      const { stack, deployment, cost } = one;
      const { target = "", region = "" } = deployment;
      const of = { stack, target, region };
      const rows = (view: string, found: Estimate | undefined): CsvRow[] =>
        found === undefined ? [] : billRows({ ...of, view }, found, currency);
      const billed = billedUsd(one, bills);
      return [
        ...rows("so far", cost?.soFar),
        ...rows("whole month", cost?.month),
        ...Object.entries(billed ?? {}).map(([service, usd]) => ({
          ...of,
          view: "billed",
          service,
          ...currencyCells(currency),
          amount: trimFloat(usd * currency.rate),
        })),
        ...(billed === undefined
          ? []
          : [
              {
                ...of,
                view: "billed total",
                ...sumCells(billedAmount(billed, currency), currency),
              },
            ]),
        ...(one.runs ?? []).flatMap((found) =>
          runRows({ ...of, view: "training" }, found, currency),
        ),
      ];
    }),
  );
}

/** Rows of the runs of one size: the median seconds of each phase, then the money of a run. */
function runRows(
  of: CsvRow,
  { size, seconds, usd, predictedUsd }: RunSummary,
  currency: Currency,
): CsvRow[] {
  const money = { marginal: usd?.marginal, fixed: usd?.fixed, predicted: predictedUsd };
  return [
    ...Object.entries(seconds).map(([phase, quantity]) => ({
      ...of,
      mode: size,
      label: phase,
      quantity,
      unit: "second",
    })),
    ...Object.entries(money).flatMap(([label, dollars]) =>
      typeof dollars === "number"
        ? [
            {
              ...of,
              mode: size,
              label,
              ...currencyCells(currency),
              amount: trimFloat(dollars * currency.rate),
            },
          ]
        : [],
    ),
  ];
}

/** Rows of a bill: its lines, then its sums, of which the last is that of both parts. */
function billRows(
  of: CsvRow & { readonly view: string },
  { lines, totals }: Pick<Estimate, "lines" | "totals">,
  currency: Currency,
): CsvRow[] {
  const total = { ...of, view: `${of.view} total` };
  return [
    ...lines.map((line) => ({ ...of, ...lineCells(line, currency) })),
    { ...total, part: "shared", ...sumCells(totals.shared, currency) },
    { ...total, part: "target", ...sumCells(totals.target, currency) },
    { ...total, ...sumCells(totals.total, currency) },
  ];
}

/** Cells of a sum: the known part, and whether that is all of it. */
function sumCells({ leastCents, atLeast, plusUsage }: Amount, currency: Currency): CsvRow {
  return {
    ...currencyCells(currency),
    amount: (leastCents / 100).toFixed(2),
    atLeast: String(atLeast),
    plusUsage: String(plusUsage),
  };
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
