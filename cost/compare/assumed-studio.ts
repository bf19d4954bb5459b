import { LEAST_IDLE_MINUTES, SAGEMAKER_CAPACITY } from "../../settings/targets/sagemaker";
import type { Estimate } from "../estimate";
import type { PriceBook } from "../price-book";
import { billedHours } from "../scenarios/billed-hours";
import type { Scenario } from "../scenarios/scenario";
import { notebookHours, notebooks, usageOf } from "../scenarios/scenario-usage";
import { notebookMachine } from "./notebook-machine";
import { addedLine, perNotebookService, type Addition, type Service } from "./service-cost";

/**
 * Studio where no compared stack declares it: an app and a disk for each notebook, above the shared
 * part of another stack. The home file system and the login broker are not in it.
 *
 * @throws CostError when a price of Studio is missing.
 */
export function assumedStudio(estimate: Estimate, scenario: Scenario, book: PriceBook): Service {
  const shared = estimate.lines.filter(({ part }) => part === "shared");
  const own = [studioApps(scenario, book), spaceDisks(scenario)];
  const lines = [...shared, ...own.map((line) => addedLine(line, book))];
  return perNotebookService({ ...estimate, lines }, scenario, LEAST_IDLE_MINUTES);
}

function spaceDisks(scenario: Scenario): Addition {
  return {
    service: "SageMaker",
    category: "disks",
    label: "Studio space disks",
    unit: "GB-month",
    quantity: usageOf(scenario).studioSpaceGb ?? 0,
    usage: "studioSpaceGb",
    priceKey: "sagemaker.studioStorage.gbMonth",
  };
}

function studioApps(scenario: Scenario, book: PriceBook): Addition {
  const { name, priceKey } = notebookMachine(SAGEMAKER_CAPACITY, book, scenario);
  const many = notebooks(scenario);
  const use = {
    notebooks: many,
    hours: notebookHours(scenario),
    days: many * scenario.daysPerMonth,
  };
  return {
    service: "SageMaker",
    category: "notebooks",
    label: `Studio notebook (${name})`,
    unit: "hour",
    quantity: billedHours(use, LEAST_IDLE_MINUTES),
    usage: "notebookHours",
    priceKey,
  };
}
