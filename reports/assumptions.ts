import type { PricedStack } from "../cost/compare/priced-stack";
import { conversion } from "../cost/currency";
import type { Accounted, Estimate, EstimateLine } from "../cost/estimate";
import { NOT_INCLUDED } from "../cost/rules";
import { PEOPLE_FIELDS, type Scenario } from "../cost/scenarios/scenario";
import { usageOf } from "../cost/scenarios/scenario-usage";
import { USAGE, type UsageName } from "../cost/scenarios/usage";
import { list, type Block } from "./document";
import { counted, number, typeName } from "./numbers";
import type { Report } from "./report";

/**
 * The lists below the tables: what is assumed for the scenario, which usage is unknown, what is free, what
 * is not priced, and how sure the prices are, and since when.
 */
export function assumptions({
  stacks,
  scenario,
  currency,
}: Pick<Report, "scenario" | "currency"> & {
  readonly stacks: readonly Pick<PricedStack, "stack" | "estimate">[];
}): Block[] {
  const estimates = stacks.map((one) => one.estimate);
  const lines = estimates.flatMap((one) => one.lines);
  const missing = unique(estimates.flatMap((one) => one.missingUsage));
  return [
    ...list(
      `Assumed for a month (scenario ${scenario.name})`,
      [...peopleOf(scenario), ...assumed(lines, scenario)],
      scenario.about,
    ),
    ...list(
      "Depends on usage and is in no total (set a number in a scenario file)",
      missing.map((name) => `${name}: ${USAGE[name].doc}`),
    ),
    ...list("Free", byReason(estimates.flatMap((one) => one.free))),
    ...list("Not priced", [...byReason(estimates.flatMap((one) => one.unpriced)), ...NOT_INCLUDED]),
    ...list("Prices: on demand, without taxes", [
      ...[conversion(currency)].filter((sentence) => sentence !== undefined),
      ...stacks.map((one) => `${one.stack}: ${qualityOf(one)}`),
      ...derivedOf(estimates),
    ]),
  ];
}

/** Fields that decide how many notebooks fit, and the amounts per person and per notebook-hour. */
function peopleOf(scenario: Scenario): string[] {
  const names = [
    "people",
    "notebooksPerPerson",
    "notebookVcpus",
    "notebookGib",
    "hoursPerDay",
    "daysPerMonth",
  ] as const;
  return names.map((name) => {
    const { doc, unit } = PEOPLE_FIELDS[name];
    return `${name} = ${counted(scenario[name], unit)}: ${doc}`;
  });
}

/** Usage that a line of these stacks depends on; the rest of the scenario is about other stacks. */
function assumed(lines: readonly EstimateLine[], scenario: Scenario): string[] {
  const usage = usageOf(scenario);
  const used = unique(lines.flatMap((line) => line.usage ?? []));
  return used.flatMap((name: UsageName) => {
    const value = usage[name];
    const { doc, unit } = USAGE[name];
    return value === undefined ? [] : [`${name} = ${counted(value, unit)}: ${doc}`];
  });
}

function byReason(entries: readonly Accounted[]): string[] {
  const types = new Map<string, string[]>();
  for (const { type, reason } of entries) {
    types.set(reason, [...(types.get(reason) ?? []), typeName(type)]);
  }
  return [...types].map(([reason, names]) => `${reason}: ${unique(names).join(", ")}`).sort();
}

function qualityOf({ estimate: { prices, region } }: Pick<PricedStack, "estimate">): string {
  const { confidence, oldest, newest } = prices;
  const levels = Object.entries(confidence)
    .filter(([, howMany]) => howMany > 0)
    .map(([level, howMany]) => `${number(howMany)} ${level}`);
  const days = [...new Set([oldest, newest])].filter((day) => day !== undefined);
  const confirmed = days.length === 0 ? "" : `, last confirmed ${days.join(" to ")}`;
  return `${levels.join(", ")} in ${region}${confirmed}`;
}

/** Keys of the prices with the lowest confidence. */
function derivedOf(estimates: readonly Estimate[]): string[] {
  const keys = unique(
    estimates.flatMap(({ region, prices }) => prices.derived.map((key) => `${key} (${region})`)),
  );
  return keys.length === 0 ? [] : [`Derived from another price: ${keys.join(", ")}`];
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)].sort();
}
