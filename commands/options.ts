import { parseArgs } from "node:util";
import { DEFAULT_SCENARIO } from "../cost/scenarios/scenario";

/** Printed for `--help`. */
export const HELP = `Usage: npm start -- [options]

Prices stacks from what they declare. Works offline: no AWS account, no Pulumi login.

Options:
  --stacks a,b       stacks to price, in this order (default: every Pulumi.<stack>.yaml)
  --scenario NAME    who uses them and how much: solo, team (default), company, notes,
                     or a file of your own like those in cost/scenarios/
  --equal            the same notebooks everywhere: as many nodes as they need, Studio by the hour,
                     and from how many hours on which platform is cheaper
  --live             the stacks that are up, from the current Pulumi backend: what they have cost by the
                     list, and what AWS has billed, at $0.01 for each request to Cost Explorer
  --no-billed        with --live: without Cost Explorer
  --detail           every line of several stacks, not only the categories
  --json             print JSON instead of tables; docs/json.md describes it
  --markdown         print the same tables as Markdown
  --csv              print every line as comma-separated values
  --help             print this text

The scenario notes shows six figures that were noted before, and what they leave out; with --equal.
Prices are in cost/prices/<region>.json.
Exit status: 0 priced, 1 something has no price or a file is wrong, 2 wrong arguments.
`;

const FORMATS = ["json", "markdown", "csv"] as const;

/** What a person has asked for. */
export interface Options {
  /** @default those with a stack file; with `live`, those of the backend */
  readonly stacks: readonly string[] | undefined;
  /** Name of a scenario, or path of a file. */
  readonly scenario: string;
  readonly equal: boolean;
  readonly live: boolean;
  readonly billed: boolean;
  readonly detail: boolean;
  readonly format: (typeof FORMATS)[number] | "text";
  readonly help: boolean;
}

/** The options, or what is wrong with them. */
export function readOptions(argv: readonly string[]): Options | string {
  try {
    const flag = { type: "boolean", default: false } as const;
    const { values } = parseArgs({
      args: [...argv],
      options: {
        stacks: { type: "string" },
        scenario: { type: "string", default: DEFAULT_SCENARIO },
        equal: flag,
        live: flag,
        "no-billed": flag,
        detail: flag,
        json: flag,
        markdown: flag,
        csv: flag,
        help: { ...flag, short: "h" },
      },
    });
    const named = values.stacks?.split(",").map((name) => name.trim());
    const stacks = named && [...new Set(named)];
    const formats = FORMATS.filter((name) => values[name]);
    const { scenario, equal, live, detail, help, "no-billed": unbilled } = values;
    if (stacks?.includes("") === true) {
      return `--stacks must be names with commas between them; got "${values.stacks ?? ""}"`;
    }
    if (formats.length > 1) {
      return `only one of ${FORMATS.map((name) => `--${name}`).join(", ")} can be printed; got ${formats.map((name) => `--${name}`).join(" and ")}`;
    }
    if (live && equal) {
      return "--equal compares what would be the same, --live what is there; ask for one of them";
    }
    if (unbilled && !live) {
      return "--no-billed is about --live, which is not given";
    }
    const format = formats[0] ?? "text";
    return { stacks, scenario, equal, live, billed: !unbilled, detail, format, help };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
