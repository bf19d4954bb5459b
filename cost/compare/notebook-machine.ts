import type { PerNotebookCapacity } from "../../settings/targets/profile";
import { INSTANCE_TYPES, type InstanceType } from "../../settings/values/instance-types";
import { CostError } from "../cost-error";
import type { PriceBook } from "../price-book";
import type { Scenario } from "../scenarios/scenario";

/** The machine of a notebook and what an hour on it costs. */
export interface NotebookMachine {
  /** As AWS names it, e.g. `ml.t3.large`. */
  readonly name: string;
  readonly priceKey: string;
  readonly perHour: number;
}

/** The part of a target's capacity that decides about machines. */
type MachineTypes = Pick<PerNotebookCapacity<never>, "instanceOf" | "machineOf" | "priceKey">;

/**
 * The cheapest machine that a region has a price for and that is at least as big as a notebook of the
 * scenario.
 *
 * @throws CostError when no machine with a price is big enough.
 */
export function notebookMachine(
  types: MachineTypes,
  book: PriceBook,
  scenario: Scenario,
): NotebookMachine {
  const prices = new Set(book.keys());
  const [cheapest] = [...INSTANCE_TYPES.values()]
    .filter((type) => isAsBig(type, scenario))
    .map((type) => types.machineOf(type))
    .map((name) => ({ name, priceKey: types.priceKey(name) }))
    .filter(({ priceKey }) => prices.has(priceKey))
    .map((machine) => ({ ...machine, perHour: book.price(machine.priceKey).perUnit }))
    .sort((one, other) => one.perHour - other.perHour || one.name.localeCompare(other.name));
  if (cheapest === undefined) {
    const { notebookVcpus, notebookGib } = scenario;
    throw new CostError(
      `no machine with a price in ${book.region} has ${notebookVcpus} vCPU and ${notebookGib} GiB ` +
        `(notebookVcpus, notebookGib); add ${types.priceKey("TYPE")} to ` +
        `cost/prices/${book.region}.json with its source and date`,
    );
  }
  return cheapest;
}

/** Tells whether an instance type has the processors and the memory of a notebook. */
export function isAsBig(
  type: InstanceType | undefined,
  { notebookVcpus, notebookGib }: Scenario,
): boolean {
  return type !== undefined && type.vcpus >= notebookVcpus && type.memoryGib >= notebookGib;
}
