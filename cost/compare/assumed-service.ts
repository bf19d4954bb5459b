import type { AssumedService, PerNotebookCapacity } from "../../settings/targets/profile";
import type { Estimate } from "../estimate";
import type { PriceBook } from "../price-book";
import { billedHours } from "../scenarios/billed-hours";
import type { Scenario } from "../scenarios/scenario";
import { notebookHours, notebooks, usageOf } from "../scenarios/scenario-usage";
import { notebookMachine } from "./notebook-machine";
import { addedLine, perNotebookService, type Addition, type Service } from "./service-cost";

/** The capacity of a target that is compared even where no stack has it. */
export type AssumedCapacity = Omit<PerNotebookCapacity<never>, "assumed"> & {
  readonly assumed: AssumedService;
};

/**
 * A target that no compared stack has: an app and a disk for each notebook, above the shared part of
 * another stack. Its other resources, such as Studio's home file system and login broker, are not in it.
 *
 * @throws CostError when no machine with a price is big enough.
 */
export function assumedService(
  capacity: AssumedCapacity,
  estimate: Estimate,
  scenario: Scenario,
  book: PriceBook,
): Service {
  const shared = estimate.lines.filter(({ part }) => part === "shared");
  const own = [apps(capacity, scenario, book), disks(capacity.assumed, scenario)];
  const lines = [...shared, ...own.map((line) => addedLine(line, book))];
  return perNotebookService({ ...estimate, lines }, scenario, capacity.assumed.idleMinutes);
}

function disks({ name, service, diskPriceKey }: AssumedService, scenario: Scenario): Addition {
  return {
    service,
    category: "disks",
    label: `${name} space disks`,
    unit: "GB-month",
    quantity: usageOf(scenario).notebookDisksGb ?? 0,
    usage: "notebookDisksGb",
    priceKey: diskPriceKey,
  };
}

function apps(capacity: AssumedCapacity, scenario: Scenario, book: PriceBook): Addition {
  const { name, service, idleMinutes } = capacity.assumed;
  const machine = notebookMachine(capacity, book, scenario);
  const many = notebooks(scenario);
  const use = {
    notebooks: many,
    hours: notebookHours(scenario),
    days: many * scenario.daysPerMonth,
  };
  return {
    service,
    category: "notebooks",
    label: `${name} notebook (${machine.name})`,
    unit: "hour",
    quantity: billedHours(use, idleMinutes),
    usage: "notebookHours",
    priceKey: machine.priceKey,
  };
}
