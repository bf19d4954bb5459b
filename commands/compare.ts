import { join } from "node:path";
import { equalServices } from "../cost/compare/equal-capacity";
import type { PricedStack } from "../cost/compare/priced-stack";
import { CostError } from "../cost/cost-error";
import { USD, type Currency } from "../cost/currency";
import {
  liveReport,
  type LiveContext,
  type LiveReport,
  type LiveStack,
} from "../cost/live/live-report";
import { missingPrices, type StackLines } from "../cost/missing-prices";
import { readScenario, type Scenario } from "../cost/scenarios/scenario";
import { usageOf } from "../cost/scenarios/scenario-usage";
import { ESTIMATE_SCENARIO } from "../examples/first-estimate/calculator-estimate";
import { firstEstimate } from "../examples/first-estimate/report";
import { billsOf, reportBlocks } from "../reports/compare";
import { compareCsv, liveCsv } from "../reports/csv";
import { checks, diffBlocks, diffJson } from "../reports/diff";
import { asMarkdown, asText, type Block } from "../reports/document";
import { compareJson, liveJson } from "../reports/json";
import { counted } from "../reports/numbers";
import { liveBills, liveBlocks, NOTHING_LIVE } from "../reports/live";
import type { Report, View } from "../reports/report";
import { today } from "../settings";
import { printable } from "../settings/foreign-text";
import { SettingsError } from "../settings/contract";
import { stackNames } from "../settings/schema/stack-file";
import { TARGET_NAMES } from "../settings/shared";
import { diffReport } from "./diff";
import { reportFile, writeWhole } from "./html-file";
import { withOptions } from "./arguments";
import { COMMAND, HELP, readOptions, type Options } from "./options";
import { pricedStacks, type PricingContext } from "./priced-stacks";
import { terminal, type Terminal } from "./standard-output";

/** Everything that the command uses outside this process; tests replace it. */
export interface CompareContext extends PricingContext, Terminal {
  /** Called for `--live` only, so that the AWS SDK is loaded for nothing else. */
  live(): LiveContext;
  /** Folder of the stack files, in a git repository if `--diff` names a revision. */
  readonly folder: string;
}

/**
 * Prices stacks and prints them side by side.
 *
 * @returns the exit status: 0; 1 for an error that its message explains; 2 for wrong arguments; 3 above a limit.
 * @throws any error of the program itself, so that its stack trace is printed.
 */
export async function compare(argv: readonly string[], context: CompareContext): Promise<number> {
  const command = { script: COMMAND.script, help: HELP, read: readOptions };
  return withOptions(command, argv, context, (options) => printedReport(options, context));
}

async function printedReport(options: Options, context: CompareContext): Promise<number> {
  try {
    const { text, problems, exceeded = [] } = await run(options, context);
    context.out(`${text}\n`);
    [...problems, ...exceeded].forEach((problem) => {
      context.err(`${problem}\n`);
    });
    return exceeded.length > 0 ? 3 : problems.length > 0 ? 1 : 0;
  } catch (error) {
    if (error instanceof CostError || error instanceof SettingsError) {
      context.err(`${error.message}\n`);
      return 1;
    }
    throw error;
  }
}

/** The text for standard output, and the problems for standard error. */
interface Printed {
  readonly text: string;
  readonly problems: readonly string[];
  /** Limits of a budget that the stacks exceed. @default none */
  readonly exceeded?: readonly string[];
}

async function run(options: Options, context: CompareContext): Promise<Printed> {
  if (options.html !== undefined) {
    return writtenHtml({ ...options, html: options.html }, context);
  }
  if (options.live) {
    const found = await liveOf(options, context);
    if (found.stacks.length === 0 && ["json", "csv"].includes(options.format)) {
      context.err(`${NOTHING_LIVE}\n`);
    }
    const text = printed(options, context, {
      json: () => liveJson(found),
      csv: () => liveCsv(found),
      blocks: (view) => liveBlocks(found, view),
    });
    return {
      text,
      problems: [...found.stacks.flatMap(problemOf), ...lowerBounds(liveBills(found.stacks))],
    };
  }
  const found = await compareReport(options, context);
  if (options.diff !== undefined) {
    return printedDiff(found, { ...options, diff: options.diff }, context);
  }
  if (options.format === "csv") {
    // The other formats have a list of them.
    found.equal?.refused.forEach(({ stack, reason }) => {
      context.err(`stack ${stack} cannot hold the notebooks of the view equal: ${reason}\n`);
    });
  }
  const text = printed(options, context, {
    json: () => compareJson(found),
    csv: () => compareCsv(found),
    blocks: (view) => reportBlocks(found, view),
  });
  return { text, problems: problemsOf(found) };
}

/** Writes the report with equal service, and live stacks if they are asked for, as HTML. */
async function writtenHtml(
  options: Options & { readonly html: string },
  context: CompareContext,
): Promise<Printed> {
  // Loaded here, since only this needs the chart library. See `main` on `require`.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const page = require("../reports/html/page") as typeof import("../reports/html/page");
  // Before the work of minutes, not after it.
  const file = reportFile(options.html, { env: context.env, head: page.HTML_HEAD });
  const found = await compareReport({ ...options, equal: true }, context);
  const live = options.live ? await liveOf(options, context) : undefined;
  const text = page.htmlPage(found, live);
  writeWhole(file, text);
  return {
    text: `${printable(options.html)}: ${counted(Math.ceil(Buffer.byteLength(text) / 1000), "kB")} written`,
    problems: [
      ...problemsOf(found),
      ...(live === undefined
        ? []
        : [...live.stacks.flatMap(problemOf), ...lowerBounds(liveBills(live.stacks))]),
    ],
  };
}

async function printedDiff(
  found: Report,
  options: Options & { readonly diff: string },
  context: CompareContext,
): Promise<Printed> {
  const { diff: base, stacks, limits } = options;
  const { scenario, currency } = found;
  const pricing = { usage: usageOf(scenario), currency };
  const report = await diffReport(found, { base, stacks, limits, pricing }, context);
  const text = printed(options, context, {
    json: () => diffJson(report),
    csv: () => "",
    blocks: () => diffBlocks(report),
  });
  const exceeded = checks(report).filter(({ isOver }) => isOver);
  return {
    text,
    problems: problemsOf(found),
    exceeded: exceeded.map(({ sentence }) => sentence),
  };
}

/** Stacks without a price, and sums that are lower bounds. */
function problemsOf(found: Report): string[] {
  const refused = found.refused.map(
    ({ stack, region, problem }) =>
      `stack ${stack} is in no table${region === undefined ? "" : ` for ${region}`}: ${problem}`,
  );
  return [...refused, ...lowerBounds(billsOf(found))];
}

/** Problems that leave a report standing: what of its sums is a lower bound, and why. */
function lowerBounds(bills: readonly StackLines[]): string[] {
  return missingPrices(bills).map((problem) => `the sums of ${problem}`);
}

function problemOf({ stack, problem }: LiveStack): string[] {
  return problem === undefined ? [] : [`stack ${stack} is in no total: ${problem}`];
}

/** A report in each format. */
interface Formats {
  readonly json: () => string;
  readonly csv: () => string;
  readonly blocks: (view: View) => Block[];
}

function printed(
  { format, detail, explain }: Options,
  { paint, width }: CompareContext,
  formats: Formats,
): string {
  const blocks = (): Block[] =>
    formats.blocks({ detail: detail ? "lines" : "categories", explain });
  switch (format) {
    case "json":
      return formats.json();
    case "csv":
      return formats.csv();
    case "markdown":
      return asMarkdown(blocks());
    case "text":
      return asText(blocks(), { width, paint });
  }
}

async function liveOf(options: Options, context: CompareContext): Promise<LiveReport> {
  const { stacks: only, billed } = options;
  const scenario = readScenario(options.scenario);
  const currency = currencyOf(options, scenario, context.today);
  return liveReport({ only, scenario, currency, billed }, context.live());
}

/** The currency of a report. A rate from the command line is one of today, whatever day a scenario has. */
function currencyOf(
  { currency }: Pick<Options, "currency">,
  scenario: Scenario,
  day: string,
): Currency {
  return currency === undefined ? (scenario.currency ?? USD) : { ...currency, day };
}

/**
 * Prices the stacks of a comparison.
 *
 * @throws CostError when no stack can be priced, SettingsError when a stack file is refused.
 */
export async function compareReport(
  options: Pick<Options, "stacks" | "regions" | "scenario" | "equal" | "currency">,
  context: PricingContext,
): Promise<Report> {
  const scenario = readScenario(options.scenario);
  const currency = currencyOf(options, scenario, context.today);
  const pricing = { usage: usageOf(scenario), currency };
  const names = options.stacks ?? context.stacks();
  if (names.length === 0) {
    throw new SettingsError(
      "there is no Pulumi.<stack>.yaml; create one with pulumi stack init <stack>",
    );
  }
  const { regions } = options;
  // Half of a comparison by itself: three machines, and notebooks that they cannot hold. So `equal` is added.
  const isEstimate = options.scenario === ESTIMATE_SCENARIO;
  if (isEstimate && regions !== undefined) {
    throw new CostError(
      `the scenario ${ESTIMATE_SCENARIO} and --regions exclude each other: its figures are of one region`,
    );
  }
  const { stacks: priced, refused } = await pricedStacks(names, regions, pricing, context);
  const stacks = options.stacks === undefined ? byTarget(priced) : priced;
  return {
    stacks,
    refused,
    ...(regions !== undefined && { regions }),
    scenario,
    currency,
    today: context.today,
    ...(isEstimate && { section: firstEstimate() }),
    equal:
      options.equal || isEstimate
        ? await equalServices(stacks, scenario, (stack, overrides) =>
            context.priceStack(stack, { ...pricing, overrides }),
          )
        : undefined,
  };
}

/** Stacks in the order of the targets, and those of one target as they were. */
function byTarget(stacks: readonly PricedStack[]): PricedStack[] {
  const place = ({ target }: PricedStack): number => TARGET_NAMES.indexOf(target);
  return stacks.toSorted((one, other) => place(one) - place(other));
}

async function main(): Promise<void> {
  const folder = join(__dirname, "..");
  const day = today();
  process.exitCode = await compare(process.argv.slice(2), {
    folder,
    stacks: () => stackNames(folder),
    priceStack: (stack, { folder: from = folder, ...pricing }) => {
      // Loaded here, because help and wrong arguments need no Pulumi SDK, which is slow to load. `require`,
      // because Node passes an `import()` to a loader that knows no TypeScript.
      // eslint-disable-next-line @typescript-eslint/no-require-imports
      const { priceStack } = require("./price-stack") as typeof import("./price-stack");
      return priceStack(from, stack, { ...pricing, today: day });
    },
    live: () => {
      // eslint-disable-next-line @typescript-eslint/no-require-imports
      const { liveContext } = require("./live-context") as typeof import("./live-context");
      return liveContext(folder);
    },
    ...terminal(),
    today: day,
  });
}

if (require.main === module) {
  void main();
}
