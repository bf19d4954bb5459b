import type { Estimate } from "../cost/estimate";
import { calendarMonth, isoDay } from "../cost/live/live-cost";
import { NOT_INCLUDED } from "../cost/rules";
import type { BilledAnswer } from "../cost/live/bill-cache";
import { billedCents, billedUsd, type LiveReport, type LiveStack } from "../cost/live/live-report";
import { counting } from "./live";
import { asCsv, lineCells } from "./csv";
import type { CsvRow } from "./report";
import { JSON_VERSION, lineJson, scenarioJson } from "./json";

/** The live stacks as JSON, for programs. Its shape is documented in `docs/json.md`. */
export function liveJson(report: LiveReport): string {
  const { stacks, scenario, now, bills } = report;
  const document = {
    version: JSON_VERSION,
    time: now.toISOString(),
    currency: "USD",
    monthEnd: isoDay(calendarMonth(now).end),
    scenario: scenarioJson(scenario),
    stacks: stacks.map((one) => stackJson(one, bills)),
    bills: bills.map(billJson),
    assumptions: counting(report),
    notIncluded: NOT_INCLUDED,
  };
  return JSON.stringify(document, null, 2);
}

function stackJson(one: LiveStack, bills: readonly BilledAnswer[]): object {
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
    hourlyUsd: cost?.hourlyUsd ?? null,
    soFar: cost === undefined ? null : estimateJson(cost.soFar),
    month: cost === undefined ? null : estimateJson(cost.month),
    changed: cost?.changed ?? [],
    billedCents: usd === undefined ? null : billedCents(usd),
    billedUsd: usd ?? null,
  };
}

function estimateJson({ totals, lines }: Estimate): object {
  // What a line of a month calls its month is here the time that the estimate is for.
  return { totals, lines: lines.map(lineJson) };
}

function billJson({ stackIds, from, billed, problem, asked, paidRequests }: BilledAnswer): object {
  return {
    ...{ stackIds, from, since: billed?.since ?? null, until: billed?.until ?? null },
    ...{ problem: problem ?? null, asked: asked.toISOString(), paidRequests },
  };
}

/** Every line of what each stack has cost, and of what AWS has billed, as comma-separated values. */
export function liveCsv({ stacks, bills }: LiveReport): string {
  return asCsv(
    stacks.flatMap((one): CsvRow[] => {
      const { stack, deployment, cost } = one;
      const { target = "", region = "" } = deployment;
      const rows = (view: string, estimate: Estimate | undefined): CsvRow[] =>
        (estimate?.lines ?? []).map((line) => ({
          ...{ view, stack, target, region },
          ...lineCells(line),
        }));
      return [
        ...rows("so far", cost?.soFar),
        ...rows("whole month", cost?.month),
        ...Object.entries(billedUsd(one, bills) ?? {}).map(([service, usd]) => ({
          ...{ view: "billed", stack, target, region, service, usd },
        })),
      ];
    }),
  );
}
