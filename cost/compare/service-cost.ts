import { product } from "../amount";
import { sumOf, totalsOf, type Estimate, type EstimateLine, type Totals } from "../estimate";
import { trimFloat } from "../money";
import type { PriceBook } from "../price-book";
import { HOURS_PER_MONTH } from "../rule";
import type { Scenario } from "../scenarios/scenario";
import { notebooks, workingHours } from "../scenarios/scenario-usage";
import { billedHours } from "../scenarios/billed-hours";

/** Ways to pay for the machines of notebooks. */
export type Mode = "always on" | "working hours" | "by use";

/** One way to give all people of a scenario their notebooks, priced. */
export interface Service extends Totals {
  readonly mode: Mode;
  readonly lines: readonly EstimateLine[];
  /**
   * Known cents a month, not rounded, if each notebook were in use for other hours a month and all else
   * stayed: straight, but for a bend at `bend`.
   */
  readonly costAt: (hoursPerMonth: number) => number;
  /** Hours a month of one notebook from which on AWS never stops its machine. @default no bend */
  readonly bend?: number;
}

/**
 * A cluster that holds every notebook, in both ways to run it.
 *
 * @param estimate costs of the cluster with as many nodes as that takes.
 */
export function clusterServices({ lines }: Estimate, scenario: Scenario): Service[] {
  const hours = workingHours(scenario);
  // Nothing is taken off the disks and addresses of machines that are off: some stay, some go.
  const awake = lines.map((line) =>
    line.category === "compute" ? scaled(line, hours / HOURS_PER_MONTH) : line,
  );
  const compute = lines.filter(({ category }) => category === "compute");
  const perHour = compute.reduce((sum, line) => sum + unrounded(line), 0) / HOURS_PER_MONTH;
  const always = sumOf(lines).leastCents;
  const asleep = always - sumOf(compute).leastCents;
  return [
    service("always on", lines, () => always),
    service("working hours", awake, (inUse) => asleep + perHour * inUse),
  ];
}

/**
 * A stack whose notebooks have a machine each, of a type that is big enough.
 *
 * @param idleMinutes minutes without activity after which AWS stops a machine.
 * @throws Error when no line of the estimate depends on the hours of notebooks.
 */
export function perNotebookService(
  estimate: Estimate,
  scenario: Scenario,
  idleMinutes: number,
): Service {
  const { lines } = estimate;
  const machines = lines.find(({ usage }) => usage === "notebookHours");
  if (machines === undefined) {
    throw new Error("no line of the estimate depends on notebookHours");
  }
  const fixed = sumOf(lines.filter((line) => line !== machines)).leastCents;
  // The price of a machine is never missing: such a stack is refused.
  const perHour = notebooks(scenario) * (machines.unitPrice ?? NaN) * 100;
  const billed = (hours: number): number =>
    billedHours({ notebooks: 1, days: scenario.daysPerMonth, hours }, idleMinutes);
  return {
    ...service("by use", lines, (hours) => fixed + perHour * billed(hours)),
    bend: HOURS_PER_MONTH - billed(0),
  };
}

/** The hours at which two services cost the same, and which is cheaper below them. */
export interface BreakEven {
  /** Hours a month of each notebook at which it changes; undefined when one is cheaper at any. */
  readonly hoursPerMonth: number | undefined;
  /** The service that is cheaper with fewer hours, or at any. */
  readonly cheaperBelow: "first" | "second" | "neither";
}

/**
 * Finds the hours a month at which two services cost the same, among those that the scenario's days
 * have. Between bends both are straight, so the crossing is exact. It is the first one: where AWS
 * bills the whole month there could be a second.
 */
export function breakEven(
  first: Service,
  second: Service,
  { daysPerMonth }: Pick<Scenario, "daysPerMonth">,
): BreakEven {
  const end = 24 * daysPerMonth;
  const gaps = [0, first.bend ?? end, second.bend ?? end, end]
    .filter((hours) => hours <= end)
    .sort((one, other) => one - other)
    .map((hours) => ({ hours, gap: first.costAt(hours) - second.costAt(hours) }));
  const begin = gaps.find(({ gap }) => gap !== 0)?.gap ?? 0;
  const cheaperBelow = begin === 0 ? "neither" : begin < 0 ? "first" : "second";
  const after = gaps.findIndex(({ gap }) => gap * begin < 0);
  const [left, right] = [gaps[after - 1], gaps[after]];
  if (left === undefined || right === undefined) {
    return { hoursPerMonth: undefined, cheaperBelow };
  }
  const share = left.gap / (left.gap - right.gap);
  return { hoursPerMonth: left.hours + share * (right.hours - left.hours), cheaperBelow };
}

function service(
  mode: Mode,
  lines: readonly EstimateLine[],
  costAt: (hoursPerMonth: number) => number,
): Service {
  return { mode, lines, ...totalsOf(lines), costAt };
}

function scaled(line: EstimateLine, factor: number): EstimateLine {
  if (line.quantity === undefined) {
    return line;
  }
  const quantity = trimFloat(line.quantity * factor);
  return { ...line, quantity, amount: product(quantity, line.unitPrice) };
}

/** Known cents of a line, not rounded. */
function unrounded({ quantity, unitPrice }: EstimateLine): number {
  return (quantity ?? 0) * (unitPrice ?? 0) * 100;
}

/** A line of something that people start by themselves, which no stack declares. */
export interface Addition {
  readonly service: string;
  readonly category: EstimateLine["category"];
  readonly label: string;
  readonly unit: string;
  readonly quantity: number;
  readonly usage?: EstimateLine["usage"];
  readonly priceKey: string;
}

/**
 * Prices such a line. It is unknown where its price is missing.
 *
 * @throws CostError when it is a machine without a price.
 */
export function addedLine(addition: Addition, book: PriceBook): EstimateLine {
  const price = book.linePrice(addition.priceKey);
  const unitPrice = "ok" in price ? price.ok.perUnit : undefined;
  return {
    part: "target",
    resources: [],
    usage: undefined,
    ...addition,
    unitPrice,
    ...("problem" in price && { problem: price.problem }),
    amount: product(addition.quantity, unitPrice),
  };
}
