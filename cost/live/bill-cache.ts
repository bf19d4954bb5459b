import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { isRecord } from "../../settings/schema/setting";
import { isoDay } from "./live-cost";
import type { BilledCosts, BillAccess, BillQuery } from "./cost-explorer";

/** Stack to ask for the bill of. */
export interface BilledStack {
  readonly stackId: string;
  readonly access: BillAccess;
  /** Time at which Pulumi created its first resource. */
  readonly upSince: Date;
}

/** Bill of stacks that share an account and a way of access, or the reason why it is not known. */
export interface Bill {
  readonly stackIds: readonly string[];
  /** First day of the bill, `YYYY-MM-DD`. */
  readonly from: string;
  /** Undefined when the request failed. */
  readonly billed: BilledCosts | undefined;
  /** Reason why no cost is known, and a remedy. Undefined when costs are known. */
  readonly problem: string | undefined;
  /** Time of the request to AWS. Earlier than now when the answer was cached. */
  readonly asked: Date;
  /** Requests that this run paid for. 0 when the answer was cached. */
  readonly paidRequests: number;
}

/** Clock, cache and AWS. Tests replace them. */
export interface BillContext {
  readonly now: Date;
  /** Folder of cached answers. Created when needed. */
  readonly cache: string;
  readonly ask: (query: BillQuery) => Promise<BilledCosts>;
}

/** US dollars for each request to Cost Explorer. https://aws.amazon.com/aws-cost-management/pricing/ */
export const REQUEST_USD = 0.01;

const DAY = 24 * 3_600_000;

/** Age of the oldest day to ask for. AWS's guide to Cost Explorer has daily data of 14 months; this is a little less. */
const OLDEST = 395 * DAY;

/** Cache folder of this project: `ml-platform` in `XDG_CACHE_HOME`, or else in `~/.cache`. */
export function cacheFolder(): string {
  return join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "ml-platform");
}

/**
 * Asks for the bills of stacks: one query for each account and way of access. The cache keeps an answer for
 * a day, because each request costs money and AWS updates its data only a few times a day. It keeps no
 * refusal and no answer without data, since the user may correct the cause and ask again.
 */
export async function billsOf(
  stacks: readonly BilledStack[],
  context: BillContext,
): Promise<Bill[]> {
  const groups = new Map<string, BilledStack[]>();
  for (const stack of stacks) {
    const key = JSON.stringify(stack.access);
    groups.set(key, [...(groups.get(key) ?? []), stack]);
  }
  return Promise.all(
    [...groups].map(([access, group]) =>
      answerFor(group, JSON.parse(access) as BillAccess, context),
    ),
  );
}

async function answerFor(
  stacks: readonly BilledStack[],
  access: BillAccess,
  { now, cache, ask }: BillContext,
): Promise<Bill> {
  const stackIds = stacks.map(({ stackId }) => stackId).sort();
  const from = isoDay(firstDay(stacks, now));
  const key = [JSON.stringify(access), JSON.stringify(callerOf(process.env)), from, ...stackIds];
  const file = join(cache, `billed-${digest(key)}.json`);
  const cached = readCache(file, now);
  if (cached !== undefined) {
    return { ...cached, stackIds, from, problem: undefined, paidRequests: 0 };
  }
  try {
    const billed = await ask({ access, stackIds, from, to: isoDay(new Date(now.getTime() + DAY)) });
    const problem = billed.problem ?? undefined;
    if (problem === undefined) {
      writeCache(file, { asked: now, billed });
    }
    return { stackIds, from, billed, problem, asked: now, paidRequests: billed.requests };
  } catch (error) {
    const problem = failure(error);
    return { stackIds, from, billed: undefined, problem, asked: now, paidRequests: 0 };
  }
}

/** Environment variables that choose the account if the stack file does not. Each account has its own bill. */
function callerOf({ AWS_PROFILE, AWS_ACCESS_KEY_ID, AWS_ROLE_ARN }: NodeJS.ProcessEnv): object {
  return { AWS_PROFILE, AWS_ACCESS_KEY_ID, AWS_ROLE_ARN };
}

function firstDay(stacks: readonly BilledStack[], now: Date): Date {
  const first = Math.min(...stacks.map(({ upSince }) => upSince.getTime()));
  return new Date(Math.max(first, now.getTime() - OLDEST));
}

interface CachedBill {
  readonly asked: Date;
  readonly billed: BilledCosts;
}

/** Part of a file name. As a hash it does not reveal the account. */
function digest(parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 16);
}

function readCache(file: string, now: Date): CachedBill | undefined {
  try {
    const { asked, billed } = JSON.parse(readFileSync(file, "utf8")) as CachedBill;
    const age = now.getTime() - new Date(asked).getTime();
    return age >= 0 && age < DAY && isRecord(billed.usd)
      ? { asked: new Date(asked), billed }
      : undefined;
  } catch {
    // There is no file, or an earlier run was interrupted while it wrote it: ask AWS again.
    return undefined;
  }
}

function writeCache(file: string, cached: CachedBill): void {
  try {
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, JSON.stringify(cached), { mode: 0o600 });
  } catch {
    // A full disk or a read-only home: the answer is paid for and shown, and asked for again next time.
  }
}

function failure(error: unknown): string {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  if (/AccessDenied|NotAuthorized|UnrecognizedClient/i.test(name)) {
    return `Cost Explorer refused the request: ${message} It needs the permission ce:GetCostAndUsage; --no-billed omits the bill`;
  }
  if (name === "DataUnavailableException") {
    return "Cost Explorer has no data of this account yet: it needs 24 hours after it is opened for the first time";
  }
  return `the request to Cost Explorer failed: ${message} (${name}); --no-billed omits the bill`;
}
