import type { LineItem, PricingContext } from "../rule";
import { logLines } from "./logs";

/** Days in a month: nothing deletes these logs before. */
const KEPT_DAYS = 30;

/**
 * The lines of what people may add to their notebooks on any target, where the scenario has a number for it: logs
 * that they send to CloudWatch, and images of their own. The stack declares neither.
 */
export function notebookExtras(context: Pick<PricingContext, "usage" | "stack">): LineItem[] {
  const { notebookLogGb, imageStorageGb } = context.usage;
  const logs = { what: "Notebook logs", usage: "notebookLogGb", days: KEPT_DAYS } as const;
  return [
    ...(notebookLogGb === undefined ? [] : logLines(logs, context)),
    ...(imageStorageGb === undefined
      ? []
      : [
          {
            label: "Notebook images",
            unit: "GB-month",
            quantity: imageStorageGb,
            usage: "imageStorageGb",
            priceKey: "ecr.storage.gbMonth",
            service: "ECR",
            category: "disks",
          } as const,
        ]),
  ];
}
