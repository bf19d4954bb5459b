import { exactly, sum, type Amount } from "../amount";
import type { EstimateLine } from "../estimate";

/** A line of a bill as far as two bills are compared. */
export type BillLine = Pick<
  EstimateLine,
  "part" | "category" | "service" | "label" | "unit" | "quantity" | "amount"
>;

/** A stack and the lines of its month. */
export interface Bill {
  readonly stack: string;
  readonly lines: readonly BillLine[];
}

/** A line that two bills do not have alike. */
export interface LineDifference {
  /** @default the line is new */
  readonly before: BillLine | undefined;
  /** @default the line is gone */
  readonly after: BillLine | undefined;
  /** Known cents a month more; negative for less. */
  readonly moreCents: number;
}

/** A stack before and after. */
export interface StackDifference {
  readonly stack: string;
  /** Its total; undefined for a stack that was not there. */
  readonly before: Amount | undefined;
  /** Its total; undefined for a stack that is gone. */
  readonly after: Amount | undefined;
  /** Known cents a month more; negative for less. */
  readonly moreCents: number;
  /** The largest change first. */
  readonly lines: readonly LineDifference[];
}

/** Stacks before and after, and their sums. */
export interface Difference {
  readonly stacks: readonly StackDifference[];
  readonly before: Amount;
  readonly after: Amount;
  readonly moreCents: number;
}

/** Compares bills by stack and line. A changed label, such as another instance type, is an old and a new line. */
export function differenceOf(before: readonly Bill[], after: readonly Bill[]): Difference {
  const names = [...new Set([...after, ...before].map(({ stack }) => stack))];
  const stacks = names.map((stack) => {
    const of = (bills: readonly Bill[]): Bill | undefined =>
      bills.find((one) => one.stack === stack);
    return stackDifference(stack, of(before), of(after));
  });
  const [was, is] = [before, after].map((bills) => sum(bills.map(totalOf)));
  return {
    stacks,
    before: was ?? exactly(0),
    after: is ?? exactly(0),
    moreCents: (is?.leastCents ?? 0) - (was?.leastCents ?? 0),
  };
}

function stackDifference(
  stack: string,
  before: Bill | undefined,
  after: Bill | undefined,
): StackDifference {
  const [was, is] = [linesOf(before), linesOf(after)];
  const lines = [...new Set([...is.keys(), ...was.keys()])]
    .map((key) => lineDifference(was.get(key), is.get(key)))
    .filter(isChange)
    .sort((one, other) => Math.abs(other.moreCents) - Math.abs(one.moreCents));
  const totals = { before: before && totalOf(before), after: after && totalOf(after) };
  return {
    stack,
    ...totals,
    moreCents: (totals.after?.leastCents ?? 0) - (totals.before?.leastCents ?? 0),
    lines,
  };
}

function totalOf({ lines }: Bill): Amount {
  return sum(lines.map(({ amount }) => amount));
}

/** The lines of a bill by what they are for. */
function linesOf(bill: Bill | undefined): Map<string, BillLine> {
  return new Map(
    (bill?.lines ?? []).map((line) => [
      [line.part, line.category, line.service, line.label, line.unit].join("|"),
      line,
    ]),
  );
}

function lineDifference(before: BillLine | undefined, after: BillLine | undefined): LineDifference {
  const moreCents = (after?.amount.leastCents ?? 0) - (before?.amount.leastCents ?? 0);
  return { before, after, moreCents };
}

/** A line of nothing that comes or goes is no change; one without a known amount is. */
function isChange({ before, after, moreCents }: LineDifference): boolean {
  const known = (line: BillLine | undefined): boolean =>
    line === undefined || !(line.amount.atLeast || line.amount.plusUsage);
  return moreCents !== 0 || known(before) !== known(after);
}
