import { sum, type Amount } from "../amount";
import type { Scenario } from "../scenarios/scenario";
import { cheapestOf, type Offer, type Platform } from "./offer";

/** Machines that a platform would need if its notebooks had a little more or less memory. */
export interface Edge {
  readonly stack: string;
  readonly machines: Offer["machines"];
  readonly mode: Offer["mode"];
  /** Memory of a notebook with which these machines are the cheapest, in GiB. */
  readonly notebookGib: number;
  /** Total a month, in whole cents. */
  readonly total: Amount;
}

/** Share of a notebook's memory that counts as a little. */
const MARGIN = 0.25;

/** The machines on both sides of those of a scenario; none where a little memory changes nothing. */
export function edgesOf(
  { stack, offers }: Pick<Platform, "stack" | "offers">,
  others: (scenario: Scenario) => Amount,
  scenario: Scenario,
): Edge[] {
  const name = (offer: Offer | undefined): string => JSON.stringify(offer?.machines);
  const now = name(cheapestOf(offers(scenario)));
  return [1 - MARGIN, 1 + MARGIN].flatMap((share) => {
    const notebookGib = scenario.notebookGib * share;
    const offer = cheapestOf(offers({ ...scenario, notebookGib }));
    return offer === undefined || offer.amount.atLeast || name(offer) === now
      ? []
      : [
          {
            stack,
            machines: offer.machines,
            mode: offer.mode,
            notebookGib,
            total: sum([others(scenario), offer.amount]),
          },
        ];
  });
}
