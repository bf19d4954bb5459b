import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CostError } from "./cost-error";

interface UsageEntry {
  /** What is counted, over one month and the whole stack. */
  readonly doc: string;
  readonly unit: string;
}

/** Every quantity that a bill depends on and a declaration cannot tell: stack-wide, per month. */
export const USAGE = {
  monthlyActiveUsers: { doc: "People who log in at least once", unit: "user" },
  s3StorageGb: { doc: "Data kept in all buckets together, S3 Standard", unit: "GB" },
  s3PutRequests: { doc: "PUT, COPY, POST and LIST requests to S3", unit: "request" },
  s3GetRequests: { doc: "GET and all other requests to S3", unit: "request" },
  natGatewayGb: { doc: "Data through the NAT gateways, both directions", unit: "GB" },
  interfaceEndpointGb: { doc: "Data through the interface endpoints", unit: "GB" },
  internetOutGb: { doc: "Data from the stack to the internet, CloudFront apart", unit: "GB" },
  rdsBackupGb: { doc: "Database backups and snapshots kept", unit: "GB" },
  dnsQueries: { doc: "Queries that the hosted zones answer", unit: "query" },
  studioHours: {
    doc: "Hours in which Studio notebooks run, idle ones until they are stopped among them",
    unit: "hour",
  },
  studioSpaceGb: { doc: "Disks of Studio notebooks, running or not", unit: "GB" },
  homeFileSystemGb: { doc: "Data in the home file system of Studio", unit: "GB" },
  loginRequests: { doc: "Requests to the login of Studio", unit: "request" },
  controlPlaneLogGb: { doc: "Logs that the control plane of EKS writes", unit: "GB" },
  functionLogGb: { doc: "Logs of the stack's own functions", unit: "GB" },
  cloudFrontGb: { doc: "Data from CloudFront to the internet", unit: "GB" },
  cloudFrontRequests: { doc: "HTTPS requests to CloudFront", unit: "request" },
} as const satisfies Readonly<Record<string, UsageEntry>>;

/** Name of one usage quantity, e.g. `natGatewayGb`. */
export type UsageName = keyof typeof USAGE;

/** Monthly usage of a stack by name; what is absent is unknown, not zero. */
export type Usage = Readonly<Partial<Record<UsageName, number>>>;

/** A set of usage quantities and the situation that they describe. */
export interface UsageAssumptions {
  /** Who uses the stack and how, in one or two sentences; printed above the quantities. */
  readonly about: string;
  readonly usage: Usage;
}

/** The assumptions that hold when nothing else is asked for: a small team. */
export const DEFAULT_USAGE_FILE = join(__dirname, "team-usage.json");

/**
 * Reads assumptions from a JSON file: `{ "about": text, "usage": { <name>: number } }`.
 *
 * @throws CostError naming the file when it is not such a file, with every entry at fault.
 */
export function readUsage(file: string): UsageAssumptions {
  const content = parse(file);
  if (!isRecord(content) || typeof content["about"] !== "string" || !isRecord(content["usage"])) {
    throw new CostError(`${file} must hold { "about": text, "usage": { <name>: number } }`);
  }
  const faults = Object.entries(content["usage"]).flatMap(([name, value]) => fault(name, value));
  if (faults.length > 0) {
    throw new CostError(
      [`${file} cannot be used:`, ...faults.map((one) => `  - ${one}`)].join("\n"),
    );
  }
  // `fault` has accepted every name and every value.
  return { about: content["about"], usage: content["usage"] };
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new CostError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function fault(name: string, value: unknown): string[] {
  if (!Object.hasOwn(USAGE, name)) {
    return [`${name} is no usage quantity; there are ${Object.keys(USAGE).join(", ")}`];
  }
  return typeof value === "number" && Number.isFinite(value) && value >= 0
    ? []
    : [`${name} must be a number from 0; got ${JSON.stringify(value)}`];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
