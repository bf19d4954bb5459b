import { join } from "node:path";
import { styleText } from "node:util";
import { CostError } from "../cost/cost-error";
import { NOTES_SCENARIO, pricedNotes } from "../examples/first-estimate/calculator-estimate";
import { readScenario } from "../cost/scenarios/scenario";
import { usageOf } from "../cost/scenarios/scenario-usage";
import type { Usage } from "../cost/scenarios/usage";
import { today } from "../settings";
import { SettingsError } from "../settings/contract";
import { stackNames } from "../settings/schema/stack-file";
import type { Detail } from "../reports/compare";
import { asMarkdown, asText, type Block } from "../reports/document";
import { equalServices } from "../cost/compare/equal-capacity";
import {
  liveReport,
  type LiveContext,
  type LiveReport,
  type LiveStack,
} from "../cost/live/live-report";
import { liveCsv, liveJson } from "../reports/live-data";
import { liveBlocks } from "../reports/live";
import { HELP, readOptions, type Options } from "./options";
import type { PricedStack } from "../cost/compare/priced-stack";
import type { Overrides } from "../settings/targets/profile";
import { reportBlocks, type RefusedStack, type Report } from "../reports/report";
import { reportCsv } from "../reports/csv";
import { reportJson } from "../reports/json";
import { standardOutput } from "./standard-output";
import { plain, type Paint } from "../reports/table";

/** Columns of the report: what a terminal of 100 columns shows without breaking lines. */
const WIDTH = 100;

/** What the command needs of the world around it. */
export interface CompareContext {
  /** Names of the stacks there are. */
  stacks(): readonly string[];
  priceStack(stack: string, usage: Usage, overrides?: Overrides): Promise<PricedStack>;
  /** What only `--live` needs, and only then is loaded. */
  live(): LiveContext;
  /** Writes to standard output or error, nothing added. */
  out(text: string): void;
  err(text: string): void;
  readonly paint: Paint;
  /** `YYYY-MM-DD` */
  readonly today: string;
}

/**
 * Prices stacks and prints them side by side.
 *
 * @returns the exit status: 0, 1 for a fault that its message explains, 2 for wrong arguments.
 * @throws what is no fault of the person who runs it, so that its stack trace is seen.
 */
export async function compare(argv: readonly string[], context: CompareContext): Promise<number> {
  const options = readOptions(argv);
  if (typeof options === "string") {
    context.err(`${options}\nnpm start -- --help lists the options\n`);
    return 2;
  }
  if (options.help) {
    context.out(HELP);
    return 0;
  }
  try {
    const { text, problems } = await result(options, context);
    context.out(`${text}\n`);
    problems.forEach((problem) => {
      context.err(`${problem}\n`);
    });
    return problems.length === 0 ? 0 : 1;
  } catch (error) {
    if (error instanceof CostError || error instanceof SettingsError) {
      context.err(`${error.message}\n`);
      return 1;
    }
    throw error;
  }
}

/** What is printed, and what of it a person must not overlook. */
interface Result {
  readonly text: string;
  readonly problems: readonly string[];
}

async function result(options: Options, context: CompareContext): Promise<Result> {
  if (options.live) {
    const found = await liveOf(options, context);
    const text = printed(options, context, {
      json: () => liveJson(found),
      csv: () => liveCsv(found),
      blocks: (detail) => liveBlocks(found, detail),
    });
    return { text, problems: found.stacks.flatMap(problemOf) };
  }
  const found = await reportOf(options, context);
  if (options.format === "csv") {
    // The other forms have a place for it.
    found.equal?.refused.forEach(({ stack, reason }) => {
      context.err(`stack ${stack} is not among the rows of equal: ${reason}\n`);
    });
  }
  const text = printed(options, context, {
    json: () => reportJson(found),
    csv: () => reportCsv(found),
    blocks: (detail) => reportBlocks(found, detail),
  });
  const problems = found.refused.map(
    ({ stack, problem }) => `stack ${stack} is in no table: ${problem}`,
  );
  return { text, problems };
}

function problemOf({ stack, problem }: LiveStack): string[] {
  return problem === undefined ? [] : [`stack ${stack} is in no sum: ${problem}`];
}

/** A report in each form that it can have. */
interface Forms {
  readonly json: () => string;
  readonly csv: () => string;
  readonly blocks: (detail: Detail) => Block[];
}

function printed({ format, detail }: Options, { paint }: CompareContext, forms: Forms): string {
  const blocks = (): Block[] => forms.blocks(detail ? "lines" : "categories");
  switch (format) {
    case "json":
      return forms.json();
    case "csv":
      return forms.csv();
    case "markdown":
      return asMarkdown(blocks());
    case "text":
      return asText(blocks(), { width: WIDTH, paint });
  }
}

async function liveOf(options: Options, context: CompareContext): Promise<LiveReport> {
  const { stacks: only, billed } = options;
  const scenario = readScenario(options.scenario);
  return liveReport({ only, scenario, billed }, context.live());
}

async function reportOf(options: Options, context: CompareContext): Promise<Report> {
  const scenario = readScenario(options.scenario);
  const usage = usageOf(scenario);
  const names = options.stacks ?? context.stacks();
  if (names.length === 0) {
    throw new SettingsError("there is no Pulumi.<stack>.yaml; pulumi stack init <stack> makes one");
  }
  const { stacks, refused } = await pricedStacks(names, usage, context);
  // The notes are half of a comparison: three machines, and notebooks that they cannot hold.
  const isNotes = options.scenario === NOTES_SCENARIO;
  return {
    stacks,
    refused,
    scenario,
    today: context.today,
    notes: isNotes ? pricedNotes() : undefined,
    equal:
      options.equal || isNotes
        ? await equalServices(stacks, scenario, (stack, overrides) =>
            context.priceStack(stack, usage, overrides),
          )
        : undefined,
  };
}

/**
 * Prices the stacks that can be priced.
 *
 * @throws CostError when none can.
 */
async function pricedStacks(
  names: readonly string[],
  usage: Usage,
  context: CompareContext,
): Promise<Pick<Report, "stacks" | "refused">> {
  const stacks: PricedStack[] = [];
  const refused: RefusedStack[] = [];
  for (const stack of names) {
    try {
      // One after the other: the recorder stands in for the engine, of which a process has one.
      stacks.push(await context.priceStack(stack, usage));
    } catch (error) {
      if (!(error instanceof CostError)) {
        throw error;
      }
      refused.push({ stack, problem: error.message.replace(`stack ${stack}: `, "") });
    }
  }
  if (stacks.length === 0) {
    throw new CostError(
      refused.map(({ stack, problem }) => `stack ${stack}: ${problem}`).join("\n"),
    );
  }
  for (const { stack, warnings } of stacks) {
    warnings.forEach((warning) => {
      context.err(`warning: stack ${stack}: ${warning}\n`);
    });
  }
  return { stacks, refused };
}

async function main(): Promise<void> {
  const folder = join(__dirname, "..");
  const day = today();
  process.exitCode = await compare(process.argv.slice(2), {
    stacks: () => stackNames(folder),
    priceStack: (stack, usage, overrides = {}) => {
      // Loaded here, since help and wrong arguments need no Pulumi SDK, which takes its time; by
      // `require`, since Node hands an `import()` to a loader that knows no TypeScript.
      // eslint-disable-next-line @typescript-eslint/no-require-imports
      const { priceStack } = require("./price-stack") as typeof import("./price-stack");
      return priceStack(folder, stack, { usage, today: day, overrides });
    },
    live: () => {
      // eslint-disable-next-line @typescript-eslint/no-require-imports
      const { liveContext } = require("./live-context") as typeof import("./live-context");
      return liveContext(folder);
    },
    out: standardOutput,
    err: (text) => void process.stderr.write(text),
    paint: process.stdout.isTTY && process.stdout.hasColors() ? styleText : plain,
    today: day,
  });
}

if (require.main === module) {
  void main();
}
