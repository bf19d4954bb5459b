import type { Amount } from "../cost/amount";
import type {
  BillLine,
  Difference,
  LineDifference,
  StackDifference,
} from "../cost/compare/difference";
import type { Currency } from "../cost/currency";
import { dollars } from "../cost/money";
import { list, type Block } from "./document";
import { compact, quantity } from "./numbers";
import type { Column, Row } from "./table";

/** Limits of a budget, in US dollars a month of all stacks together. */
export interface Limits {
  /** @default no limit */
  readonly maxIncrease: number | undefined;
  /** @default no limit */
  readonly maxMonthly: number | undefined;
}

/** Changes since a base, independent of the output format. */
export interface DiffReport {
  /** File or git revision, as it was typed. */
  readonly base: string;
  /** A clause on what of it was compared. */
  readonly compared: string;
  readonly difference: Difference;
  readonly currency: Currency;
  /** `YYYY-MM-DD` */
  readonly today: string;
  readonly limits: Limits;
}

/** A limit, and whether the stacks exceed it. */
export interface Check {
  readonly isOver: boolean;
  readonly sentence: string;
}

/** The limits that were given. The known part of an amount counts; another currency is converted back to dollars. */
export function checks({ difference, currency, limits }: DiffReport): Check[] {
  const check = (
    cents: number,
    option: string,
    most: number | undefined,
    what: (usd: number) => string,
  ): Check[] => {
    if (most === undefined) {
      return [];
    }
    const usd = Math.round(cents / currency.rate);
    const isOver = usd > Math.round(most * 100);
    const relation = isOver ? "above" : "within";
    return [
      {
        isOver,
        sentence: `All stacks together ${what(usd)} USD a month, ${relation} ${option} ${most}`,
      },
    ];
  };
  return [
    ...check(
      difference.moreCents,
      "--max-increase",
      limits.maxIncrease,
      (usd) => `change by ${signed(usd)}`,
    ),
    ...check(
      difference.after.leastCents,
      "--max-monthly",
      limits.maxMonthly,
      (usd) => `cost ${dollars(usd)}`,
    ),
  ];
}

/** The difference as blocks, for a terminal or for Markdown. */
export function diffBlocks(report: DiffReport): Block[] {
  const { difference, currency, compared } = report;
  const changed = difference.stacks.filter(({ lines }) => lines.length > 0);
  return [
    { kind: "title", text: `${currency.code} a month, ${compared}` },
    totals(difference),
    ...(changed.length === 0 ? [] : [lines(changed)]),
    ...list(
      "Limits",
      checks(report).map(({ sentence }) => sentence),
    ),
  ];
}

const MONEY_COLUMNS: readonly Column[] = ["Before", "Now", "Change"].map((title) => ({
  title,
  align: "right",
}));

function totals({ stacks, before, after, moreCents }: Difference): Block {
  const row = (
    kind: "line" | "sum",
    name: string,
    one: Omit<StackDifference, "stack" | "lines">,
  ) => ({
    kind,
    cells: [name, cell(one.before), cell(one.after), signed(one.moreCents), percent(one)],
  });
  return {
    kind: "table",
    columns: [{ title: "Stack", align: "left" }, ...MONEY_COLUMNS, { title: "", align: "right" }],
    rows: [
      ...stacks.map((one): Row => row("line", one.stack, one)),
      ...(stacks.length > 1 ? [row("sum", "Together", { before, after, moreCents })] : []),
    ],
  };
}

function lines(changed: readonly StackDifference[]): Block {
  return {
    kind: "table",
    columns: [
      { title: "Stack", align: "left" },
      { title: "What has changed", align: "left" },
      { title: "Quantity", align: "right" },
      ...MONEY_COLUMNS,
    ],
    rows: changed.flatMap(({ stack, lines: all }) =>
      all.map((one, index): Row => lineRow(index === 0 ? stack : "", one)),
    ),
  };
}

function lineRow(stack: string, { before, after, moreCents }: LineDifference): Row {
  const { service = "", label = "" } = after ?? before ?? {};
  return {
    kind: "line",
    cells: [
      stack,
      `${service}: ${label}`,
      quantities(before, after),
      cell(before?.amount),
      cell(after?.amount),
      signed(moreCents),
    ],
  };
}

/** `2,190 → 2,920 hours`, or the one quantity where both have it. */
function quantities(before: BillLine | undefined, after: BillLine | undefined): string {
  const text = (line: BillLine | undefined): string | undefined =>
    line === undefined
      ? undefined
      : line.quantity === undefined
        ? "by usage"
        : quantity(line.quantity, line.unit);
  const texts = [text(before), text(after)].filter((one) => one !== undefined);
  return [...new Set(texts)].join(" → ");
}

function cell(amount: Amount | undefined): string {
  return amount === undefined ? "-" : compact(amount);
}

/** `+12.00`, `-12.00`, or `0.00`. */
function signed(cents: number): string {
  return `${cents > 0 ? "+" : ""}${dollars(cents)}`;
}

function percent({ before, moreCents }: Pick<StackDifference, "before" | "moreCents">): string {
  if (before === undefined || before.leastCents === 0 || moreCents === 0) {
    return "";
  }
  const value = (moreCents / before.leastCents) * 100;
  return `${value > 0 ? "+" : ""}${value.toFixed(1)} %`;
}

/** The difference as JSON, for programs. `docs/json.md` documents its fields. */
export function diffJson(report: DiffReport): string {
  const { base, difference, currency, today } = report;
  const { stacks, before, after, moreCents } = difference;
  const document = {
    version: DIFF_JSON_VERSION,
    date: today,
    base,
    currency: currency.code,
    beforeCents: before.leastCents,
    afterCents: after.leastCents,
    moreCents,
    stacks: stacks.map((one) => ({
      stack: one.stack,
      beforeCents: one.before?.leastCents ?? null,
      afterCents: one.after?.leastCents ?? null,
      moreCents: one.moreCents,
      lines: one.lines.map(lineJson),
    })),
    limits: checks(report).map(({ isOver, sentence }) => ({ isOver, sentence })),
  };
  return JSON.stringify(document, null, 2);
}

const DIFF_JSON_VERSION = 1;

function lineJson({ before, after, moreCents }: LineDifference): object {
  const { part, category, service, label, unit } = after ?? before ?? {};
  return {
    part,
    category,
    service,
    label,
    unit,
    quantityBefore: before?.quantity ?? null,
    quantityAfter: after?.quantity ?? null,
    moreCents,
  };
}
