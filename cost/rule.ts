import type { Usage, UsageName } from "./scenarios/usage";

/** Hours in a billing month: 365 × 24 ÷ 12, as in AWS's own price calculator. */
export const HOURS_PER_MONTH = 730;

/** What money is spent on, in the order in which it is compared. */
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
export type Category = (typeof CATEGORIES)[number];

/** One resource as a rule sees it, whether recorded from mocks or read from a stack export. */
export interface DeclaredResource {
  /** Pulumi type token, e.g. `aws:ec2/instance:Instance`. */
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  readonly urn: string;
  /** AWS's own id, by which other resources refer to it. */
  readonly id: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** One line of an estimate: a quantity per month and the key of its unit price. */
export interface LineItem {
  /** What is billed: capital first, changing facts in one bracket. */
  readonly label: string;
  /** Unit both the quantity and the price are in, e.g. "hour", "GB-month". */
  readonly unit: string;
  /** Units per month; undefined when only usage can tell, and then `usage` says which. */
  readonly quantity: number | undefined;
  /** Key in `cost/prices/<region>.json`. */
  readonly priceKey: string;
  /**
   * The usage that the quantity comes from. Usage is that of the whole stack, so the line counts
   * once however many resources give it.
   */
  readonly usage?: UsageName;
  /** AWS service on the bill. @default the service of the rule */
  readonly service?: string;
  /** What the money is spent on. @default the category of the rule */
  readonly category?: Category;
}

/** What a price depends on beside the resource itself. */
export interface PricingContext {
  readonly usage: Usage;
  /** Everything that the stack has: some resources say only together what they cost. */
  readonly stack: readonly DeclaredResource[];
  /** `YYYY-MM-DD`: some prices change on a day that is known. */
  readonly today: string;
}

/** How one resource type is billed. No dollar amount: the price book holds those. */
export interface PriceRule {
  /** Pulumi type token that the rule prices. */
  readonly type: string;
  /** AWS service as it reads on a bill, e.g. "EC2". */
  readonly service: string;
  readonly category: Category;
  /** AWS price page that the lines follow. */
  readonly source: string;
  /** Why a resource that gives no line costs nothing. @default every resource gives a line */
  readonly freeReason?: string;
  /** @throws CostError when an input that the price depends on is absent or unknown. */
  lines(resource: DeclaredResource, context: PricingContext): LineItem[];
}
