import { CostError } from "../cost-error";
import type { Deployment, StoredStack } from "../resources/stack-export";
import { liveCost, type LiveCost } from "./live-cost";
import { cents } from "../money";
import type { Scenario } from "../scenarios/scenario";
import { usageOf } from "../scenarios/scenario-usage";
import type { BilledAnswer, BilledStack } from "./bill-cache";
import type { BilledAccess } from "./cost-explorer";

/** A stack of the backend, with what it costs and what AWS has billed for it. */
export interface LiveStack {
  readonly stack: string;
  readonly deployment: Deployment;
  /** Undefined when nothing that is billed is up, or it cannot be priced. */
  readonly cost: LiveCost | undefined;
  /** Why it cannot be priced, a sentence; undefined when it can. */
  readonly problem: string | undefined;
}

/** All that `--live` has found, whatever it is printed as. */
export interface LiveReport {
  readonly stacks: readonly LiveStack[];
  readonly scenario: Scenario;
  readonly now: Date;
  /** An answer for each account; empty when nobody asked. */
  readonly bills: readonly BilledAnswer[];
}

/** What `--live` needs of the world around it. */
export interface LiveContext {
  readonly now: Date;
  /** Stacks of the current Pulumi backend, or those of these names. */
  readonly stored: (only?: readonly string[]) => Promise<readonly StoredStack[]>;
  /** How AWS is spoken to for a stack; its file may not be there any more. */
  readonly access: (stack: string) => BilledAccess;
  readonly billed: (stacks: readonly BilledStack[]) => Promise<readonly BilledAnswer[]>;
}

/** What is asked of `--live`. */
export interface LiveQuestion {
  /** Names of stacks. @default all of the backend */
  readonly only: readonly string[] | undefined;
  readonly scenario: Scenario;
  /** Whether Cost Explorer is asked, which costs money. */
  readonly billed: boolean;
}

/**
 * Prices the stacks of the backend for the time that they have been up, and asks for their bills.
 *
 * @throws SettingsError when the backend cannot be read.
 */
export async function liveReport(
  { only, scenario, billed }: LiveQuestion,
  context: LiveContext,
): Promise<LiveReport> {
  const { now } = context;
  const stacks = (await context.stored(only))
    .map(({ stack, deployment }) => ({ stack, deployment, ...priced(deployment, scenario, now) }))
    .toSorted((one, other) => one.stack.localeCompare(other.stack));
  const asked = stacks.flatMap(({ stack, deployment: { stackId, resources } }): BilledStack[] => {
    const times = resources.flatMap(({ created }) => created?.getTime() ?? []);
    return stackId === undefined || times.length === 0
      ? []
      : [{ stackId, access: context.access(stack), upSince: new Date(Math.min(...times)) }];
  });
  const bills = billed && asked.length > 0 ? await context.billed(asked) : [];
  return { stacks, scenario, now, bills };
}

/** One stack without prices leaves the others theirs, and says why. */
function priced(
  deployment: Deployment,
  scenario: Scenario,
  now: Date,
): Pick<LiveStack, "cost" | "problem"> {
  try {
    const cost = liveCost(deployment, { now, usage: usageOf(scenario) });
    return { cost, problem: undefined };
  } catch (error) {
    if (error instanceof CostError) {
      return { cost: undefined, problem: error.message };
    }
    throw error;
  }
}

/** US dollars that AWS has billed for a stack by service; undefined when no answer has it. */
export function billedUsd(
  { deployment: { stackId } }: LiveStack,
  bills: readonly BilledAnswer[],
): Readonly<Record<string, number>> | undefined {
  const { billed } = billOf({ deployment: { stackId } }, bills) ?? {};
  // Data of the account, but none with this id: nothing billed yet, which is not the same as unknown.
  return billed === undefined || billed.until === null
    ? undefined
    : (billed.usd[stackId ?? ""] ?? {});
}

/** The answer that is about a stack; undefined when nobody asked. */
export function billOf(
  { deployment: { stackId } }: { readonly deployment: Pick<Deployment, "stackId"> },
  bills: readonly BilledAnswer[],
): BilledAnswer | undefined {
  return bills.find(({ stackIds }) => stackId !== undefined && stackIds.includes(stackId));
}

/** The sum of whole cents of each service, as the table by service has them. */
export function billedCents(byService: Readonly<Record<string, number>>): number {
  return Object.values(byService).reduce((sum, usd) => sum + cents(1, usd), 0);
}
