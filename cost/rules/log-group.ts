import { isNumber, readInput } from "../resources/inputs";
import type { PriceRule } from "../rule";
import { kindOf, LOG_GROUP, logLines } from "./logs";

/** A log group is billed by what is written to it. */
export const logGroup: PriceRule = {
  type: LOG_GROUP,
  service: "CloudWatch",
  category: "operations",
  source: "https://aws.amazon.com/cloudwatch/pricing/",
  lines: (resource, context) => {
    const usage = kindOf(resource) ?? "functionLogGb";
    const days = readInput(resource, "retentionInDays", isNumber);
    const what = usage === "databaseLogGb" ? "Database logs" : "Logs";
    return logLines({ what, usage, days }, context);
  },
};
