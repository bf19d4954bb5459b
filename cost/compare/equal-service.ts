import type { TargetName } from "../../settings/shared";
import type { Currency } from "../currency";
import type { EstimateLine, Totals } from "../estimate";
import type { BreakEven, Candidate } from "./break-even";
import type { Edge } from "./edges";
import type { Offer } from "./offer";
import type { Cluster } from "./priced-stack";
import type { Sensitivity } from "./sensitivity";
import type { Mode } from "./ways";

/** One way to give all people of a scenario their notebooks, priced. */
export interface Service extends Totals {
  readonly mode: Mode;
  readonly lines: readonly EstimateLine[];
}

/** A stack, or Studio, that holds all notebooks of the scenario, paid in one way. */
export interface EqualService {
  /** Name of the stack, or `Studio` where no compared stack has that target. */
  readonly stack: string;
  readonly target: TargetName;
  readonly region: string;
  /** Currency of its amounts. */
  readonly currency: Currency;
  /** The machines that run the notebooks. */
  readonly machines: Offer["machines"];
  /** True for nodes of the type that the stack or the scenario names; another type may be cheaper. */
  readonly declared: boolean;
  /** The stack's cluster, for the capacity model. @default the stack has none */
  readonly cluster?: Cluster;
  readonly service: Service;
}

/**
 * The cheapest row of each stack.
 *
 * @param services rows, the cheapest first.
 */
export function cheapestRows(services: readonly EqualService[]): EqualService[] {
  return services.filter(
    ({ stack }, index) => services.findIndex((one) => one.stack === stack) === index,
  );
}

/** A stack, or a type of nodes of it, that cannot hold the notebooks, and why. */
export interface Refused {
  readonly stack: string;
  readonly target: TargetName;
  readonly reason: string;
}

/** The same notebooks on every platform. */
export interface EqualComparison {
  /** The model, to be asked for other scenarios; without stacks that lack a price. */
  readonly candidates: readonly Candidate[];
  /** The cheapest first; those that lack a price after the others. */
  readonly services: readonly EqualService[];
  readonly refused: readonly Refused[];
  /** Machines beside those above, where a notebook is nearly as large as they allow. */
  readonly edges: readonly Edge[];
  /**
   * An entry for each pair of stacks. Here, in `edges` and in `sensitivity` are no stacks that lack a price:
   * what they cost at least decides nothing.
   */
  readonly breakEvens: readonly BreakEven[];
  /** An entry for each assumption. */
  readonly sensitivity: readonly Sensitivity[];
  /** Stack whose shared part is added to Studio, where no compared stack has that target. */
  readonly sharedCostsFrom: string | undefined;
}
