import { join } from "node:path";
import { parseArgs, styleText } from "node:util";
import { CostError } from "../cost/cost-error";
import { NOTES_SCENARIO, pricedNotes } from "../cost/notes";
import { DEFAULT_SCENARIO, readScenario } from "../cost/scenario";
import { usageOf } from "../cost/scenario-usage";
import type { Usage } from "../cost/usage";
import { today } from "../settings";
import { SettingsError } from "../settings/load";
import { stackNames } from "../settings/stack-file";
import { asMarkdown, asText } from "./document";
import { equalServices } from "./equal-service";
import type { Overrides, PricedStack } from "./priced-stack";
import { reportBlocks, type Report } from "./report";
import { reportCsv } from "./report-csv";
import { reportJson } from "./report-json";
import { plain, type Paint } from "./table";

const HELP = `Usage: npm start -- [options]

Prices stacks from what they declare. Works offline: no AWS account, no Pulumi login.

Options:
  --stacks a,b       stacks to price, in this order (default: every Pulumi.<stack>.yaml)
  --scenario NAME    who uses them and how much: solo, team (default), company, notes,
                     or a file of your own like those in cost/scenarios/
  --equal            the same notebooks everywhere: as many nodes as they need, Studio by the hour,
                     and from how many hours on which platform is cheaper
  --detail           every line of several stacks, not only the categories
  --json             print JSON instead of tables; docs/json.md describes it
  --markdown         print the same tables as Markdown
  --csv              print every line as comma-separated values
  --help             print this text

The scenario notes shows six figures that were noted before, and what they leave out; with --equal.
Prices are in cost/prices/<region>.json.
Exit status: 0 priced, 1 something has no price or a file is wrong, 2 wrong arguments.
`;

/** Columns of the report: what a terminal of 100 columns shows without breaking lines. */
const WIDTH = 100;

/** What the command needs of the world around it. */
export interface CompareContext {
  /** Names of the stacks there are. */
  stacks(): readonly string[];
  priceStack(stack: string, usage: Usage, overrides?: Overrides): Promise<PricedStack>;
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

const FORMATS = ["json", "markdown", "csv"] as const;

interface Options {
  readonly stacks: readonly string[] | undefined;
  readonly scenario: string;
  readonly equal: boolean;
  readonly detail: boolean;
  readonly format: (typeof FORMATS)[number] | "text";
  readonly help: boolean;
}

/** The options, or what is wrong with them. */
function read(argv: readonly string[]): Options | string {
  try {
    const flag = { type: "boolean", default: false } as const;
    const { values } = parseArgs({
      args: [...argv],
      options: {
        stacks: { type: "string" },
        scenario: { type: "string", default: DEFAULT_SCENARIO },
        equal: flag,
        detail: flag,
        json: flag,
        markdown: flag,
        csv: flag,
        help: { ...flag, short: "h" },
      },
    });
    const stacks = values.stacks?.split(",").map((name) => name.trim());
    const formats = FORMATS.filter((name) => values[name]);
    if (stacks?.includes("") === true) {
      return `--stacks must be names with commas between them; got "${values.stacks ?? ""}"`;
    }
    if (formats.length > 1) {
      return `only one of ${FORMATS.map((name) => `--${name}`).join(", ")} can be printed; got ${formats.map((name) => `--${name}`).join(" and ")}`;
    }
    const { scenario, equal, detail, help } = values;
    return { stacks, scenario, equal, detail, format: formats[0] ?? "text", help };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function result(options: Options, context: CompareContext): Promise<string> {
  const found = await reportOf(options, context);
  const detail = options.detail ? "lines" : "categories";
  switch (options.format) {
    case "json":
      return reportJson(found);
    case "csv":
      return reportCsv(found);
    case "markdown":
      return asMarkdown(reportBlocks(found, detail));
    case "text":
      return asText(reportBlocks(found, detail), { width: WIDTH, paint: context.paint });
  }
}

async function reportOf(options: Options, context: CompareContext): Promise<Report> {
  const scenario = readScenario(options.scenario);
  const usage = usageOf(scenario);
  const names = options.stacks ?? context.stacks();
  if (names.length === 0) {
    throw new SettingsError("there is no Pulumi.<stack>.yaml; pulumi stack init <stack> makes one");
  }
  const stacks: PricedStack[] = [];
  for (const name of names) {
    // One after the other: the recorder stands in for the engine, of which a process has one.
    const priced = await context.priceStack(name, usage);
    priced.warnings.forEach((warning) => {
      context.err(`warning: stack ${name}: ${warning}\n`);
    });
    stacks.push(priced);
  }
  // The notes are half of a comparison: three machines, and notebooks that they cannot hold.
  const isNotes = options.scenario === NOTES_SCENARIO;
  return {
    stacks,
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

async function main(): Promise<void> {
  const folder = join(__dirname, "..");
  const day = today();
  process.exitCode = await compare(process.argv.slice(2), {
    stacks: () => stackNames(folder),
    priceStack: (stack, usage, overrides = {}) => {
      // Loaded here, since help and wrong arguments need no Pulumi SDK, which takes its time; by
      // `require`, since Node hands an `import()` to a loader that knows no TypeScript.
      // eslint-disable-next-line @typescript-eslint/no-require-imports
      const { priceStack } = require("./priced-stack") as typeof import("./priced-stack");
      return priceStack(folder, stack, { usage, today: day, overrides });
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
