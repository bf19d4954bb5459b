import { join } from "node:path";
import { parseArgs, styleText } from "node:util";
import { CostError } from "../cost/cost-error";
import { DEFAULT_USAGE_FILE, readUsage, type Usage } from "../cost/usage";
import { today } from "../settings";
import { SettingsError } from "../settings/load";
import { stackNames } from "../settings/stack-file";
import type { PricedStack } from "./priced-stack";
import { report } from "./report";
import { reportJson } from "./report-json";
import { plain, type Paint } from "./table";

const HELP = `Usage: npm start -- [options]

Prices stacks from what they declare. Works offline: no AWS account, no Pulumi login.

Options:
  --stacks a,b   stacks to price, in this order (default: every Pulumi.<stack>.yaml)
  --json         print JSON instead of tables; docs/json.md describes it
  --help         print this text

Usage that no declaration tells is in cost/team-usage.json, prices are in cost/prices/<region>.json.
Exit status: 0 priced, 1 something has no price or a stack file is wrong, 2 wrong arguments.
`;

/** Columns of the report: what a terminal of 100 columns shows without breaking lines. */
const WIDTH = 100;

/** What the command needs of the world around it. */
export interface CompareContext {
  /** Names of the stacks there are. */
  stacks(): readonly string[];
  priceStack(stack: string, usage: Usage): Promise<PricedStack>;
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
  const options = read(argv);
  if (typeof options === "string") {
    context.err(`${options}\nnpm start -- --help lists the options\n`);
    return 2;
  }
  if (options.help) {
    context.out(HELP);
    return 0;
  }
  try {
    context.out(`${await result(options, context)}\n`);
    return 0;
  } catch (error) {
    if (error instanceof CostError || error instanceof SettingsError) {
      context.err(`${error.message}\n`);
      return 1;
    }
    throw error;
  }
}

interface Options {
  readonly stacks: readonly string[] | undefined;
  readonly json: boolean;
  readonly help: boolean;
}

/** The options, or what is wrong with them. */
function read(argv: readonly string[]): Options | string {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        stacks: { type: "string" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    const stacks = values.stacks?.split(",").map((name) => name.trim());
    return stacks?.includes("") === true
      ? `--stacks must be names with commas between them; got "${values.stacks ?? ""}"`
      : { stacks, json: values.json, help: values.help };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function result(options: Options, context: CompareContext): Promise<string> {
  const assumptions = readUsage(DEFAULT_USAGE_FILE);
  const names = options.stacks ?? context.stacks();
  if (names.length === 0) {
    throw new SettingsError("there is no Pulumi.<stack>.yaml; pulumi stack init <stack> makes one");
  }
  const stacks: PricedStack[] = [];
  for (const name of names) {
    // One after the other: the recorder stands in for the engine, of which a process has one.
    const priced = await context.priceStack(name, assumptions.usage);
    priced.warnings.forEach((warning) => {
      context.err(`warning: stack ${name}: ${warning}\n`);
    });
    stacks.push(priced);
  }
  const facts = { assumptions, today: context.today };
  return options.json
    ? reportJson(stacks, facts)
    : report(stacks, facts, { width: WIDTH, paint: context.paint }).trimEnd();
}

async function main(): Promise<void> {
  const folder = join(__dirname, "..");
  const day = today();
  process.exitCode = await compare(process.argv.slice(2), {
    stacks: () => stackNames(folder),
    priceStack: (stack, usage) => {
      // Loaded here, since help and wrong arguments need no Pulumi SDK, which takes its time; by
      // `require`, since Node hands an `import()` to a loader that knows no TypeScript.
      // eslint-disable-next-line @typescript-eslint/no-require-imports
      const { priceStack } = require("./priced-stack") as typeof import("./priced-stack");
      return priceStack(folder, stack, { usage, today: day });
    },
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    paint: process.stdout.isTTY && process.stdout.hasColors() ? styleText : plain,
    today: day,
  });
}

if (require.main === module) {
  void main();
}
