import { HOURS_PER_MONTH } from "../cost/rule";
import { NOT_INCLUDED } from "../cost/rules";
import { USAGE } from "../cost/usage";
import type { PricedStack } from "./priced-stack";
import type { ReportFacts } from "./report";

/** Rises when a field goes away or changes its meaning; new fields leave it as it is. */
export const JSON_VERSION = 1;

/** The report as JSON, for programs. Its shape is documented in `docs/json.md`. */
export function reportJson(
  stacks: readonly PricedStack[],
  { assumptions, today }: ReportFacts,
): string {
  const document = {
    version: JSON_VERSION,
    date: today,
    currency: "USD",
    hoursPerMonth: HOURS_PER_MONTH,
    usage: {
      about: assumptions.about,
      values: Object.entries(USAGE).map(([name, { doc, unit }]) => ({
        name,
        value: (assumptions.usage as Readonly<Record<string, number>>)[name] ?? null,
        unit,
        doc,
      })),
    },
    stacks: stacks.map(stackJson),
    notIncluded: NOT_INCLUDED,
  };
  return JSON.stringify(document, null, 2);
}

/** JSON has no undefined: a field that is always there is null instead. */
function stackJson({ stack, target, estimate }: PricedStack): object {
  const { region, totals, lines, missingUsage, free, unpriced, prices } = estimate;
  return {
    stack,
    target,
    region,
    totals,
    lines: lines.map((line) => ({
      part: line.part,
      category: line.category,
      service: line.service,
      label: line.label,
      resources: line.resources,
      quantity: line.quantity ?? null,
      unit: line.unit,
      priceKey: line.priceKey,
      unitPriceUsd: line.unitPriceUsd,
      monthCents: line.monthCents ?? null,
      usage: line.usage ?? null,
    })),
    missingUsage,
    free,
    unpriced,
    prices: { ...prices, oldest: prices.oldest ?? null, newest: prices.newest ?? null },
  };
}
