import { DATABASE_TYPE, ENDPOINT_TYPE } from "../../settings/names";
import {
  HOURS_PER_MONTH,
  type DeclaredResource,
  type LineItem,
  type PricingContext,
} from "../rule";
import { aboveFree } from "../tiers";
import type { UsageName } from "../scenarios/usage";
import { ofStack } from "./of-stack";

/** GB a month that an account writes and stores for free. https://aws.amazon.com/cloudwatch/pricing/ */
const FREE_GB = 5;
/** Days in a month. */
const DAYS_PER_MONTH = HOURS_PER_MONTH / 24;

/** Kinds of logs, in the order in which they take the free allowance. AWS knows no order: only the sum counts. */
const KINDS = [
  "databaseLogGb",
  "functionLogGb",
  "notebookLogGb",
  "controlPlaneLogGb",
] as const satisfies readonly UsageName[];
/** Name of the usage of one kind of logs. */
export type LogUsage = (typeof KINDS)[number];

/** Logs of one kind. */
export interface Logs {
  /** Their name in lines, e.g. `Database logs`. */
  readonly what: string;
  readonly usage: LogUsage;
  /** Days after which CloudWatch deletes them. */
  readonly days: number;
}

/**
 * The lines of logs, which are billed when they are written and while they are stored, as if not compressed: AWS
 * bills stored logs compressed, at a ratio that cannot be known in advance. The free allowance counts once for
 * all logs of a stack.
 */
export function logLines(
  { what, usage: name, days }: Logs,
  { usage, stack }: Pick<PricingContext, "usage" | "stack">,
): LineItem[] {
  let free = FREE_GB;
  for (const before of kindsBefore(stack).get(name) ?? []) {
    free = Math.max(0, free - (usage[before] ?? 0));
  }
  const written = aboveFree(free, usage[name]);
  const facts = { usage: name, service: "CloudWatch", category: "operations" } as const;
  return [
    {
      label: `${what} written (beyond ${FREE_GB} GB free)`,
      unit: "GB",
      quantity: written,
      priceKey: "logs.ingest.gb",
      ...facts,
    },
    {
      label: `${what} kept for ${days} days (uncompressed)`,
      unit: "GB-month",
      quantity: written === undefined ? undefined : (written * days) / DAYS_PER_MONTH,
      priceKey: "logs.storage.gbMonth",
      ...facts,
    },
  ];
}

/** Kinds of logs of a stack that take the allowance before a kind. */
const kindsBefore = ofStack((stack) => {
  const found = new Set(stack.map(kindOf));
  // Of those no resource decides: every stack has notebooks.
  const kinds = KINDS.filter((kind) => kind === "notebookLogGb" || found.has(kind));
  return new Map(kinds.map((kind, index) => [kind, kinds.slice(0, index)]));
});

/**
 * The kind of a log group; undefined for other resources. A group with a given name belongs to a service: RDS, an
 * endpoint, or the control plane of EKS. Other groups belong to functions and their API. An endpoint counts with
 * those: it writes some lines at a start.
 */
export function kindOf({ type, inputs, urn }: DeclaredResource): LogUsage | undefined {
  if (type !== LOG_GROUP) {
    return undefined;
  }
  if (!("name" in inputs) || urn.includes(`${ENDPOINT_TYPE}$`)) {
    return "functionLogGb";
  }
  // By its parent, since the name contains the stack id, which is not known before a deployment.
  return urn.includes(`${DATABASE_TYPE}$`) ? "databaseLogGb" : "controlPlaneLogGb";
}

/** Type of a log group. */
export const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";
