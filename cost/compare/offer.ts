import type { TargetName } from "../../settings/shared";
import type { EstimateLine } from "../estimate";
import { cents, trimFloat } from "../money";
import type { PriceBook } from "../price-book";
import type { Scenario } from "../scenarios/scenario";
import type { NodePlan } from "./capacity";
import type { Mode } from "./ways";

/** One line of a bill that no stack declares. */
export interface Addition {
  readonly service: string;
  readonly category: EstimateLine["category"];
  readonly label: string;
  readonly unit: string;
  readonly quantity: number;
  readonly usage?: EstimateLine["usage"];
  readonly priceKey: string;
}

/** The machine that AWS starts for each notebook. */
export interface NotebookPlan {
  readonly kind: "per-notebook";
  /** As AWS names it, e.g. `ml.t3.medium`. */
  readonly instanceType: string;
  /** Minutes without activity after which AWS stops it. */
  readonly idleMinutes: number;
}

/** Machines that hold all notebooks of a scenario, run and paid in one way. */
export interface Offer<Plan extends NodePlan | NotebookPlan = NodePlan | NotebookPlan> {
  readonly machines: Plan;
  readonly mode: Mode;
  /** Everything of the bill that depends on the machines. */
  readonly lines: readonly Addition[];
  /** Cents a month of these lines, not rounded. */
  readonly cents: number;
}

/** A platform that can be asked for any scenario. */
export interface Platform<Plan extends NodePlan | NotebookPlan = NodePlan | NotebookPlan> {
  /** Name of the stack, or `Studio` where no compared stack has that target. */
  readonly stack: string;
  readonly target: TargetName;
  readonly region: string;
  /** The cheapest machines for each way to run them; none when no machines hold the notebooks. */
  readonly offers: (scenario: Scenario) => readonly Offer<Plan>[];
  /** Lines of these machines in the estimate of a stack that declares them. */
  readonly declared: (machines: Plan, scenario: Scenario) => readonly Addition[];
}

/**
 * Adds up the lines of an offer.
 *
 * @throws CostError when a price is missing.
 */
export function offerOf<Plan extends NodePlan | NotebookPlan>(
  offer: Omit<Offer<Plan>, "cents">,
  book: PriceBook,
): Offer<Plan> {
  const usd = offer.lines.reduce(
    (sum, { quantity, priceKey }) => sum + quantity * book.price(priceKey).usd,
    0,
  );
  return { ...offer, cents: usd * 100 };
}

/** The cheapest of some offers; undefined when there is none. */
export function cheapestOf<O extends Pick<Offer, "cents">>(offers: readonly O[]): O | undefined {
  return offers.reduce<O | undefined>(
    (best, one) => (best === undefined || one.cents < best.cents ? one : best),
    undefined,
  );
}

/**
 * Prices such a line.
 *
 * @throws CostError when its price is missing.
 */
export function addedLine(addition: Addition, book: PriceBook): EstimateLine {
  const { usd } = book.price(addition.priceKey);
  const quantity = trimFloat(addition.quantity);
  return {
    part: "target",
    resources: [],
    usage: undefined,
    ...addition,
    quantity,
    unitPriceUsd: usd,
    monthCents: cents(quantity, usd),
  };
}

/**
 * The lines of an estimate without those of its machines, which an offer replaces.
 *
 * @throws Error when the estimate lacks one of them: then the model differs from what stacks declare.
 */
export function otherLines(
  lines: readonly EstimateLine[],
  machines: readonly Addition[],
): readonly EstimateLine[] {
  return machines.reduce(without, lines);
}

function without(
  lines: readonly EstimateLine[],
  { label, category, priceKey, quantity }: Addition,
): readonly EstimateLine[] {
  const line = lines.find(
    (one) => one.part === "target" && one.category === category && one.priceKey === priceKey,
  );
  const left = trimFloat((line?.quantity ?? NaN) - trimFloat(quantity));
  if (line === undefined || !(left >= 0)) {
    throw new Error(`the declared stack does not have ${quantity} × ${label}`);
  }
  const rest = { ...line, quantity: left, monthCents: cents(left, line.unitPriceUsd) };
  return lines.flatMap((one) => (one !== line ? [one] : left === 0 ? [] : [rest]));
}
