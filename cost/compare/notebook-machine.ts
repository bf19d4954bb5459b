import type { PerNotebookCapacity } from "../../settings/targets/profile";
import {
  INSTANCE_TYPES,
  visibleMib,
  type InstanceType,
} from "../../settings/values/instance-types";
import type { PriceBook } from "../price-book";
import type { Scenario } from "../scenarios/scenario";
import { peakVcpus } from "../scenarios/scenario-usage";

/** The machine of a notebook and what an hour on it costs. */
export interface NotebookMachine {
  /** As AWS names it, e.g. `ml.t3.large`. */
  readonly name: string;
  readonly type: InstanceType;
  readonly priceKey: string;
  readonly perHour: number;
}

/** The part of a target's capacity that decides about machines. */
export type MachineTypes = Pick<
  PerNotebookCapacity<never>,
  "instanceOf" | "machineOf" | "priceKey"
>;

/** Machines that a region has a price for, the cheapest first. */
export function notebookMachines(types: MachineTypes, book: PriceBook): NotebookMachine[] {
  return [...INSTANCE_TYPES.values()]
    .map((type) => ({ type, name: types.machineOf(type) }))
    .map((machine) => ({ ...machine, priceKey: types.priceKey(machine.name) }))
    .filter(({ priceKey }) => book.has(priceKey))
    .map((machine) => ({ ...machine, perHour: book.price(machine.priceKey).perUnit }))
    .sort((one, other) => one.perHour - other.perHour || one.name.localeCompare(other.name));
}

/** Memory in GiB that a notebook can use on a machine of its own; AWS's system keeps the rest. */
export function usableGib(
  type: InstanceType,
  { hiddenMemoryPercent, studioSystemGib }: Scenario,
): number {
  return visibleMib(type, hiddenMemoryPercent) / 1024 - studioSystemGib;
}

/** Tells whether an instance type has the processors and the memory of a notebook. */
export function isAsBig(type: InstanceType | undefined, scenario: Scenario): boolean {
  return (
    type !== undefined &&
    type.vcpus >= peakVcpus(scenario) &&
    usableGib(type, scenario) >= scenario.notebookGib
  );
}

/** The reason why no machine of a region is big enough: a clause. */
export function noMachine(types: MachineTypes, region: string, scenario: Scenario): string {
  return (
    `no machine with a price in ${region} has ${peakVcpus(scenario)} vCPU and ${scenario.notebookGib} GiB ` +
    `for a notebook (notebookPeakVcpus, notebookGib); add ${types.priceKey("TYPE")} to ` +
    `cost/prices/${region}.json with its source and date`
  );
}
