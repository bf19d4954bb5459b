import { DEFAULT_SCENARIO } from "../cost/scenarios/scenario";
import type { Result } from "../settings/contract";
import { quoted } from "../settings/foreign-text";
import { readArguments } from "./arguments";

/** Printed for `--help`. */
export const HELP = `Usage: npm start -- [options]

Prices stacks from what their programs declare. Needs no AWS account and no Pulumi login,
except for --live.

Options:
  --stacks a,b       stacks to price, in this order (default: every Pulumi.<stack>.yaml)
  --scenario NAME    people and usage to price for: solo, team (default), company, notes,
                     or the path of a JSON file like those in cost/scenarios/
  --equal            also price the same notebooks on every stack: clusters with the nodes that
                     all notebooks need, Studio by the hour, and the break-even between them
  --live             price the deployed stacks of the current Pulumi backend instead: estimated
                     cost so far, and the amount billed by AWS (each request to Cost Explorer
                     costs $0.01)
  --no-billed        with --live: do not ask Cost Explorer
  --detail           for several stacks: print every line, not only categories
  --json             print JSON instead of tables; docs/json.md describes it
  --markdown         print the tables as Markdown
  --csv              print every line as comma-separated values
  --help             print this text

The scenario notes also recalculates six figures of an earlier estimate, and implies --equal.
Prices are in cost/prices/<region>.json.
Exit status: 0 priced; 1 something has no price, or a file is wrong; 2 wrong arguments.
`;

const FORMATS = ["json", "markdown", "csv"] as const;

/** Command-line options of the comparison. */
export interface Options {
  /** @default every stack with a stack file; with `live`, every stack of the backend */
  readonly stacks: readonly string[] | undefined;
  /** Name of a scenario, or path of a file. */
  readonly scenario: string;
  readonly equal: boolean;
  readonly live: boolean;
  /** True if `live` asks Cost Explorer, which costs money. */
  readonly billed: boolean;
  readonly detail: boolean;
  readonly format: (typeof FORMATS)[number] | "text";
  readonly help: boolean;
}

const FLAG = { type: "boolean", default: false } as const;

/** The command, as npm runs it. */
export const COMMAND = {
  script: "start",
  options: {
    stacks: { type: "string" },
    scenario: { type: "string", default: DEFAULT_SCENARIO },
    equal: FLAG,
    live: FLAG,
    "no-billed": FLAG,
    detail: FLAG,
    json: FLAG,
    markdown: FLAG,
    csv: FLAG,
    help: { ...FLAG, short: "h" },
  },
} as const;

/** Reads the options; the problem is a sentence for the person who typed them. */
export function readOptions(argv: readonly string[], env: NodeJS.ProcessEnv): Result<Options> {
  const read = readArguments(COMMAND, argv, env);
  if ("problem" in read) {
    return read;
  }
  const { values } = read.ok;
  const names = values.stacks?.split(",").map((name) => name.trim());
  const stacks = names && [...new Set(names)];
  const formats = FORMATS.filter((name) => values[name]);
  const { scenario, equal, live, detail, help, "no-billed": unbilled } = values;
  if (stacks?.includes("") === true) {
    return { problem: `--stacks must be names separated by commas; got ${quoted(values.stacks)}` };
  }
  if (formats.length > 1) {
    return { problem: `${flags(FORMATS)} exclude each other; got ${flags(formats)}` };
  }
  if (live && equal) {
    return {
      problem:
        "--equal and --live exclude each other: --equal prices stacks as declared, --live as deployed",
    };
  }
  if (unbilled && !live) {
    return { problem: "--no-billed needs --live" };
  }
  const format = formats[0] ?? "text";
  return { ok: { stacks, scenario, equal, live, billed: !unbilled, detail, format, help } };
}

/** `--json, --markdown and --csv`, for at least two names. */
function flags(names: readonly string[]): string {
  const all = names.map((name) => `--${name}`);
  return `${all.slice(0, -1).join(", ")} and ${all.at(-1) ?? ""}`;
}
