import { compareReport } from "../commands/compare";
import { priceStack } from "../commands/price-stack";
import { divided, sum } from "../cost/amount";
import { breakEvenMap } from "../cost/compare/break-even-map";
import { stackUnitCosts } from "../cost/compare/unit-costs";
import { HOURS_PER_MONTH } from "../cost/rule";
import { ASSUMED, type AssumedName } from "../cost/scenarios/assumed";
import {
  DEFAULT_SCENARIO,
  MEASURED,
  readScenario,
  scenarioField,
  scenarioNames,
  scenarioNumbers,
} from "../cost/scenarios/scenario";
import { notebooks } from "../cost/scenarios/scenario-usage";
import { pricedFigures } from "../examples/first-estimate/calculator-estimate";
import { platformBlocks } from "../examples/first-estimate/report";
import { reportBlocks, stackBlocks } from "../reports/compare";
import { asText, type Block } from "../reports/document";
import { equalReport } from "../reports/equal";
import { picture } from "../reports/html/chart";
import { mapChart } from "../reports/html/curves";
import { money, number, share } from "../reports/numbers";
import type { Report } from "../reports/report";
import { plain, REPORT_WIDTH, type Row } from "../reports/table";
import { changeOf } from "../settings/changes";
import { flatten, type NamedSetting, type SettingTree } from "../settings/schema/setting";
import { stackNames } from "../settings/schema/stack-file";
import { SHARED_SETTINGS, TARGET_NAMES, type TargetName } from "../settings/shared";
import { TARGET_PROFILES } from "../settings/targets";
import { architecture } from "./docs-diagram";

/** A fixed day, before any version in the stack files begins to cost more. */
const TODAY = "2026-11-23";

/** Writes the text of a part, in Markdown. */
type Part = () => string | Promise<string>;

/** Everything that is generated in the documentation. */
export interface Generated {
  /** Parts of pages, by the name in their markers. */
  readonly parts: Readonly<Record<string, Part>>;
  /** Whole files, by their path. */
  readonly files: Readonly<Record<string, Part>>;
}

/**
 * Describes what is generated, which costs nothing before it is asked for.
 *
 * @param root folder of the stack files. A target's sample is the stack with the name of the target.
 */
export function generated(root: string): Generated {
  const targets = Object.keys(TARGET_PROFILES);
  const equal = once(() => report(root, { stacks: targets, equal: true }));
  const all = once(() => report(root, { stacks: undefined, equal: false }));
  const samples = async (): Promise<Report> => only(await all(), targets);
  const parts: Generated["parts"] = {
    targets: async () => targetsTable(await samples()),
    "settings of every target": () => settingsList(SHARED_SETTINGS, TARGET_NAMES),
    "settings of each target": settingsByTarget,
    "first screen": async () => firstScreen(await samples()),
    prices: async () => sample(reportBlocks(await all(), { detail: "categories", explain: false })),
    "prices of ec2": async () => sample(stackBlocks(only(await all(), ["ec2"]), "categories")),
    "all targets at once": async () => allAtOnce(await samples()),
    "equal service": async () => equalService(await equal()),
    architectures: () => architectures(root, targets),
    "first estimate": () => sample(platformBlocks(pricedFigures())),
    scenarios: scenarioList,
    "scenario fields": scenarioFieldList,
  };
  return { parts, files: { "docs/break-even.svg": async () => breakEvenPicture(await equal()) } };
}

/** A diagram of each target. One after the other: the recorder works for one stack at a time. */
async function architectures(root: string, targets: readonly string[]): Promise<string> {
  const drawn: string[] = [];
  for (const target of targets) {
    drawn.push(`### ${target}`, await architecture(root, target, TODAY));
  }
  return drawn.join("\n\n");
}

function breakEvenPicture({ equal, scenario }: Report): string {
  return picture(mapChart(breakEvenMap(equal?.candidates ?? [], scenario), scenario));
}

interface ReportOptions {
  /** @default every stack */
  readonly stacks: readonly string[] | undefined;
  readonly equal: boolean;
}

/** The comparison that `npm start` prints for these stacks. */
function report(root: string, { stacks, equal }: ReportOptions): Promise<Report> {
  return compareReport(
    { stacks, scenario: DEFAULT_SCENARIO, equal, regions: undefined, currency: undefined },
    {
      stacks: () => stackNames(root),
      priceStack: (stack, pricing) => priceStack(root, stack, { ...pricing, today: TODAY }),
      err: (text) => void process.stderr.write(text),
      today: TODAY,
    },
  );
}

/** Some stacks of a report. */
function only(found: Report, names: readonly string[]): Report {
  return { ...found, stacks: found.stacks.filter(({ stack }) => names.includes(stack)) };
}

/** Calls a function at its first use only: pricing takes seconds. */
function once<T>(compute: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= compute());
}

/** Blocks as a terminal shows them. */
function sample(blocks: readonly Block[], width = REPORT_WIDTH): string {
  return ["```text", asText(blocks, { width, paint: plain }), "```"].join("\n");
}

/** The result of `npm start` in ten lines: notebooks, sub-totals, and everything from the total on. */
function firstScreen(found: Report): string {
  const table = stackBlocks(found, "categories").find((block) => block.kind === "table");
  if (table === undefined) {
    throw new Error("the comparison has no table");
  }
  const end = table.rows.findLastIndex(({ kind }) => kind === "gap");
  const serves = (row: Row): boolean =>
    row.kind === "line" && row.cells[0]?.startsWith("Serves") === true;
  const rows = table.rows.filter(
    (row: Row, index) => serves(row) || row.kind === "sum" || index > end,
  );
  return sample([{ ...table, rows }], 72);
}

/** The blocks of equal service. */
function equalService(found: Report): string {
  return sample(found.equal === undefined ? [] : equalReport(found.equal, found));
}

/** Cost of a deployment of every target at the same time. */
function allAtOnce({ stacks }: Report): string {
  const total = sum(stacks.map(({ estimate }) => estimate.totals.total));
  const names = new Intl.ListFormat("en-GB").format(stacks.map(({ stack }) => `\`${stack}\``));
  const day = share(divided(total, HOURS_PER_MONTH / 24));
  return `In US dollars, ${names} live at the same time cost ${money(total)} a month, ${day} a day.`;
}

function targetsTable({ stacks, scenario }: Report): string {
  const rows = Object.entries(TARGET_PROFILES).map(([name, { summary, bestFor }]) => {
    const stack = stacks.find((one) => one.stack === name);
    if (stack === undefined) {
      throw new Error(`target ${name} has no sample: there is no Pulumi.${name}.yaml`);
    }
    const total = money(stack.estimate.totals.total);
    const held = number(stackUnitCosts(stack, scenario).notebooksHeld);
    return `\`${name}\` | ${summary} | ${bestFor} | ${total} | ${held} of ${number(notebooks(scenario))}`;
  });
  const head = "`target` | What it deploys | Best for | USD a month | Notebooks at once";
  return [head, "--- | --- | --- | ---: | ---:", ...rows].join("\n");
}

function settingsByTarget(): string {
  return Object.entries(TARGET_PROFILES)
    .map(
      ([name, { settings }]) =>
        `## Target \`${name}\`\n\n${settingsList(settings, [name as TargetName])}`,
    )
    .join("\n\n");
}

function settingsList(tree: SettingTree, targets: readonly TargetName[]): string {
  return flatten(tree)
    .map((setting) => settingText(setting, targets))
    .join("\n\n");
}

/** A heading, a sentence, and short lines. */
function settingText({ path, setting }: NamedSetting, targets: readonly TargetName[]): string {
  const { key = path, type, doc, unit, allowed, fallback } = setting;
  const value = typeof fallback === "string" ? fallback : JSON.stringify(fallback);
  return [
    `### \`${key}\``,
    "",
    doc,
    "",
    `- Type: ${type}`,
    `- Allowed: ${allowed}`,
    ...(unit === undefined ? [] : [`- Unit: ${unit}`]),
    fallback === undefined ? "- Required" : `- Default: \`${value}\``,
    ...changeLines(path, targets),
  ].join("\n");
}

/** A line about a change of a setting; one for each target where these differ. */
function changeLines(path: string, targets: readonly TargetName[]): readonly string[] {
  const texts = targets.map((target) => changeOf(path, target).text);
  return new Set(texts).size === 1
    ? [`- A change: ${texts[0]}`]
    : targets.map((target, index) => `- A change on \`${target}\`: ${texts[index]}`);
}

function scenarioList(): string {
  return scenarioNames()
    .map((name) => `- \`${name}\`: ${readScenario(name).about}`)
    .join("\n");
}

function scenarioFieldList(): string {
  return scenarioNumbers().map(scenarioFieldText).join("\n");
}

function scenarioFieldText(name: string): string {
  const field = scenarioField(name);
  if (field === undefined) {
    throw new Error(`${name} is no field of a scenario`);
  }
  const { doc, unit, min, max, whole } = field;
  // The limit of measured usage only keeps amounts within whole cents; nobody reaches it.
  const end = MEASURED.some((one) => one === name) ? "" : ` to ${number(max)}`;
  const { fallback, reason = "" } = name in ASSUMED ? ASSUMED[name as AssumedName] : {};
  const assumed = fallback === undefined ? "" : `. Without it ${number(fallback)}: ${reason}`;
  return `- \`${name}\` (${unit}): ${doc}; ${whole ? "a whole number" : "a number"} from ${min}${end}${assumed}`;
}
