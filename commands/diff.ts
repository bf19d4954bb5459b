import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { product } from "../cost/amount";
import { CostError } from "../cost/cost-error";
import type { Currency } from "../cost/currency";
import { differenceOf, type Bill, type BillLine } from "../cost/compare/difference";
import type { DiffReport, Limits } from "../reports/diff";
import { scenarioJson } from "../reports/json";
import type { Report } from "../reports/report";
import { SettingsError } from "../settings/contract";
import { listed, printable, quoted, sentenceOf } from "../settings/foreign-text";
import { stackNames } from "../settings/schema/stack-file";
import { isRecord } from "../settings/schema/setting";
import { readTextFile, typedPath } from "../settings/schema/text-file";
import { pricedStacks, type Pricing, type PricingContext } from "./priced-stacks";

/** Most bytes of a report, which a program writes: a stack has 20 KiB. */
const MOST_OF_A_REPORT = 16 * 1024 * 1024;

/** Inputs of a comparison with a base. */
export interface DiffQuery {
  /** A JSON report of `npm start -- --json`, or a git revision. */
  readonly base: string;
  /** Names of the stacks. @default all of both sides */
  readonly stacks: readonly string[] | undefined;
  readonly limits: Limits;
  readonly pricing: Pricing;
}

/**
 * Compares stacks with a base: with a JSON report of before, or with the stack files of a git revision, priced by
 * this program at today's prices.
 *
 * @throws CostError or SettingsError when the base is neither, or cannot be compared.
 */
export async function diffReport(
  now: Report,
  { base, stacks, limits, pricing }: DiffQuery,
  context: PricingContext & { readonly folder: string },
): Promise<DiffReport> {
  const file = typedPath(base);
  const isFile = existsSync(file);
  const all = isFile
    ? billsOfReport(file, base, now)
    : await billsOfRevision({ base, pricing, stacks }, context);
  const before = all.filter(({ stack }) => stacks?.includes(stack) ?? true);
  return {
    base,
    compared: isFile
      ? `since the report ${printable(base)}: settings, program and prices`
      : `since ${printable(base)}: the stack files, at today's prices`,
    difference: differenceOf(
      before,
      now.stacks.map(({ stack, estimate: { lines } }) => ({ stack, lines })),
    ),
    currency: now.currency,
    today: now.today,
    limits,
  };
}

/** The stacks of a JSON report, which must be of the same scenario and currency. */
function billsOfReport(file: string, base: string, { scenario, currency }: Report): Bill[] {
  const read = readTextFile(file, MOST_OF_A_REPORT);
  if ("problem" in read) {
    throw new CostError(`the report ${quoted(base)} ${read.problem}`);
  }
  const report = parsed(base, read.ok);
  if (!isReport(report)) {
    throw new CostError(
      `${quoted(base)} is no report of npm start --silent -- --json, of version 2 or 3 and without --regions`,
    );
  }
  const odd = Object.entries(scenarioJson(scenario)).filter(
    ([name, value]) => name in report.scenario && !isDeepStrictEqual(report.scenario[name], value),
  );
  if (odd.length > 0) {
    throw new CostError(
      `${quoted(base)} was priced for another scenario (${listed(odd.map(([name]) => name))}); ` +
        `price both for the same one`,
    );
  }
  if (report.currency !== currency.code || report.rate !== currency.rate) {
    throw new CostError(
      `${quoted(base)} is in another currency or at another rate: it must be the same`,
    );
  }
  return report.stacks.map(({ stack, lines }) => ({ stack, lines: lines.map(billLine) }));
}

/** A report as far as it is read. */
interface BaseReport {
  readonly currency: Currency["code"];
  readonly rate: number;
  readonly scenario: Readonly<Record<string, unknown>>;
  readonly stacks: readonly { readonly stack: string; readonly lines: readonly BaseLine[] }[];
}

type BaseLine = Pick<BillLine, "part" | "category" | "service" | "label" | "unit"> & {
  readonly quantity: number | null;
  readonly unitPrice: number | null;
  readonly monthCents: number | null;
};

function parsed(base: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CostError(`the report ${quoted(base)} is not JSON: ${sentenceOf(error)}`);
  }
}

function isReport(value: unknown): value is BaseReport {
  return (
    isRecord(value) &&
    [2, 3].includes(value["version"] as number) &&
    value["regions"] === null &&
    isRecord(value["scenario"]) &&
    Array.isArray(value["stacks"]) &&
    value["stacks"].every(
      (one) =>
        isRecord(one) &&
        typeof one["stack"] === "string" &&
        Array.isArray(one["lines"]) &&
        one["lines"].every(isLine),
    )
  );
}

/** Largest number of a report that is believed: sums of larger ones are no longer exact. */
const MOST_OF_AN_AMOUNT = 1e12;

function isLine(value: unknown): value is BaseLine {
  const isAmount = (one: unknown): boolean =>
    one === null || (typeof one === "number" && Math.abs(one) <= MOST_OF_AN_AMOUNT);
  return (
    isRecord(value) &&
    ["part", "category", "service", "label", "unit"].every(
      (name) => typeof value[name] === "string",
    ) &&
    ["quantity", "unitPrice", "monthCents"].every((name) => isAmount(value[name]))
  );
}

function billLine({ quantity, unitPrice, monthCents, ...line }: BaseLine): BillLine {
  const amount = product(quantity ?? undefined, unitPrice ?? undefined);
  return {
    ...line,
    quantity: quantity ?? undefined,
    amount: { ...amount, leastCents: monthCents ?? 0 },
  };
}

/** The stacks of a revision: its stack files go into a folder of their own, from which they are priced. */
async function billsOfRevision(
  { base, pricing, stacks }: Pick<DiffQuery, "base" | "pricing" | "stacks">,
  context: PricingContext & { readonly folder: string },
): Promise<Bill[]> {
  const git = (...args: readonly string[]): string =>
    execFileSync("git", args, { cwd: context.folder, encoding: "utf8", stdio: "pipe" });
  const revision = revisionOf(base, git);
  const files = git("ls-tree", "-z", "--name-only", revision).split("\0").filter(isStackFile);
  const folder = mkdtempSync(join(tmpdir(), "stack-files-"));
  try {
    for (const file of files) {
      writeFileSync(join(folder, file), git("show", `${revision}:./${file}`));
    }
    const names = stackNames(folder).filter((name) => stacks?.includes(name) ?? true);
    if (names.length === 0) {
      return [];
    }
    // Warnings are about the stack files of today.
    const quiet = { ...context, err: () => undefined };
    const { stacks: found, refused } = await pricedStacks(
      names,
      undefined,
      { ...pricing, folder },
      quiet,
    );
    if (refused.length > 0) {
      const problems = refused.map(({ stack, problem }) => `stack ${stack}: ${problem}`);
      throw new CostError(`${base} cannot be priced:\n${problems.join("\n")}`);
    }
    return found.map(({ stack, estimate: { lines } }) => ({ stack, lines }));
  } catch (error) {
    throw error instanceof SettingsError
      ? new SettingsError(`${base} cannot be priced: ${error.message}`)
      : error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function isStackFile(file: string): boolean {
  return /^Pulumi\.[^/]+\.yaml$/.test(file);
}

/** The commit that a name stands for. */
function revisionOf(base: string, git: (...args: readonly string[]) => string): string {
  try {
    return git("rev-parse", "--verify", "--quiet", "--end-of-options", `${base}^{commit}`).trim();
  } catch {
    throw new CostError(
      `--diff must be a JSON report of npm start --silent -- --json, or a git revision such as origin/main; ` +
        `got ${quoted(base)}, and there is no such file and no such revision`,
    );
  }
}
