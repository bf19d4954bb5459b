import type { EstimateLine } from "../cost/estimate";
import {
  notedTotals,
  type PricedNote,
  type PricedTerm,
} from "../examples/first-estimate/calculator-estimate";
import { HOURS_PER_MONTH } from "../cost/rule";
import { NOT_INCLUDED } from "../cost/rules";
import { MEASURED, PEOPLE_FIELDS, type Scenario } from "../cost/scenarios/scenario";
import { notebookHours, notebooks, usageOf } from "../cost/scenarios/scenario-usage";
import { USAGE } from "../cost/scenarios/usage";
import { method } from "./equal";
import { categorySums, cheapestCents } from "./compare";
import type { NodePlan } from "../cost/compare/capacity";
import type { EqualComparison, EqualService } from "../cost/compare/equal-capacity";
import type { PricedStack } from "../cost/compare/priced-stack";
import { stackWarnings } from "./stack-warnings";
import type { Report } from "./report";
import { stackUnitCosts, unitCosts, type UnitCosts } from "../cost/compare/unit-costs";

/** Rises when a field goes away or changes its meaning; new fields leave it as it is. */
export const JSON_VERSION = 1;

/** The report as JSON, for programs. Its shape is documented in `docs/json.md`. */
export function reportJson({ stacks, refused, scenario, today, equal, notes }: Report): string {
  const usage = usageOf(scenario);
  const document = {
    version: JSON_VERSION,
    date: today,
    currency: "USD",
    hoursPerMonth: HOURS_PER_MONTH,
    scenario: scenarioJson(scenario),
    usage: {
      about: scenario.about,
      values: Object.entries(USAGE).map(([name, { doc, unit }]) => ({
        name,
        value: (usage as Readonly<Record<string, number>>)[name] ?? null,
        unit,
        doc,
      })),
    },
    stacks: stacks.map((one) => stackJson(one, cheapestCents(stacks), scenario)),
    refused,
    equal: equal === undefined ? null : equalJson(equal, scenario),
    notes: notes === undefined ? null : notes.map(noteJson),
    notedTotals: notes === undefined ? null : notedTotals(notes),
    notIncluded: NOT_INCLUDED,
  };
  return JSON.stringify(document, null, 2);
}

/** JSON has no undefined: a field that is always there is null instead. */
function stackJson(one: PricedStack, cheapest: number, scenario: Scenario): object {
  const { stack, target, estimate } = one;
  const { region, totals, lines, missingUsage, free, unpriced, prices } = estimate;
  const more = totals.totalCents - cheapest;
  return {
    stack,
    target,
    region,
    totals,
    moreThanCheapestCents: more,
    moreThanCheapestPercent: more === 0 ? 0 : rounded((more / cheapest) * 100, 2),
    ...unitCostsJson(stackUnitCosts(one, scenario)),
    categories: categorySums(lines).map((sum) => ({ ...sum, monthCents: sum.monthCents ?? null })),
    lines: lines.map(lineJson),
    remarks: stackWarnings(one, scenario),
    missingUsage,
    free,
    unpriced,
    prices: { ...prices, oldest: prices.oldest ?? null, newest: prices.newest ?? null },
  };
}

/** A line of an estimate; JSON has no undefined. */
export function lineJson(line: EstimateLine): object {
  return {
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
  };
}

/** Every field that a scenario can have. */
export function scenarioJson(scenario: Scenario): object {
  const numbers = [...Object.keys(PEOPLE_FIELDS), ...MEASURED] as const;
  return {
    name: scenario.name,
    about: scenario.about,
    nodeType: scenario.nodeType ?? null,
    notebookHours: notebookHours(scenario),
    ...Object.fromEntries(
      numbers.map((name) => [name, (scenario as Readonly<Record<string, unknown>>)[name] ?? null]),
    ),
  };
}

function equalJson(equal: EqualComparison, scenario: Scenario): object {
  const { services, refused, crossings, cheaperNodes, sharedCostsFrom } = equal;
  const nameOf = ({ stack, service }: EqualService): object => ({ stack, mode: service.mode });
  return {
    services: services.map(({ stack, target, region, machines, service }) => ({
      stack,
      target,
      region,
      mode: service.mode,
      nodes: machines.kind === "nodes" ? nodesJson(machines) : null,
      studioInstance: machines.kind === "per-notebook" ? machines.instanceType : null,
      totals: {
        sharedCents: service.sharedCents,
        targetCents: service.targetCents,
        totalCents: service.totalCents,
      },
      ...unitCostsJson(unitCosts(service.totalCents, notebooks(scenario), scenario)),
      lines: service.lines.map(lineJson),
    })),
    refused,
    breakEvens: crossings.map(({ cheaperBelow, cheaperAbove, hoursPerMonth, same }) => ({
      cheaperBelow: nameOf(cheaperBelow),
      cheaperAbove: nameOf(cheaperAbove),
      hoursPerMonth: hoursPerMonth === undefined ? null : rounded(hoursPerMonth, 4),
      same,
    })),
    cheaperNodes,
    studioBorrows: sharedCostsFrom ?? null,
    assumptions: method(equal, scenario),
  };
}

function nodesJson({ instanceType, count, notebooksEach }: NodePlan): object {
  return { instanceType, count, notebooksEach };
}

function noteJson({ title, why, notedCents, alikeCents, noted, alike }: PricedNote): object {
  return {
    title,
    why,
    notedCents,
    alikeCents,
    noted: noted.map(termJson),
    alike: alike.map(termJson),
  };
}

function termJson({ what, factors, usd, monthUsd, monthCents, price, doubt }: PricedTerm): object {
  return {
    what,
    factors,
    unitPriceUsd: usd,
    priceKey: "key" in price ? price.key : null,
    source: "key" in price ? null : price.source,
    monthUsd,
    monthCents,
    doubt: doubt ?? null,
  };
}

function unitCostsJson({ notebooksHeld, perPersonCents, perNotebookHourUsd }: UnitCosts): object {
  return {
    notebooksHeld,
    perPersonCents: Math.round(perPersonCents),
    perNotebookHourUsd: perNotebookHourUsd === undefined ? null : rounded(perNotebookHourUsd, 4),
  };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
