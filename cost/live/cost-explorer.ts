import {
  CostExplorerClient,
  GetCostAndUsageCommand,
  ListCostAllocationTagsCommand,
  type GetCostAndUsageCommandInput,
  type ResultByTime,
} from "@aws-sdk/client-cost-explorer";
import { trimFloat } from "../money";
import { clientSettings } from "../../aws/client-settings";
import { TAG_KEYS } from "../../settings/names";
import { type AwsAccess } from "../../settings/schema/aws-access";

/** Costs that AWS has billed for stacks of one account. */
export interface BilledCosts {
  /** US dollars by stack id and by AWS's name of the service, not rounded. */
  readonly usd: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** First day with data, `YYYY-MM-DD`; null when there is none. */
  readonly since: string | null;
  /** Newest day with data, `YYYY-MM-DD`; null when there is none. */
  readonly until: string | null;
  /** The reason why there is no data; null when there is some. */
  readonly problem: string | null;
  /** Number of requests; each costs $0.01. https://aws.amazon.com/aws-cost-management/pricing/ */
  readonly requests: number;
}

/** Access to an account; Cost Explorer answers for all of its regions. */
export type BillAccess = Omit<AwsAccess, "region">;

/** Stacks and days of a query. */
export interface BillQuery {
  readonly access: BillAccess;
  readonly stackIds: readonly string[];
  /** First day, `YYYY-MM-DD`. */
  readonly from: string;
  /** Day after the last, `YYYY-MM-DD`. */
  readonly to: string;
}

/** Tag by which AWS groups the costs; its value is the stack id, eight hexadecimal digits. */
const TAG = TAG_KEYS.stackId;

/** Region of the only endpoint of Cost Explorer. https://docs.aws.amazon.com/general/latest/gr/billing.html */
const REGION = "us-east-1";

/**
 * Asks Cost Explorer for the daily costs of stacks, all pages of them.
 *
 * @throws the error of the AWS SDK, for instance when a permission is missing; Error when amounts are not
 *   in US dollars.
 */
export async function askCostExplorer(query: BillQuery): Promise<BilledCosts> {
  const settings = clientSettings({ ...query.access, region: REGION }, "costexplorer");
  const client = new CostExplorerClient(settings);
  const days: ResultByTime[] = [];
  let requests = 0;
  let page: string | undefined;
  do {
    const input = { ...inputOf(query), ...(page !== undefined && { NextPageToken: page }) };
    const answer = await client.send(new GetCostAndUsageCommand(input));
    requests += 1;
    days.push(...(answer.ResultsByTime ?? []));
    page = answer.NextPageToken;
  } while (page !== undefined && page !== "");
  const usd = sums(days);
  const filled = withData(days);
  const [since, until] = [filled[0], filled.at(-1)];
  if (since !== undefined && until !== undefined) {
    return { usd, since, until, problem: null, requests };
  }
  const problem = await whyNothing(client);
  return { usd, since: null, until: null, problem, requests: requests + 1 };
}

function inputOf({ stackIds, from, to }: BillQuery): GetCostAndUsageCommandInput {
  return {
    TimePeriod: { Start: from, End: to },
    Granularity: "DAILY",
    Metrics: ["UnblendedCost"],
    GroupBy: [
      { Type: "TAG", Key: TAG },
      { Type: "DIMENSION", Key: "SERVICE" },
    ],
    Filter: {
      And: [
        { Tags: { Key: TAG, Values: [...stackIds] } },
        // Credits and taxes are properties of the account, not of a platform.
        { Not: { Dimensions: { Key: "RECORD_TYPE", Values: ["Credit", "Refund", "Tax"] } } },
      ],
    },
  };
}

/** Adds up days by stack and service. The keys of a group are `StackId$<value>` and the service. */
function sums(days: readonly ResultByTime[]): Record<string, Record<string, number>> {
  const usd: Record<string, Record<string, number>> = {};
  for (const { Keys = [], Metrics } of days.flatMap(({ Groups = [] }) => Groups)) {
    const [tag = "", service = ""] = Keys;
    const { Amount = "0", Unit = "USD" } = Metrics?.["UnblendedCost"] ?? {};
    if (Unit !== "USD") {
      throw new Error(`Cost Explorer answers in ${Unit}; amounts here are in US dollars`);
    }
    const ofStack = (usd[tag.slice(TAG.length + 1)] ??= {});
    ofStack[service] = trimFloat((ofStack[service] ?? 0) + Number(Amount));
  }
  return usd;
}

/** Days that have data, in order. */
function withData(days: readonly ResultByTime[]): string[] {
  return days
    .filter(({ Groups = [] }) => Groups.length > 0)
    .map(({ TimePeriod }) => TimePeriod?.Start ?? "")
    .sort();
}

/** Finds out, by one more request, whether nothing is billed or the tag is not activated for billing. */
async function whyNothing(client: CostExplorerClient): Promise<string> {
  const activate =
    `aws ce update-cost-allocation-tags-status --cost-allocation-tags-status TagKey=${TAG},Status=Active ` +
    `(once, in the account that pays the bill; data follows within about 24 hours)`;
  let status: string | undefined;
  try {
    const { CostAllocationTags = [] } = await client.send(
      new ListCostAllocationTagsCommand({ TagKeys: [TAG] }),
    );
    status = CostAllocationTags.find(({ TagKey }) => TagKey === TAG)?.Status;
  } catch (error) {
    return (
      `AWS has no cost with the tag ${TAG}. Whether the tag is activated for billing is not known ` +
      `(${nameOf(error)}, ce:ListCostAllocationTags). To activate it: ${activate}`
    );
  }
  switch (status) {
    case "Active":
      return `AWS has no cost with the tag ${TAG} yet: billing data is about 24 hours behind`;
    case undefined:
      return (
        `AWS billing has not seen the tag ${TAG} yet. That takes about 24 hours after the first deployment; ` +
        `then activate the tag: ${activate}`
      );
    default:
      return `the tag ${TAG} is not activated for billing, so AWS cannot tell stacks apart. To activate it: ${activate}`;
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : String(error);
}
