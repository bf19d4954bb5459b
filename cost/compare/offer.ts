import type { TargetName } from "../../settings/shared";
import { byAmount, product, sum, type Amount } from "../amount";
import { costOf, type EstimateLine } from "../estimate";
import { trimFloat } from "../money";
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
  /** The sum of these lines a month, each of them in whole cents, as in a bill. */
  readonly amount: Amount;
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
 * The price of a unit; undefined when the region has none.
 *
 * @throws CostError when it is that of a machine.
 */
export function perUnit(priceKey: string, book: PriceBook): number | undefined {
  const price = book.linePrice(priceKey);
  return "ok" in price ? price.ok.perUnit : undefined;
}

/**
 * Adds up the lines of an offer.
 *
 * @throws CostError when a machine has no price.
 */
export function offerOf<Plan extends NodePlan | NotebookPlan>(
  offer: Omit<Offer<Plan>, "amount">,
  book: PriceBook,
): Offer<Plan> {
  const amounts = offer.lines.map(({ quantity, priceKey }) =>
    product(quantity, perUnit(priceKey, book)),
  );
  return { ...offer, amount: sum(amounts) };
}

/** The cheapest of some offers, of those that lack no price if there are any; undefined when there is none. */
export function cheapestOf<O extends Pick<Offer, "amount">>(offers: readonly O[]): O | undefined {
  return offers.reduce<O | undefined>(
    (best, one) => (best === undefined || byAmount(one.amount, best.amount) < 0 ? one : best),
    undefined,
  );
}

/**
 * Prices such a line. It is unknown where its price is missing.
 *
 * @throws CostError when it is a machine without a price.
 */
export function addedLine(addition: Addition, book: PriceBook): EstimateLine {
  const quantity = trimFloat(addition.quantity);
  return {
    part: "target",
    resources: [],
    usage: undefined,
    ...addition,
    quantity,
    ...costOf(book.linePrice(addition.priceKey), quantity),
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
  { label, category, priceKey, quantity, usage }: Addition,
): readonly EstimateLine[] {
  const leftOf = (one: EstimateLine): number =>
    trimFloat((one.quantity ?? NaN) - trimFloat(quantity));
  const line = lines.find(
    (one) =>
      one.part === "target" &&
      one.category === category &&
      one.priceKey === priceKey &&
      // Homes of notebooks have the category and price of root disks.
      one.usage === usage &&
      // Nodes with a GPU may be of the same type, and fewer.
      leftOf(one) >= 0,
  );
  if (line === undefined) {
    throw new Error(`the declared stack does not have ${quantity} × ${label}`);
  }
  const left = leftOf(line);
  const rest = { ...line, quantity: left, amount: product(left, line.unitPrice) };
  return lines.flatMap((one) => (one !== line ? [one] : left === 0 ? [] : [rest]));
}
