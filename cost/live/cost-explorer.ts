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

/** What AWS has billed for some stacks of one account. */
export interface Billed {
  /** US dollars by stack id and AWS's own name of a service, as exact as AWS gives them. */
  readonly usd: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** First day with data, `YYYY-MM-DD`; null when there is none. */
  readonly since: string | null;
  /** Newest day with data, `YYYY-MM-DD`; null when there is none. */
  readonly until: string | null;
  /** Why there is no data, a sentence; null when there is some. */
  readonly problem: string | null;
  /** Requests that it took; AWS takes $0.01 for each. https://aws.amazon.com/aws-cost-management/pricing/ */
  readonly requests: number;
}

/** Way into an account; Cost Explorer answers for all of its regions. */
export type BilledAccess = Omit<AwsAccess, "region">;

/** What is asked: the tag values, and the days. */
export interface BilledQuestion {
  readonly access: BilledAccess;
  readonly stackIds: readonly string[];
  /** First day, `YYYY-MM-DD`. */
  readonly from: string;
  /** Day after the last. */
  readonly to: string;
}

/** Tag by which AWS is asked; the value is eight hexadecimal digits. */
const TAG = TAG_KEYS.stackId;

/** Cost Explorer has one address for all regions. https://docs.aws.amazon.com/general/latest/gr/billing.html */
const REGION = "us-east-1";

/**
 * Asks Cost Explorer, day by day, for all pages.
 *
 * @throws what the AWS SDK throws, among it a refusal for want of a permission.
 */
export async function askCostExplorer(question: BilledQuestion): Promise<Billed> {
  const settings = clientSettings({ ...question.access, region: REGION }, "costexplorer");
  const client = new CostExplorerClient(settings);
  const days: ResultByTime[] = [];
  let requests = 0;
  let page: string | undefined;
  do {
    const input = { ...inputOf(question), ...(page !== undefined && { NextPageToken: page }) };
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

function inputOf({ stackIds, from, to }: BilledQuestion): GetCostAndUsageCommandInput {
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
        // What a credit or a tax rate of this account does is no property of a platform.
        { Not: { Dimensions: { Key: "RECORD_TYPE", Values: ["Credit", "Refund", "Tax"] } } },
      ],
    },
  };
}

/** A group's keys are `StackId$<value>` and the service. */
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

/** Days of which AWS has data, in their order. */
function withData(days: readonly ResultByTime[]): string[] {
  return days
    .filter(({ Groups = [] }) => Groups.length > 0)
    .map(({ TimePeriod }) => TimePeriod?.Start ?? "")
    .sort();
}

/** Nothing is billed, or AWS does not know the tag yet: one more request tells. */
async function whyNothing(client: CostExplorerClient): Promise<string> {
  const activate =
    `aws ce update-cost-allocation-tags-status --cost-allocation-tags-status TagKey=${TAG},Status=Active ` +
    `(once, in the account that pays; data follows within about 24 hours)`;
  let status: string | undefined;
  try {
    const { CostAllocationTags = [] } = await client.send(
      new ListCostAllocationTagsCommand({ TagKeys: [TAG] }),
    );
    status = CostAllocationTags.find(({ TagKey }) => TagKey === TAG)?.Status;
  } catch (error) {
    return (
      `AWS has no cost with the tag ${TAG}; whether the tag is activated for billing cannot be seen here ` +
      `(${nameOf(error)}, ce:ListCostAllocationTags). It is activated by ${activate}`
    );
  }
  switch (status) {
    case "Active":
      return `AWS has no cost with the tag ${TAG} yet: billing data is about 24 hours behind`;
    case undefined:
      return (
        `AWS billing has not seen the tag ${TAG} yet: it does within about 24 hours of the first deployment, ` +
        `and then has to be activated: ${activate}`
      );
    default:
      return `the tag ${TAG} is not activated for billing, so AWS cannot tell stacks apart: ${activate}`;
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : String(error);
}
