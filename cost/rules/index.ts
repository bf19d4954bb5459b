import type { PriceRule } from "../rule";
import { bucket } from "./bucket";
import { database } from "./database";
import { distribution } from "./distribution";
import { eksCluster } from "./eks-cluster";
import { elasticIp } from "./elastic-ip";
import { encryptionKey } from "./encryption-key";
import { endpoint } from "./endpoint";
import { FREE } from "./free";
import { lambdaFunction } from "./function";
import { httpApi } from "./http-api";
import { instance } from "./instance";
import { internetGateway } from "./internet-gateway";
import { loadBalancer } from "./load-balancer";
import { logGroup } from "./log-group";
import { natGateway } from "./nat-gateway";
import { nodeGroup } from "./node-group";
import { parameter } from "./parameter";
import { release } from "./release";
import { studioDomain } from "./studio-domain";
import { userPool } from "./user-pool";
import { vpcEndpoint } from "./vpc-endpoint";
import { zone } from "./zone";

export { FREE };

/** Every type with a price rule, in the order of the report. */
export const PRICED: readonly PriceRule[] = [
  eksCluster,
  instance,
  nodeGroup,
  natGateway,
  elasticIp,
  vpcEndpoint,
  internetGateway,
  bucket,
  database,
  userPool,
  distribution,
  loadBalancer,
  zone,
  parameter,
  logGroup,
  release,
  studioDomain,
  endpoint,
  httpApi,
  lambdaFunction,
  encryptionKey,
];

/** Types that are billed but not in the estimate, with the reason. */
export const UNPRICED: Readonly<Record<string, string>> = {
  // https://aws.amazon.com/cloudfront/pricing/
  "aws:cloudfront/function:Function":
    "2,000,000 invocations a month are free; further ones depend on visits",
};

/** Costs that no declared resource shows; printed under every estimate. */
export const NOT_INCLUDED: readonly string[] = [
  "Taxes, support plans, credits and Savings Plans. Reserved instances are in equal service only.",
  "Traffic between availability zones, other than to a NAT gateway, and traffic to other regions.",
  "CPU credits of t3, t3a and t4g instances beyond their baseline, which only equal service counts.",
  "Logs of pods and of Studio, and images of your own: nothing here sends or makes any. A scenario counts them by notebookLogGb and imageStorageGb.",
  "What people start by themselves: volumes, snapshots, load balancers, and training and endpoints beside those of equal service.",
  "Free allowances are those of one account: a second stack in it shares them.",
];

/** Pricing of one resource type in an estimate. */
export type Treatment =
  | { readonly kind: "priced"; readonly rule: PriceRule }
  | { readonly kind: "free" | "unpriced"; readonly reason: string };

const RULES = new Map(PRICED.map((rule) => [rule.type, rule]));

/** Looks up a type in the three lists; undefined when none contains it. */
export function pricingOf(type: string): Treatment | undefined {
  const rule = RULES.get(type);
  if (rule !== undefined) {
    return { kind: "priced", rule };
  }
  const unpriced = UNPRICED[type];
  if (unpriced !== undefined) {
    return { kind: "unpriced", reason: unpriced };
  }
  const free = FREE[type] ?? Object.entries(FREE).find(([entry]) => matches(entry, type))?.[1];
  return free === undefined ? undefined : { kind: "free", reason: free };
}

function matches(entry: string, type: string): boolean {
  return entry.endsWith("*") && type.startsWith(entry.slice(0, -1));
}
