import type { Accounted, EstimateLine } from "../cost/estimate";
import { dollars } from "../cost/money";
import type { Part } from "../cost/part";
import { HOURS_PER_MONTH } from "../cost/rule";
import { NOT_INCLUDED } from "../cost/rules";
import { USAGE, type UsageAssumptions, type UsageName } from "../cost/usage";
import { comparison } from "./comparison";
import type { PricedStack } from "./priced-stack";
import { age, counted, number, quantity, typeName, unitPrice } from "./report-text";
import { table, wrap, type Column, type Row, type TableStyle } from "./table";

/** What a report says beside the stacks. */
export interface ReportFacts {
  readonly assumptions: UsageAssumptions;
  /** Day of the report, `YYYY-MM-DD`: prices age. */
  readonly today: string;
}

const COLUMNS: readonly Column[] = [
  { title: "Service", align: "left" },
  { title: "What", align: "left", grow: true },
  { title: "Quantity", align: "right" },
  { title: "Unit price", align: "right" },
  { title: "USD/month", align: "right" },
];

/** The whole report of `npm start`: one table, whether of one stack or several, and what is behind it. */
export function report(
  stacks: readonly PricedStack[],
  { assumptions, today }: ReportFacts,
  style: TableStyle,
): string {
  const section = sections(style);
  const estimates = stacks.map((one) => one.estimate);
  const lines = estimates.flatMap((one) => one.lines);
  const missing = unique(estimates.flatMap((one) => one.missingUsage));
  return [
    ...(stacks.length > 1
      ? comparison(stacks, style)
      : stacks.flatMap((one) => stackTable(one, style))),
    "",
    ...section("Assumed usage a month (cost/team-usage.json)", [
      assumptions.about,
      ...assumed(lines, assumptions).map((text) => `- ${text}`),
    ]),
    ...section(
      "Depends on usage, in no total (give a number in cost/team-usage.json)",
      missing.map((name) => `- ${name}: ${USAGE[name].doc}`),
    ),
    ...section("Free", byReason(estimates.flatMap((one) => one.free))),
    ...section("Not priced", [
      ...byReason(estimates.flatMap((one) => one.unpriced)),
      ...NOT_INCLUDED.map((text) => `- ${text}`),
    ]),
    ...section(
      "Prices, on demand and without taxes",
      stacks.map((one) => `- ${one.stack}: ${qualityOf(one, today)}`),
    ),
  ].join("\n");
}

function stackTable({ stack, target, estimate }: PricedStack, style: TableStyle): string[] {
  const { sharedCents, targetCents, totalCents } = estimate.totals;
  const total = (what: string, amount: number): Row => ({
    kind: "sum",
    cells: ["", what, "", "", dollars(amount)],
  });
  const part = (name: Part): Row[] => rowsOf(estimate.lines.filter((line) => line.part === name));
  return [
    style.paint(
      "bold",
      `Stack ${stack}: target ${target}, region ${estimate.region}, ${HOURS_PER_MONTH} hours a month`,
    ),
    "",
    ...table(
      COLUMNS,
      [
        { kind: "heading", text: "Shared by every target" },
        ...part("shared"),
        total("Sub-total, shared", sharedCents),
        { kind: "gap" },
        { kind: "heading", text: `Target ${target}` },
        ...part("target"),
        total(`Sub-total, target ${target}`, targetCents),
        { kind: "gap" },
        total(`Total, stack ${stack}`, totalCents),
      ],
      style,
    ),
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

/** A titled list, wrapped and indented; nothing at all without entries. */
function sections({ width, paint }: TableStyle) {
  return (title: string, entries: readonly string[]): string[] =>
    entries.length === 0
      ? []
      : [
          paint("bold", title),
          ...entries.flatMap((entry) =>
            wrap(entry, width - 4).map((text, index) => (index === 0 ? "  " : "    ") + text),
          ),
          "",
        ];
}

/** Only what a line of these stacks uses; the rest of the file is about other stacks. */
function assumed(lines: readonly EstimateLine[], { usage }: UsageAssumptions): string[] {
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
  return [...types].map(([reason, names]) => `- ${reason}: ${unique(names).join(", ")}`).sort();
}

function qualityOf({ estimate: { prices, region } }: PricedStack, today: string): string {
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

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)].sort();
}
