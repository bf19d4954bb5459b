import { currencyCode, currencyRate, type Currency } from "../cost/currency";
import { DEFAULT_SCENARIO } from "../cost/scenarios/scenario";
import type { Limits } from "../reports/diff";
import type { Result } from "../settings/contract";
import { quoted } from "../settings/foreign-text";
import { type Entry, Invalid, mustBe } from "../settings/schema/setting";
import { FLAG, readArguments } from "./arguments";
import { readNames, readStacks, STACK_OPTIONS } from "./stack-names";

/** Printed for `--help`. */
export const HELP = `Usage: npm start -- [options]

Prices stacks from what their programs declare. Needs no AWS account and no Pulumi login,
except for --live.

Options:
  --stacks a,b       stacks to price, in this order, or --stack a (default: every
                     Pulumi.<stack>.yaml, by target)
  --regions a,b      price each stack in each of these regions, to see where it is cheapest and
                     which of its settings a region cannot serve
  --scenario NAME    people and usage to price for: solo, team (default), company, notes,
                     or the path of a JSON file like those in cost/scenarios/
  --equal            also price the same notebooks on every stack: clusters with the nodes that
                     all notebooks need, Studio by the hour, and the break-even between them
  --currency CODE    currency of all amounts, e.g. EUR, instead of US dollars; needs --rate
  --rate NUMBER      with --currency: its units for one US dollar today
  --diff BASE        print what has changed since BASE: a report of npm start --silent -- --json, or a
                     git revision; its stack files are priced with today's program and prices
  --max-increase USD, --max-monthly USD
                     with --diff: exit with status 3 if the sum of all stacks is higher than that of
                     BASE by more than this a month, or higher than this
  --live             price the deployed stacks of the current Pulumi backend instead: estimated
                     cost so far, and the amount billed by AWS (each request to Cost Explorer
                     costs $0.01)
  --no-billed        with --live: do not ask Cost Explorer
  --explain          print every assumption, what is free and what is not priced, in full
  --detail           for several stacks: print every line, not only categories
  --json             print JSON instead of tables; docs/json.md describes it
  --markdown         print the tables as Markdown
  --csv              print every line as comma-separated values
  --html FILE        write the comparison with --equal, or also the live stacks with --live, as one HTML
                     file with charts, which loads nothing else; an existing file is overwritten
                     only if it is an earlier report
  --help             print this text

The scenario notes also recalculates six figures of an earlier estimate, and implies --equal.
Prices are in cost/prices/<region>.json.
Exit status: 0 priced; 1 something has no price, or a stack, scenario or file is absent or wrong; 2
wrong options; 3 above a limit.
`;

const FORMATS = ["json", "markdown", "csv"] as const;

/** Command-line options of the comparison. */
export interface Options {
  /** @default every stack with a stack file; with `live`, every stack of the backend */
  readonly stacks: readonly string[] | undefined;
  /** @default the region of each stack */
  readonly regions: readonly string[] | undefined;
  /** Name of a scenario, or path of a file. */
  readonly scenario: string;
  readonly equal: boolean;
  /** Without the day of the rate, which is that of the report. @default that of the scenario, or US dollars */
  readonly currency: Omit<Currency, "day"> | undefined;
  /** Report or git revision that the stacks are compared with. @default none */
  readonly diff: string | undefined;
  readonly limits: Limits;
  readonly live: boolean;
  /** True if `live` asks Cost Explorer, which costs money. */
  readonly billed: boolean;
  readonly detail: boolean;
  /** True if remarks are printed in full. */
  readonly explain: boolean;
  /** File that gets the report as HTML. @default none: it is printed */
  readonly html: string | undefined;
  readonly format: (typeof FORMATS)[number] | "text";
  readonly help: boolean;
}

/** The command, as npm runs it. */
export const COMMAND = {
  script: "start",
  options: {
    ...STACK_OPTIONS,
    regions: { type: "string" },
    scenario: { type: "string", default: DEFAULT_SCENARIO },
    equal: FLAG,
    currency: { type: "string" },
    rate: { type: "string" },
    diff: { type: "string" },
    "max-increase": { type: "string" },
    "max-monthly": { type: "string" },
    live: FLAG,
    "no-billed": FLAG,
    detail: FLAG,
    explain: FLAG,
    json: FLAG,
    markdown: FLAG,
    csv: FLAG,
    html: { type: "string" },
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
  const stacks = readStacks(values);
  const regions = readNames("--regions", values.regions);
  const currency = readCurrency(values);
  const limits = readLimits(values);
  const formats = FORMATS.filter((name) => values[name]);
  const { scenario, equal, live, detail, explain, help, "no-billed": unbilled } = values;
  if ("problem" in stacks) {
    return stacks;
  }
  if ("problem" in regions) {
    return regions;
  }
  if ("problem" in currency) {
    return currency;
  }
  if ("problem" in limits) {
    return limits;
  }
  if (formats.length > 1) {
    return { problem: `${flags(FORMATS)} exclude each other; got ${flags(formats)}` };
  }
  if (values.html !== undefined && formats.length > 0) {
    return { problem: `--html and ${flagOf(formats)} exclude each other` };
  }
  const clash = contradiction({ ...values, unbilled });
  if (clash !== undefined) {
    return { problem: clash };
  }
  return {
    ok: {
      stacks: stacks.ok,
      regions: regions.ok,
      currency: currency.ok,
      limits: limits.ok,
      diff: values.diff,
      html: values.html,
      scenario,
      equal,
      live,
      billed: !unbilled,
      detail,
      explain,
      help,
      format: formats[0] ?? "text",
    },
  };
}

/** The sentence on options that do not go together. */
function contradiction({
  live,
  equal,
  regions,
  unbilled,
  diff,
  csv,
  detail,
  html,
}: {
  readonly live: boolean;
  readonly equal: boolean;
  readonly regions?: string | undefined;
  readonly unbilled: boolean;
  readonly diff?: string | undefined;
  readonly csv: boolean;
  readonly detail: boolean;
  readonly html?: string | undefined;
}): string | undefined {
  if (diff !== undefined && (live || equal || regions !== undefined || csv)) {
    return "--diff excludes --live, --equal, --regions and --csv: it compares stacks as they are declared";
  }
  if (html === "") {
    return "--html needs the name of a file, such as --html report.html";
  }
  if (detail && (html !== undefined || csv)) {
    return "--detail excludes --html and --csv: the page has categories, and the other always has every line";
  }
  if (html !== undefined && (diff !== undefined || regions !== undefined)) {
    return "--html excludes --diff and --regions: it compares stacks on equal terms, each in its region";
  }
  if (live && equal) {
    return "--equal and --live exclude each other: --equal prices stacks as declared, --live as deployed";
  }
  if (live && regions !== undefined) {
    return "--regions and --live exclude each other: a deployed stack is in one region";
  }
  if (equal && regions !== undefined) {
    return "--regions and --equal exclude each other: --regions prices stacks as they are declared";
  }
  return unbilled && !live ? "--no-billed needs --live" : undefined;
}

/** A currency and its rate, of which neither means anything without the other: no rate is built in. */
function readCurrency({
  currency: code,
  rate,
}: {
  readonly currency?: string | undefined;
  readonly rate?: string | undefined;
}): Result<Options["currency"]> {
  if (code === undefined && rate === undefined) {
    return { ok: undefined };
  }
  if (code === undefined) {
    return { problem: "--rate needs --currency, such as --currency EUR" };
  }
  if (rate === undefined) {
    return {
      problem:
        "--currency needs --rate: the units of the currency for one US dollar, " +
        "such as --rate 0.92; no rate is built in",
    };
  }
  const problems = [
    ...refusal("--currency", currencyCode, code),
    ...refusal("--rate", currencyRate, rate),
  ];
  return problems.length === 0
    ? { ok: { code, rate: Number(rate) } }
    : { problem: problems.join("\n") };
}

/** Limits of a budget, which need something to compare with. */
function readLimits(values: {
  readonly diff?: string | undefined;
  readonly "max-increase"?: string | undefined;
  readonly "max-monthly"?: string | undefined;
}): Result<Limits> {
  const { diff, "max-increase": increase, "max-monthly": monthly } = values;
  const given = { "--max-increase": increase, "--max-monthly": monthly };
  for (const [option, raw] of Object.entries(given)) {
    if (raw !== undefined && !/^\d+(\.\d+)?$/.test(raw)) {
      return {
        problem: `${option} must be US dollars a month, such as ${option} 50; got ${quoted(raw)}`,
      };
    }
    if (raw !== undefined && diff === undefined) {
      return { problem: `${option} needs --diff, such as --diff origin/main` };
    }
  }
  const usd = (raw: string | undefined): number | undefined =>
    raw === undefined ? raw : Number(raw);
  return { ok: { maxIncrease: usd(increase), maxMonthly: usd(monthly) } };
}

function refusal(name: string, entry: Entry<unknown>, raw: string): string[] {
  return entry.parse(raw) instanceof Invalid ? [mustBe(name, entry, `got ${quoted(raw)}`)] : [];
}

function flagOf(names: readonly string[]): string {
  return `--${names[0] ?? ""}`;
}

/** `--json, --markdown and --csv`, for at least two names. */
function flags(names: readonly string[]): string {
  const all = names.map((name) => `--${name}`);
  return `${all.slice(0, -1).join(", ")} and ${all.at(-1) ?? ""}`;
}
