import { isNumber, readInput } from "../resources/inputs";
import type { DeclaredResource, PriceRule } from "../rule";
import { aboveFree } from "../tiers";
import type { UsageName } from "../scenarios/usage";

/** GB a month that an account writes and stores for free. https://aws.amazon.com/cloudwatch/pricing/ */
const FREE_GB = 5;
/** Days in a month of 730 hours. */
const DAYS_PER_MONTH = 730 / 24;

/**
 * Logs are billed when they are written and while they are stored. The rule assumes no compression. AWS bills
 * stored logs compressed, at a ratio that cannot be known in advance.
 *
 * A group with a given name belongs to a service: RDS, or the control plane of EKS. Other groups belong to
 * functions and their API, whose logs are another quantity.
 */
export const logGroup: PriceRule = {
  type: "aws:cloudwatch/logGroup:LogGroup",
  service: "CloudWatch",
  category: "operations",
  source: "https://aws.amazon.com/cloudwatch/pricing/",
  lines: (resource, { usage }) => {
    const name = writtenBy(resource);
    const days = readInput(resource, "retentionInDays", isNumber);
    const written = aboveFree(FREE_GB, usage[name]);
    const what = name === "databaseLogGb" ? "Database logs" : "Logs";
    return [
      {
        label: `${what} written (beyond ${FREE_GB} GB free)`,
        unit: "GB",
        quantity: written,
        usage: name,
        priceKey: "logs.ingest.gb",
      },
      {
        label: `${what} kept for ${days} days (uncompressed)`,
        unit: "GB-month",
        quantity: written === undefined ? undefined : (written * days) / DAYS_PER_MONTH,
        usage: name,
        priceKey: "logs.storage.gbMonth",
      },
    ];
  },
};

function writtenBy(resource: DeclaredResource): UsageName {
  if (!("name" in resource.inputs)) {
    return "functionLogGb";
  }
  // By its parent, since the name contains the stack id, which is not known before a deployment.
  return resource.urn.includes("mlp:component:Database$") ? "databaseLogGb" : "controlPlaneLogGb";
}
