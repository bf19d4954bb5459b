import { INSTANCE_TYPES } from "../../settings/values/instance-types";
import { CostError } from "../cost-error";
import type { PriceBook } from "../price-book";
import { HOURS_PER_MONTH } from "../rule";
import type { Scenario } from "../scenarios/scenario";

/**
 * Idle minutes after which Studio stops a notebook, when it is told to stop it as early as it can.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_IdleSettings.html
 */
export const LEAST_IDLE_MINUTES = 60;

/** How long notebooks are in use in a month, all of them together. */
export interface NotebookUse {
  readonly notebooks: number;
  readonly hours: number;
  /** Days on which each is in use, summed over all. */
  readonly days: number;
}

/**
 * Hours a month that Studio bills: those in use, and after each day's last the idle ones until the stop.
 * At most: who stops a notebook by hand, or returns to it before, pays less. No notebook runs longer
 * than the month.
 */
export function studioHours({ notebooks, hours, days }: NotebookUse, idleMinutes: number): number {
  return Math.min(notebooks * HOURS_PER_MONTH, hours + (days * idleMinutes) / 60);
}

/** An instance type of Studio and what an hour of it costs. */
export interface StudioInstance {
  /** As SageMaker names it, e.g. `ml.t3.large`. */
  readonly name: string;
  readonly priceKey: string;
  readonly usd: number;
}

const KEY = /^sagemaker\.ml\.(.+)\.studio\.hour$/;

/**
 * The cheapest instance type of Studio that a region has a price for and that is at least as big as a
 * notebook of the scenario.
 *
 * @throws CostError when no type with a price is big enough.
 */
export function studioInstance(book: PriceBook, scenario: Scenario): StudioInstance {
  const priced = book.keys().flatMap((priceKey): StudioInstance[] => {
    const type = INSTANCE_TYPES.get(KEY.exec(priceKey)?.[1] ?? "");
    return type === undefined
      ? []
      : [{ name: `ml.${type.name}`, priceKey, usd: book.price(priceKey).usd }];
  });
  const [cheapest] = priced
    .filter(({ name }) => isAsBig(name, scenario))
    .sort((one, other) => one.usd - other.usd || one.name.localeCompare(other.name));
  if (cheapest === undefined) {
    const { notebookVcpus, notebookGib } = scenario;
    throw new CostError(
      `no instance type of Studio with a price for ${book.region} has ${notebookVcpus} vCPU and ` +
        `${notebookGib} GiB (notebookVcpus, notebookGib); add sagemaker.ml.<type>.studio.hour to ` +
        `cost/prices/${book.region}.json with its source and date`,
    );
  }
  return cheapest;
}

/** Whether an instance type of Studio has the processors and the memory of a notebook. */
export function isAsBig(name: string, { notebookVcpus, notebookGib }: Scenario): boolean {
  const type = INSTANCE_TYPES.get(name.replace(/^ml\./, ""));
  return type !== undefined && type.vcpus >= notebookVcpus && type.memoryGib >= notebookGib;
}
