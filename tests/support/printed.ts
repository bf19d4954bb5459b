import { join } from "node:path";
import { compare, type CompareContext } from "../../commands/compare";
import type { Pricing } from "../../commands/priced-stacks";
import type { PricedStack } from "../../cost/compare/priced-stack";
import { priceBook } from "../../cost/price-book";
import { plain } from "../../reports/table";
import { pricedStack } from "./priced";

const ROOT = join(__dirname, "..", "..");

/** Output of a run of the command. */
export interface Run {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** The stack of a run with this name: one machine if it is `small`, two if it is `two`, else three. */
export function smallOrLarge(
  stack: string,
  { usage, currency, overrides = {} }: Pricing,
  book = priceBook("eu-west-3", currency),
): PricedStack {
  const machines = Number(overrides["nodes.count"] ?? { small: 1, two: 2 }[stack] ?? 3);
  return pricedStack(stack, machines, usage, {
    instanceType: overrides["nodes.instanceType"],
    book,
  });
}

/** Runs the command on hand-written stacks, on a fixed day. */
export async function run(argv: string[], changes: Partial<CompareContext> = {}): Promise<Run> {
  let [out, err] = ["", ""];
  const status = await compare(argv, {
    stacks: () => ["small", "large"],
    priceStack: (stack, pricing) => Promise.resolve(smallOrLarge(stack, pricing)),
    live: () => {
      throw new Error("nobody has asked for live stacks");
    },
    folder: ROOT,
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    paint: plain,
    width: 100,
    env: {},
    today: "2026-11-23",
    ...changes,
  });
  return { status, out, err };
}

/** Cents of a cell of a table. 0 for a cell without an amount. */
export function amountOf(cell: string): number {
  const [, amount] = /^([\d,]+\.\d\d)( \+ usage|\+)?$/.exec(cell) ?? [];
  return amount === undefined ? 0 : Math.round(Number(amount.replaceAll(",", "")) * 100);
}

/** A row of a printed table. */
export interface TextRow {
  readonly what: string;
  /** Cents of the two columns of stacks. */
  readonly amounts: readonly number[];
}

/** The rows of a printed table of two stacks. */
export function rowsOf(text: string): TextRow[] {
  return text
    .split("\n")
    .map((line) => line.split(/ {2,}/))
    .map((cells) => ({ what: cells.at(-3) ?? "", amounts: cells.slice(-2).map(amountOf) }));
}

/** The rows of the first table of Markdown. */
export function markdownRowsOf(text: string): TextRow[] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) => line.split("|").map((cell) => cell.trim().replaceAll("**", "")))
    .map((cells) => ({ what: cells[1] ?? "", amounts: cells.slice(2, 4).map(amountOf) }));
}

/** Rows of CSV by the names of its columns. Quoted cells of this report contain no quotes. */
export function csvRowsOf(text: string): Readonly<Record<string, string>>[] {
  const [head = [], ...rows] = text
    .trimEnd()
    .split("\n")
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"([^"]*)"|([^,]*))/g)].map((cell) => cell[1] ?? cell[2] ?? ""),
    );
  return rows.map((cells) =>
    Object.fromEntries(head.map((name, index) => [name, cells[index] ?? ""])),
  );
}

/** The part of the JSON that the tests read. */
export interface Json {
  readonly refused: readonly { readonly stack: string; readonly problem: string }[];
  readonly stacks: readonly {
    readonly stack: string;
    readonly totals: { readonly totalCents: number };
    readonly lines: readonly { readonly monthCents: number | null }[];
    readonly categories: readonly {
      readonly category: string;
      readonly monthCents: number | null;
    }[];
    readonly notebooksHeld: number;
    readonly perNotebookHour: number | null;
    readonly moreThanCheapestCents: number | null;
    readonly moreThanCheapestPercent: number | null;
    readonly perPersonCents: number;
    readonly remarks: readonly string[];
  }[];
  readonly equal: {
    readonly services: readonly {
      readonly stack: string;
      readonly mode: string;
      readonly nodes: { readonly instanceType: string; readonly count: number } | null;
      readonly studioInstance: string | null;
      readonly totals: { readonly totalCents: number };
      readonly lines: readonly { readonly monthCents: number | null }[];
    }[];
    readonly refused: readonly { readonly stack: string; readonly reason: string }[];
    readonly breakEvens: readonly {
      readonly stacks: readonly string[];
      readonly stretches: readonly {
        readonly stack: string | null;
        readonly fromHours: number;
        readonly toHours: number;
      }[];
    }[];
    readonly assumptions: readonly string[];
  } | null;
  readonly notes: readonly { readonly notedCents: number }[] | null;
  readonly notedTotals: readonly object[] | null;
}
