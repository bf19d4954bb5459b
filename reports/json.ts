import { exactCents, type Amount } from "../cost/amount";
import { categorySums } from "../cost/category-sums";
import type { NodePlan } from "../cost/compare/capacity";
import { aboveCheapest } from "../cost/compare/cheapest";
import type { EqualComparison, EqualService } from "../cost/compare/equal-service";
import type { PricedStack } from "../cost/compare/priced-stack";
import { labourOf } from "../cost/compare/labour";
import { leftOnOf } from "../cost/compare/left-on";
import type { Turn } from "../cost/compare/sensitivity";
import {
  perTrainingRun,
  unitCosts,
  stackUnitCosts,
  type UnitCosts,
} from "../cost/compare/unit-costs";
import type { Currency } from "../cost/currency";
import type { Estimate, EstimateLine, Totals } from "../cost/estimate";
import type { Bill } from "../cost/live/bill-cache";
import { calendarMonth, isoDay } from "../cost/live/live-cost";
import { billedAmount, billedUsd, type LiveReport, type LiveStack } from "../cost/live/live-report";
import { missingPrices } from "../cost/missing-prices";
import { HOURS_PER_MONTH } from "../cost/rule";
import { NOT_INCLUDED } from "../cost/rules";
import { scenarioNumbers, type Scenario } from "../cost/scenarios/scenario";
import { notebookHours, notebooks, usageOf } from "../cost/scenarios/scenario-usage";
import { USAGE } from "../cost/scenarios/usage";
import { billsOf } from "./compare";
import { method } from "./equal";
import { estimateMethod, liveBills } from "./live";
import { comparable, type Report } from "./report";
import { stackWarnings } from "./stack-warnings";

/** Version of the documents; increases when a field is removed or changes its meaning. */
const JSON_VERSION = 3;

/** The comparison as JSON, for programs. Its shape is documented in `docs/json.md`. */
export function compareJson(report: Report): string {
  const { stacks, regions, refused, scenario, currency, today, equal, section } = report;
  const usage = usageOf(scenario);
  const document = {
    version: JSON_VERSION,
    date: today,
    ...currencyJson(currency),
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
    regions: regions ?? null,
    stacks: stacks.map((one) => stackJson(one, comparable(one, report), scenario)),
    refused: refused.map(({ stack, region, problem }) => ({
      stack,
      region: region ?? null,
      problem,
    })),
    missingPrices: missingPrices(billsOf(report)),
    equal: equal === undefined ? null : equalJson(equal, scenario),
    notes: section?.json.notes ?? null,
    notedTotals: section?.json.notedTotals ?? null,
    notIncluded: NOT_INCLUDED,
  };
  return JSON.stringify(document, null, 2);
}

/** A priced stack. An absent value is null, because JSON would drop an undefined field. */
function stackJson(one: PricedStack, stacks: readonly PricedStack[], scenario: Scenario): object {
  const { stack, target, estimate } = one;
  const { region, totals, lines, missingUsage, free, unpriced, prices } = estimate;
  const above = aboveCheapest(one, stacks);
  return {
    stack,
    target,
    region,
    totals: totalsJson(totals),
    moreThanCheapestCents: above?.amount.leastCents ?? null,
    moreThanCheapestPercent: above === undefined ? null : rounded(above.percent, 2),
    ...unitCostsJson(stackUnitCosts(one, scenario)),
    perTrainingRun: perTrainingRun(one, scenario) ?? null,
    categories: categorySums(lines).map(({ part, category, amount }) => ({
      part,
      category,
      monthCents: leastCents(amount),
      hasOpenLines: amount.plusUsage,
      atLeast: amount.atLeast,
    })),
    lines: lines.map(lineJson),
    remarks: stackWarnings(one, scenario),
    missingUsage,
    free,
    unpriced,
    prices: { ...prices, oldest: prices.oldest ?? null, newest: prices.newest ?? null },
  };
}

/** A line of an estimate; absent values are null. */
function lineJson(line: EstimateLine): object {
  return {
    part: line.part,
    category: line.category,
    service: line.service,
    label: line.label,
    resources: line.resources,
    quantity: line.quantity ?? null,
    unit: line.unit,
    priceKey: line.priceKey,
    unitPrice: line.unitPrice ?? null,
    monthCents: exactCents(line.amount) ?? null,
    usage: line.usage ?? null,
    problem: line.problem ?? null,
  };
}

/** A scenario with every field that it can have; absent ones are null. */
export function scenarioJson(scenario: Scenario): object {
  return {
    name: scenario.name,
    about: scenario.about,
    nodeType: scenario.nodeType ?? null,
    trainingType: scenario.trainingType ?? null,
    endpointType: scenario.endpointType ?? null,
    adminHoursPerMonth: scenario.adminHoursPerMonth ?? null,
    currency: scenario.currency ?? null,
    notebookHours: notebookHours(scenario),
    ...Object.fromEntries(
      scenarioNumbers().map((name) => [
        name,
        (scenario as Readonly<Record<string, unknown>>)[name] ?? null,
      ]),
    ),
  };
}

function equalJson(equal: EqualComparison, scenario: Scenario): object {
  const { services, refused, edges, breakEvens, sensitivity, sharedCostsFrom } = equal;
  return {
    services: services.map(({ stack, target, region, machines, declared, service }) => ({
      stack,
      target,
      region,
      mode: service.mode,
      ...machinesJson(machines),
      declared,
      totals: totalsJson(service),
      ...unitCostsJson(unitCosts(service.total, notebooks(scenario), scenario)),
      lines: service.lines.map(lineJson),
    })),
    refused,
    edges: edges.map(({ stack, machines, mode, notebookGib, total }) => ({
      stack,
      mode,
      ...machinesJson(machines),
      notebookGib,
      totalCents: total.leastCents,
    })),
    breakEvens: breakEvens.map(({ stacks, stretches }) => ({
      stacks,
      stretches: stretches.map(({ stack, fromHours, toHours }) => ({
        stack: stack ?? null,
        fromHours: rounded(fromHours, 4),
        toHours: rounded(toHours, 4),
      })),
    })),
    sensitivity: sensitivity.map(({ below, above, ...one }) => ({
      ...one,
      below: turnJson(below),
      above: turnJson(above),
    })),
    labour:
      labourOf(services, scenario)?.map(({ stack, hours, labour, total }) => ({
        stack,
        hours,
        labourCents: labour.leastCents,
        totalCents: total.leastCents,
        atLeast: total.atLeast,
        plusUsage: total.plusUsage,
      })) ?? null,
    leftOn: leftOnOf(services, scenario).map(({ leftOn, stopped, ...one }) => ({
      ...one,
      leftOnCents: leftOn.leastCents,
      stoppedCents: stopped.leastCents,
    })),
    studioBorrows: sharedCostsFrom ?? null,
    assumptions: method(equal, scenario),
  };
}

function machinesJson(machines: EqualService["machines"]): object {
  return {
    nodes: machines.kind === "nodes" ? nodesJson(machines) : null,
    studioInstance: machines.kind === "per-notebook" ? machines.instanceType : null,
  };
}

function turnJson(turn: Turn | undefined): object | null {
  return turn === undefined ? null : { at: rounded(turn.at, 4), stack: turn.stack };
}

/** The live stacks as JSON, for programs. Its shape is documented in `docs/json.md`. */
export function liveJson(report: LiveReport): string {
  const { stacks, scenario, currency, now, bills } = report;
  const document = {
    version: JSON_VERSION,
    time: now.toISOString(),
    ...currencyJson(currency),
    monthEnd: isoDay(calendarMonth(now).end),
    scenario: scenarioJson(scenario),
    stacks: stacks.map((one) => liveStackJson(one, report)),
    missingPrices: missingPrices(liveBills(stacks)),
    bills: bills.map(billJson),
    assumptions: estimateMethod(report),
    notIncluded: NOT_INCLUDED,
  };
  return JSON.stringify(document, null, 2);
}

function liveStackJson(one: LiveStack, { bills, currency }: LiveReport): object {
  const { stack, deployment, cost, problem } = one;
  const { stackId, target, region, resources } = deployment;
  const usd = billedUsd(one, bills);
  return {
    stack,
    stackId: stackId ?? null,
    target: target ?? null,
    region: region ?? null,
    resources: resources.length,
    problem: problem ?? null,
    upSince: cost?.upSince.toISOString() ?? null,
    hourly: cost === undefined ? null : rounded(cost.hourly.leastCents / 100, 10),
    soFar: cost === undefined ? null : estimateJson(cost.soFar),
    month: cost === undefined ? null : estimateJson(cost.month),
    changed: cost?.changed ?? [],
    billedCents: usd === undefined ? null : billedAmount(usd, currency).leastCents,
    billedUsd: usd ?? null,
    trainingRuns: one.runs ?? null,
  };
}

function estimateJson({ totals, lines }: Estimate): object {
  // `monthCents` is here the amount of the period that the estimate is for.
  return { totals: totalsJson(totals), lines: lines.map(lineJson) };
}

function billJson({ stackIds, from, billed, problem, asked, paidRequests }: Bill): object {
  return {
    stackIds,
    from,
    since: billed?.since ?? null,
    until: billed?.until ?? null,
    problem: problem ?? null,
    asked: asked.toISOString(),
    paidRequests,
  };
}

function nodesJson({ instanceType, count, notebooksEach }: NodePlan): object {
  return { instanceType, count, notebooksEach };
}

function unitCostsJson({ notebooksHeld, perPerson, perNotebookHour }: UnitCosts): object {
  return {
    notebooksHeld,
    perPersonCents: Math.round(perPerson.leastCents),
    perNotebookHour:
      perNotebookHour === undefined ? null : rounded(perNotebookHour.leastCents / 100, 4),
  };
}

/** The currency of all amounts, and the rate by which they come from US dollars. */
function currencyJson({ code, rate, day }: Currency): object {
  return { currency: code, rate, rateDay: day ?? null };
}

/** Sums, and whether something in the total has no price, or depends on unknown usage. */
function totalsJson({ shared, target, total }: Totals): object {
  return {
    sharedCents: shared.leastCents,
    targetCents: target.leastCents,
    totalCents: total.leastCents,
    atLeast: total.atLeast,
    plusUsage: total.plusUsage,
  };
}

/** The known cents; null where nothing is known. */
function leastCents({ leastCents: known, atLeast, plusUsage }: Amount): number | null {
  return known === 0 && (atLeast || plusUsage) ? null : known;
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
