import type { LineItem } from "../rule";
import type { Usage } from "../scenarios/usage";
import { counted } from "./usage-count";

/** Disks of notebooks: their size by the settings, and what AWS bills them as. */
export interface NotebookDisks {
  /** GB of a new notebook's disk. */
  readonly eachGb: number;
  /** Their name in the line, e.g. `Studio disks`. */
  readonly name: string;
  readonly priceKey: string;
  readonly service: string;
}

/**
 * The line of the disks of all notebooks, running or not. A disk has the size of the settings, or the size
 * that the notebooks need if that is larger.
 */
export function notebookDisks(
  { eachGb, name, priceKey, service }: NotebookDisks,
  usage: Usage,
): LineItem {
  return {
    label: `${name} (${eachGb} GB each or more)`,
    unit: "GB-month",
    priceKey,
    service,
    category: "disks",
    ...counted(usage, ["notebookDisksGb", "notebooks"], (gb, notebooks) =>
      Math.max(gb, notebooks * eachGb),
    ),
  };
}
