/**
 * `npm run docs` writes the parts of the documentation that come from code; with `--check` it only
 * tells whether they are as they would be written, and ends with 1 if not.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { compare } from "../commands/compare";
import { priceStack } from "../commands/price-stack";
import { plain } from "../reports/table";
import {
  MEASURED,
  PEOPLE_FIELDS,
  readScenario,
  scenarioField,
  scenarioNames,
} from "../cost/scenarios/scenario";
import { HOURS_PER_MONTH } from "../cost/rule";
import { EKS_SETTINGS } from "../settings/targets/eks";
import { EC2_SETTINGS } from "../settings/targets/ec2";
import { SAGEMAKER_SETTINGS } from "../settings/targets/sagemaker";
import { flatten, type Setting, type SettingTree } from "../settings/schema/setting";
import { SHARED_SETTINGS } from "../settings/shared";
import { TARGET_PROFILES } from "../settings/targets";

const ROOT = join(__dirname, "..");
const README = join(ROOT, "README.md");

/** Text of each generated part, by the name in its markers. */
const PARTS: Readonly<Record<string, () => string | Promise<string>>> = {
  targets: targetsTable,
  "settings of every target": () => settingsTable(SHARED_SETTINGS),
  "settings of ec2": () => settingsTable(EC2_SETTINGS),
  "settings of eks": () => settingsTable(EKS_SETTINGS),
  "settings of sagemaker": () => settingsTable(SAGEMAKER_SETTINGS),
  prices: () => printed(["--stacks", "ec2,eks,sagemaker,dev,prod"], "USD a month", "Assumed"),
  "prices of ec2": () => printed(["--stacks", "ec2"], "Stack ", "Assumed"),
  "equal service": () =>
    printed(["--stacks", "ec2,eks,sagemaker", "--equal"], "Equal service", "How the service"),
  "three stacks": threeStacks,
  "first notes": () =>
    printed(["--stacks", "ec2,eks,sagemaker", "--scenario", "notes"], "Each platform", "What that"),
  scenarios: scenariosTable,
  "scenario fields": scenarioFieldsTable,
};

function targetsTable(): string {
  const rows = Object.entries(TARGET_PROFILES).map(
    ([name, { summary }]) => `\`${name}\` | ${summary}`,
  );
  return ["`target` | What it deploys", "--- | ---", ...rows].join("\n");
}

function settingsTable(tree: SettingTree): string {
  const rows = flatten(tree).map(({ path, setting }) => {
    const { key = path, doc, unit = "", allowed } = setting;
    return [`\`${key}\``, doc, unit, allowed, fallback(setting)].join(" | ");
  });
  const head = "Setting | What it is | Unit | Allowed | Default";
  return [head, "--- | --- | --- | --- | ---", ...rows].join("\n");
}

function fallback({ fallback: value }: Setting<unknown>): string {
  return value === undefined
    ? "required"
    : `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}

function scenariosTable(): string {
  const rows = scenarioNames().map((name) => `\`${name}\` | ${readScenario(name).about}`);
  return ["Scenario | Whom it describes", "--- | ---", ...rows].join("\n");
}

function scenarioFieldsTable(): string {
  const rows = [...Object.keys(PEOPLE_FIELDS), ...MEASURED].map((name) => {
    const { doc, unit, min, max, whole } = scenarioField(name) ?? missing(name);
    // The limit of usage is that of whole cents, not one that anybody reaches.
    const end = MEASURED.some((one) => one === name) ? "" : ` to ${max.toLocaleString("en-US")}`;
    const allowed = `${whole ? "a whole number" : "a number"} from ${min}${end}`;
    return `\`${name}\` | ${doc} | ${unit} | ${allowed}`;
  });
  return ["Field | What it counts | Unit | Allowed", "--- | --- | --- | ---", ...rows].join("\n");
}

function missing(name: string): never {
  throw new Error(`${name} is no field of a scenario`);
}

/** What `npm start` prints, from one word to another, without what stands on the day. */
async function printed(argv: readonly string[], from: string, to: string): Promise<string> {
  const text = await compared(argv);
  const [begin, end] = [text.indexOf(from), text.indexOf(to)];
  if (begin < 0 || end < begin) {
    throw new Error(`npm start -- ${argv.join(" ")} prints no part from "${from}" to "${to}"`);
  }
  return ["```text", text.slice(begin, end).trimEnd(), "```"].join("\n");
}

/** All that `npm start` prints. */
async function compared(argv: readonly string[]): Promise<string> {
  let text = "";
  await compare(argv, {
    stacks: () => [],
    live: () => {
      throw new Error("a generated page shows no live stacks");
    },
    // Before any of the versions in the stack files begins to cost more.
    priceStack: (stack, usage, overrides = {}) =>
      priceStack(ROOT, stack, { usage, overrides, today: "2026-11-23" }),
    out: (part) => (text += part),
    err: (part) => void process.stderr.write(part),
    paint: plain,
    today: "",
  });
  return text;
}

/** What somebody pays who tries all three at once. */
async function threeStacks(): Promise<string> {
  const { stacks } = JSON.parse(await compared(["--stacks", "ec2,eks,sagemaker", "--json"])) as {
    readonly stacks: readonly { readonly totals: { readonly totalCents: number } }[];
  };
  const cents = stacks.reduce((sum, { totals }) => sum + totals.totalCents, 0);
  const [month, day] = [cents, (cents * 24) / HOURS_PER_MONTH].map((amount) =>
    (amount / 100).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 }),
  );
  return `\`ec2\`, \`eks\` and \`sagemaker\` live at the same time cost $${month ?? ""} a month, $${day ?? ""} a day.`;
}

/** Replaces what stands between the markers of each part. */
async function generated(text: string): Promise<string> {
  let result = text;
  for (const [name, part] of Object.entries(PARTS)) {
    const markers = new RegExp(`(<!-- generated: ${name} -->\n)[^]*?(<!-- /generated -->)`);
    if (!markers.test(result)) {
      throw new Error(`README.md has no markers for "${name}"`);
    }
    const content = await part();
    result = result.replace(
      markers,
      (_, begin: string, end: string) => `${begin}\n${content}\n\n${end}`,
    );
  }
  return format(result, { ...(await resolveConfig(README)), parser: "markdown" });
}

async function main(): Promise<void> {
  const before = readFileSync(README, "utf8");
  const after = await generated(before);
  if (before === after) {
    return;
  }
  if (process.argv.includes("--check")) {
    process.stderr.write("README.md is not what the code says; npm run docs writes it\n");
    process.exitCode = 1;
    return;
  }
  writeFileSync(README, after);
}

void main();
