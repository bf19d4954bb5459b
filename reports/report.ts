import type { Accounted, Estimate, EstimateLine } from "../cost/estimate";
import { dollars } from "../cost/money";
import type { Scope } from "../cost/scope";
import type { PricedNote } from "../examples/first-estimate/calculator-estimate";
import { HOURS_PER_MONTH } from "../cost/rule";
import { NOT_INCLUDED } from "../cost/rules";
import { PEOPLE_FIELDS, type Scenario } from "../cost/scenarios/scenario";
import { usageOf } from "../cost/scenarios/scenario-usage";
import { USAGE, type UsageName } from "../cost/scenarios/usage";
import { comparison, type Detail } from "./compare";
import { list, type Block } from "./document";
import { equalReport } from "./equal";
import type { EqualComparison } from "../cost/compare/equal-capacity";
import { notesReport } from "../examples/first-estimate/report";
import type { PricedStack } from "../cost/compare/priced-stack";
import { stackWarnings } from "./stack-warnings";
import { age, counted, number, quantity, typeName, unitPrice } from "./numbers";
import type { Column, Row } from "./table";

/** A stack that has no price, and why. */
export interface RefusedStack {
  readonly stack: string;
  readonly problem: string;
}

/** All that one run of the comparison has found, whatever it is printed as. */
export interface Report {
  readonly stacks: readonly PricedStack[];
  /** Stacks that are in no table and in no sum. */
  readonly refused: readonly RefusedStack[];
  readonly scenario: Scenario;
  /** Day of the report, `YYYY-MM-DD`: prices age. */
  readonly today: string;
  /** The same notebooks on every platform; undefined when nobody asked. */
  readonly equal: EqualComparison | undefined;
  /** The six figures of the first notes; undefined but for their own scenario. */
  readonly notes: readonly PricedNote[] | undefined;
}

const COLUMNS: readonly Column[] = [
  { title: "Service", align: "left" },
  { title: "What", align: "left", grow: true },
  { title: "Quantity", align: "right" },
  { title: "Unit price", align: "right" },
];

/** The report as parts that can be drawn in more than one way. */
export function reportBlocks(report: Report, detail: Detail): Block[] {
  const { stacks, refused, scenario, equal, notes } = report;
  return [
    ...(notes === undefined ? [] : notesReport(notes)),
    ...(stacks.length > 1
      ? [comparison(stacks, scenario, detail)]
      : stacks.flatMap((one) => stackTable(one))),
    ...list(
      "Cannot be priced, and in no table",
      refused.map(({ stack, problem }) => `${stack}: ${problem}`),
    ),
    ...list(
      "About these stacks",
      stacks.flatMap((one) => stackWarnings(one, scenario)),
    ),
    ...(equal === undefined ? [] : equalReport(equal, scenario)),
    ...assumptions(report),
  ];
}

/** What stands behind the tables: assumptions, what is open, free or left out, and the prices. */
export function assumptions({
  stacks,
  scenario,
  today,
}: Pick<Report, "scenario" | "today"> & {
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
      "Depends on usage, in no total (give a number in a scenario file)",
      missing.map((name) => `${name}: ${USAGE[name].doc}`),
    ),
    ...list("Free", byReason(estimates.flatMap((one) => one.free))),
    ...list("Not priced", [...byReason(estimates.flatMap((one) => one.unpriced)), ...NOT_INCLUDED]),
    ...list("Prices, on demand and without taxes", [
      ...stacks.map((one) => `${one.stack}: ${qualityOf(one, today)}`),
      ...derivedOf(estimates),
    ]),
  ];
}

function stackTable({ stack, target, estimate }: PricedStack): Block[] {
  const title = `Stack ${stack}: target ${target}, region ${estimate.region}, ${HOURS_PER_MONTH} hours a month`;
  return linesTable(estimate, { title, stack, target, amount: "USD/month" });
}

/** What an amount is about: its stack, and the title of its column. */
interface LinesTitle {
  readonly title: string;
  readonly stack: string;
  readonly target: string;
  readonly amount: string;
}

/** Every line of an estimate, with sub-totals of both parts. */
export function linesTable(
  { lines, totals }: Estimate,
  { title, stack, target, amount }: LinesTitle,
): Block[] {
  const total = (what: string, cents: number): Row => ({
    kind: "sum",
    cells: ["", what, "", "", dollars(cents)],
  });
  const part = (name: Scope): Row[] => rowsOf(lines.filter((line) => line.part === name));
  return [
    { kind: "title", text: title },
    {
      kind: "table",
      columns: [...COLUMNS, { title: amount, align: "right" }],
      rows: [
        { kind: "heading", text: "Shared by every target" },
        ...part("shared"),
        total("Sub-total, shared", totals.sharedCents),
        { kind: "gap" },
        { kind: "heading", text: `Target ${target}` },
        ...part("target"),
        total(`Sub-total, target ${target}`, totals.targetCents),
        { kind: "gap" },
        total(`Total, stack ${stack}`, totals.totalCents),
      ],
    },
  ];
}

/** Each service is named once, on its first line. */
function rowsOf(lines: readonly EstimateLine[]): Row[] {
  return lines.map((line, index) => ({
    kind: "line",
    cells: [
      line.service === lines[index - 1]?.service ? "" : line.service,
      line.label,
      line.quantity === undefined ? "depends on usage" : quantity(line.quantity, line.unit),
      unitPrice(line.unitPriceUsd),
      line.monthCents === undefined ? "not added" : dollars(line.monthCents),
    ],
  }));
}

/** What the amounts per person and per notebook-hour are divided by, and how many notebooks fit. */
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

/** Only what a line of these stacks uses; the rest of the scenario is about other stacks. */
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

function qualityOf(
  { estimate: { prices, region } }: Pick<PricedStack, "estimate">,
  today: string,
): string {
  const { confidence, oldest, newest, undated } = prices;
  const levels = Object.entries(confidence)
    .filter(([, howMany]) => howMany > 0)
    .map(([level, howMany]) => `${number(howMany)} ${level}`);
  const dates =
    oldest === undefined || newest === undefined
      ? ""
      : `; oldest source ${oldest} (${age(oldest, today)}), newest ${newest}`;
  return `${levels.join(", ")} in ${region}${dates}${undated > 0 ? `; ${undated} undated` : ""}`;
}

/** The least sure prices, by name. */
function derivedOf(estimates: readonly Estimate[]): string[] {
  const keys = unique(
    estimates.flatMap(({ region, prices }) => prices.derived.map((key) => `${key} (${region})`)),
  );
  return keys.length === 0 ? [] : [`Derived from another price: ${keys.join(", ")}`];
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)].sort();
}
