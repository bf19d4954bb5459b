import type { Usage, UsageName } from "./scenarios/usage";

/** Hours in a billing month: 365 × 24 ÷ 12, as in AWS's own price calculator. */
export const HOURS_PER_MONTH = 730;

/** Purposes of cost, in the order of the comparison. */
export const CATEGORIES = [
  "data",
  "database",
  "logins",
  "control plane",
  "compute",
  "notebooks",
  "disks",
  "network",
  "operations",
] as const;
/** Name of a category. */
export type Category = (typeof CATEGORIES)[number];

/** One resource for a price rule: recorded from mocks, or read from a stack export. */
export interface DeclaredResource {
  /** Pulumi type token, e.g. `aws:ec2/instance:Instance`. */
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  readonly urn: string;
  /** Id in AWS, by which other resources refer to it. */
  readonly id: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** One line of an estimate: a quantity per month and the key of its unit price. */
export interface LineItem {
  /** Billed item: it begins with a capital, and variable facts are in brackets. */
  readonly label: string;
  /** Unit of quantity and price, e.g. "hour", "GB-month". */
  readonly unit: string;
  /** Units per month; undefined when the usage that `usage` names is unknown. */
  readonly quantity: number | undefined;
  /** Key in `cost/prices/<region>.json`. */
  readonly priceKey: string;
  /**
   * Usage that determines the quantity. It is the usage of the whole stack, so the line counts once, even if
   * several resources return it.
   */
  readonly usage?: UsageName;
  /** AWS service on the bill. @default the service of the rule */
  readonly service?: string;
  /** Purpose of the cost. @default the category of the rule */
  readonly category?: Category;
}

/** Inputs of a price besides the resource itself. */
export interface PricingContext {
  readonly usage: Usage;
  /** All resources of the stack: some prices depend on several of them. */
  readonly stack: readonly DeclaredResource[];
  /** `YYYY-MM-DD`: some prices change on a known day. */
  readonly today: string;
}

/** Billing of one resource type. It has no dollar amounts: these are in the price book. */
export interface PriceRule {
  /** Pulumi type token that the rule prices. */
  readonly type: string;
  /** AWS service as a bill shows it, e.g. "EC2". */
  readonly service: string;
  readonly category: Category;
  /** AWS price page for the lines. */
  readonly source: string;
  /** Reason why a resource without a line is free. @default every resource returns a line */
  readonly freeReason?: string;
  /**
   * Returns the lines of a resource.
   *
   * @throws CostError when an input that the price depends on is absent or unknown.
   */
  lines(resource: DeclaredResource, context: PricingContext): LineItem[];
}
