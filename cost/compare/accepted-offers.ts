import { SettingsError, type Result } from "../../settings/contract";
import type { EstimateLine } from "../estimate";
import type { Scenario } from "../scenarios/scenario";
import type { NodePlan } from "./capacity";
import { otherLines, type NotebookPlan, type Offer, type Platform } from "./offer";
import type { PricedStack } from "./priced-stack";

/** A platform and its offers for a scenario. */
interface Offered<Plan extends NodePlan | NotebookPlan, P extends Platform<Plan>> {
  readonly platform: P;
  readonly offers: readonly Offer<Plan>[];
}

/** Offers that the settings of a stack accept. */
interface Accepted<Plan extends NodePlan | NotebookPlan, P extends Platform<Plan>> extends Offered<
  Plan,
  P
> {
  /** Everything beside the machines, by `nameOf` of the machines. */
  readonly others: ReadonlyMap<string, readonly EstimateLine[]>;
  /** Faults of the types that the settings refuse. */
  readonly refused: ReadonlyMap<string, string>;
}

/**
 * Declares a stack once more with the machines of each offer, and searches again without the types that its
 * settings refuse, until they accept all.
 */
export async function acceptedOffers<
  Plan extends NodePlan | NotebookPlan,
  P extends Platform<Plan>,
>(
  search: (refused: ReadonlySet<string>) => Offered<Plan, P>,
  declare: (machines: Plan) => Promise<PricedStack>,
  scenario: Scenario,
): Promise<Accepted<Plan, P>> {
  const others = new Map<string, readonly EstimateLine[]>();
  const refused = new Map<string, string>();
  for (;;) {
    const before = refused.size;
    const found = search(new Set(refused.keys()));
    // One after the other, as when they were priced; each kind of machines once.
    for (const { machines } of found.offers) {
      const name = nameOf(machines);
      if (others.has(name) || refused.has(machines.instanceType)) {
        continue;
      }
      const again = await acceptedBy(declare(machines));
      if ("ok" in again) {
        others.set(
          name,
          otherLines(again.ok.estimate.lines, found.platform.declared(machines, scenario)),
        );
      } else {
        refused.set(machines.instanceType, again.problem);
      }
    }
    if (refused.size === before) {
      return { ...found, others, refused };
    }
  }
}

/** The stack, or the faults of its settings. */
async function acceptedBy(declared: Promise<PricedStack>): Promise<Result<PricedStack>> {
  try {
    return { ok: await declared };
  } catch (error) {
    if (error instanceof SettingsError) {
      return { problem: error.reason };
    }
    throw error;
  }
}

/** Machines by number and type: `4 × t3a.xlarge`, or the type of each notebook's. */
export function nameOf(machines: NodePlan | NotebookPlan): string {
  const { kind, instanceType } = machines;
  return kind === "nodes" ? `${machines.count} × ${instanceType}` : instanceType;
}
