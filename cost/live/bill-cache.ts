import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { isoDay } from "./live-cost";
import type { Billed, BilledAccess, BilledQuestion } from "./cost-explorer";

/** A stack whose bill is asked for. */
export interface BilledStack {
  readonly stackId: string;
  readonly access: BilledAccess;
  readonly upSince: Date;
}

/** What AWS has billed for some stacks, or why that is not known. */
export interface BilledAnswer {
  readonly stackIds: readonly string[];
  /** First day that was asked for, `YYYY-MM-DD`. */
  readonly from: string;
  /** Undefined when AWS has refused. */
  readonly billed: Billed | undefined;
  /** Why nothing is known, a sentence with what helps; undefined when something is. */
  readonly problem: string | undefined;
  /** When AWS was asked. */
  readonly asked: Date;
  /** Requests that were paid for just now; 0 when the answer was kept from before. */
  readonly paidRequests: number;
}

/** What asking for a bill needs of the world around it. */
export interface BilledContext {
  readonly now: Date;
  /** Folder of the answers that are kept. */
  readonly cache: string;
  readonly ask: (question: BilledQuestion) => Promise<Billed>;
}

/** US dollars that AWS takes for each request. https://aws.amazon.com/aws-cost-management/pricing/ */
export const REQUEST_USD = 0.01;

const DAY = 24 * 3_600_000;

/** Daily data goes back 14 months, as AWS's guide to Cost Explorer says: this is a little less. */
const OLDEST = 395 * DAY;

/** `ml-platform` in the folder that a person's account has for such files. */
export function cacheFolder(): string {
  return join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "ml-platform");
}

/**
 * Asks for the bills of stacks: one question for each account and way into it. An answer is kept for a
 * day: AWS takes money for each, and renews its data only a few times a day. A refusal is not kept, nor
 * an answer without data, to which the person may have to do something.
 */
export async function billedFor(
  stacks: readonly BilledStack[],
  context: BilledContext,
): Promise<BilledAnswer[]> {
  const groups = new Map<string, BilledStack[]>();
  for (const stack of stacks) {
    const key = JSON.stringify(stack.access);
    groups.set(key, [...(groups.get(key) ?? []), stack]);
  }
  return Promise.all(
    [...groups].map(([access, group]) =>
      answerFor(group, JSON.parse(access) as BilledAccess, context),
    ),
  );
}

async function answerFor(
  stacks: readonly BilledStack[],
  access: BilledAccess,
  { now, cache, ask }: BilledContext,
): Promise<BilledAnswer> {
  const stackIds = stacks.map(({ stackId }) => stackId).sort();
  const from = isoDay(beginning(stacks, now));
  const asked = [JSON.stringify(access), JSON.stringify(callerOf(process.env)), from, ...stackIds];
  const file = join(cache, `billed-${digest(asked)}.json`);
  const kept = read(file, now);
  if (kept !== undefined) {
    return { ...kept, stackIds, from, problem: undefined, paidRequests: 0 };
  }
  try {
    const billed = await ask({ access, stackIds, from, to: isoDay(new Date(now.getTime() + DAY)) });
    const problem = billed.problem ?? undefined;
    if (problem === undefined) {
      keep(file, { asked: now, billed });
    }
    return { stackIds, from, billed, problem, asked: now, paidRequests: billed.requests };
  } catch (error) {
    const problem = whyNot(error);
    return { stackIds, from, billed: undefined, problem, asked: now, paidRequests: 0 };
  }
}

/** Whose account the SDK asks where the stack file leaves it open: another one has another bill. */
function callerOf({ AWS_PROFILE, AWS_ACCESS_KEY_ID, AWS_ROLE_ARN }: NodeJS.ProcessEnv): object {
  return { AWS_PROFILE, AWS_ACCESS_KEY_ID, AWS_ROLE_ARN };
}

function beginning(stacks: readonly BilledStack[], now: Date): Date {
  const first = Math.min(...stacks.map(({ upSince }) => upSince.getTime()));
  return new Date(Math.max(first, now.getTime() - OLDEST));
}

interface Kept {
  readonly asked: Date;
  readonly billed: Billed;
}

/** The name tells nobody whose account it is. */
function digest(parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 16);
}

function read(file: string, now: Date): Kept | undefined {
  try {
    const { asked, billed } = JSON.parse(readFileSync(file, "utf8")) as Kept;
    const age = now.getTime() - new Date(asked).getTime();
    return age >= 0 && age < DAY ? { asked: new Date(asked), billed } : undefined;
  } catch {
    // There is none, or an earlier run was interrupted while it wrote: AWS is asked again.
    return undefined;
  }
}

function keep(file: string, kept: Kept): void {
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, JSON.stringify(kept), { mode: 0o600 });
}

function whyNot(error: unknown): string {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  if (/AccessDenied|NotAuthorized|UnrecognizedClient/i.test(name)) {
    return `Cost Explorer refuses: ${message} The permission is ce:GetCostAndUsage; --no-billed leaves the bill out`;
  }
  if (name === "DataUnavailableException") {
    return "Cost Explorer has no data of this account yet: it takes 24 hours from when it is first opened";
  }
  return `Cost Explorer cannot be asked: ${message} (${name}); --no-billed leaves the bill out`;
}
