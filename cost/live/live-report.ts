import { CostError } from "../cost-error";
import { exactly, sum, type Amount } from "../amount";
import { USD, type Currency } from "../currency";
import { priceBook } from "../price-book";
import { sentenceOf } from "../../settings/foreign-text";
import { TARGET_NAMES } from "../../settings/shared";
import { summaries, type RunSummary, type TrainingRun } from "../training-run";
import type { Deployment, StoredStack } from "../resources/stack-export";
import { cents, trimFloat } from "../money";
import type { Scenario } from "../scenarios/scenario";
import { usageOf } from "../scenarios/scenario-usage";
import type { Bill, BilledStack } from "./bill-cache";
import type { BillAccess } from "./cost-explorer";
import { liveCost, type LiveCost, type LiveOptions } from "./live-cost";

/** A stack of the backend and its cost. */
export interface LiveStack {
  readonly stack: string;
  readonly deployment: Deployment;
  /** Undefined when the stack has no billed resource, or cannot be priced. */
  readonly cost: LiveCost | undefined;
  /** The reason why the stack cannot be priced; undefined when it can. */
  readonly problem: string | undefined;
  /** The last runs of the workload by size; undefined when they cannot be read. */
  readonly runs: readonly RunSummary[] | undefined;
  /** The reason why the runs cannot be read. @default they can */
  readonly runsProblem?: string;
}

/** The findings of one run of `--live`, independent of the output format. */
export interface LiveReport {
  readonly stacks: readonly LiveStack[];
  readonly scenario: Scenario;
  readonly currency: Currency;
  readonly now: Date;
  /** A bill for each account and way of access; empty when AWS was not asked. */
  readonly bills: readonly Bill[];
}

/** Everything that `--live` uses outside this process; tests replace it. */
export interface LiveContext {
  readonly now: Date;
  /** Stacks of the current Pulumi backend: those of these names, or all. */
  readonly stored: (only?: readonly string[]) => Promise<readonly StoredStack[]>;
  /** AWS access settings of a stack; empty when it has no stack file any more. */
  readonly access: (stack: string) => BillAccess;
  /** The last runs of the workload on a stack that is up, the newest first. */
  readonly runs: (stack: StoredStack) => Promise<readonly TrainingRun[]>;
  readonly billed: (stacks: readonly BilledStack[]) => Promise<readonly Bill[]>;
}

/** Options of `--live`. */
export interface LiveQuery {
  /** Names of the stacks. @default every stack of the backend */
  readonly only: readonly string[] | undefined;
  readonly scenario: Scenario;
  readonly currency: Currency;
  /** True if Cost Explorer is asked, which costs money. */
  readonly billed: boolean;
}

/**
 * Prices the stacks of the backend for the time since they were deployed, and asks for their bills.
 *
 * @throws SettingsError when the backend cannot be read.
 */
export async function liveReport(
  { only, scenario, currency, billed }: LiveQuery,
  context: LiveContext,
): Promise<LiveReport> {
  const { now } = context;
  const options = { usage: usageOf(scenario), currency, now };
  const found = await Promise.all(
    (await context.stored(only)).map(async (one) => ({
      ...one,
      ...priced(one.deployment, options),
      ...(await measured(one, context)),
    })),
  );
  const stacks = found.toSorted((one, other) => one.stack.localeCompare(other.stack));
  const asked = stacks.flatMap(({ stack, deployment: { stackId, resources } }): BilledStack[] => {
    const times = resources.flatMap(({ created }) => created?.getTime() ?? []);
    return stackId === undefined || times.length === 0
      ? []
      : [{ stackId, access: context.access(stack), upSince: new Date(Math.min(...times)) }];
  });
  const bills = billed && asked.length > 0 ? await context.billed(asked) : [];
  return { stacks, scenario, currency, now, bills };
}

/** Prices one stack. A stack whose machines have no price gets a problem, so that the others are still priced. */
function priced(deployment: Deployment, options: LiveOptions): Pick<LiveStack, "cost" | "problem"> {
  try {
    return { cost: liveCost(deployment, options), problem: undefined };
  } catch (error) {
    if (error instanceof CostError) {
      return { cost: undefined, problem: error.message };
    }
    throw error;
  }
}

/** Reads the runs of one stack. A report is worth reading without them, so a failure is a sentence in it. */
async function measured(
  stored: StoredStack,
  { runs }: LiveContext,
): Promise<Pick<LiveStack, "runs" | "runsProblem">> {
  const { stack } = stored;
  const { region } = stored.deployment;
  const target = TARGET_NAMES.find((name) => name === stored.deployment.target);
  if (
    region === undefined ||
    target === undefined ||
    stored.deployment.outputs["bucket"] === undefined
  ) {
    return { runs: [] };
  }
  try {
    // People write to their folders, so a document does not tell whose bucket it is in.
    const found = (await runs(stored)).map((run) => ({ ...run, stack, target }));
    return { runs: summaries(found, priceBook(region, USD)) };
  } catch (error) {
    return { runs: undefined, runsProblem: sentenceOf(error) };
  }
}

/** US dollars that AWS has billed for a stack, by service; undefined when that is not known. */
export function billedUsd(
  { deployment: { stackId } }: LiveStack,
  bills: readonly Bill[],
): Readonly<Record<string, number>> | undefined {
  const { billed } = billOf({ deployment: { stackId } }, bills) ?? {};
  // The account has data, but none with this id: nothing is billed yet, which is not the same as unknown.
  return billed === undefined || billed.until === null
    ? undefined
    : (billed.usd[stackId ?? ""] ?? {});
}

/** The bill that covers a stack; undefined when AWS was not asked. */
export function billOf(
  { deployment: { stackId } }: { readonly deployment: Pick<Deployment, "stackId"> },
  bills: readonly Bill[],
): Bill | undefined {
  return bills.find(({ stackIds }) => stackId !== undefined && stackIds.includes(stackId));
}

/**
 * Sum of a bill, which AWS writes in US dollars. Each service is rounded to whole cents, as in the table by
 * service.
 */
export function billedAmount(
  byService: Readonly<Record<string, number>>,
  { rate }: Currency,
): Amount {
  return sum(Object.values(byService).map((usd) => exactly(cents(1, trimFloat(usd * rate)))));
}
