import { sumCents } from "../cost/estimate";
import { calendarMonth, isoDay, type LiveCost } from "../cost/live/live-cost";
import { dollars } from "../cost/money";
import { REQUEST_USD, type BilledAnswer } from "../cost/live/bill-cache";
import type { Detail } from "./compare";
import { list, type Block } from "./document";
import {
  billedCents,
  billedUsd,
  billOf,
  type LiveReport,
  type LiveStack,
} from "../cost/live/live-report";
import { assumptions } from "./assumptions";
import { linesTable } from "./lines-table";
import { counted, minute, usd4 } from "./numbers";
import type { Column, Row } from "./table";

/** A stack that is up and has a price. */
type UpStack = LiveStack & { readonly cost: LiveCost };

function isUp(one: LiveStack): one is UpStack {
  return one.cost !== undefined;
}

/** The live stacks as parts that can be drawn in more than one way. */
export function liveBlocks(report: LiveReport, detail: Detail): Block[] {
  const { stacks, scenario, now, bills } = report;
  const up = stacks.filter(isUp);
  return [
    { kind: "title", text: `Live stacks on ${minute(now)} UTC, US dollars` },
    ...(up.length === 0 ? [] : [overview(up, report)]),
    ...list("Not up", stacks.flatMap(notUp)),
    ...list(
      "Cannot be priced, and in no sum",
      stacks.flatMap(({ stack, problem }) => (problem === undefined ? [] : `${stack}: ${problem}`)),
    ),
    ...(detail === "lines" ? up.flatMap(lines) : []),
    ...billedTable(stacks, bills),
    ...list(
      "Billed by AWS",
      bills.map((bill) => billed(bill, stacks)),
    ),
    ...list("How the estimate is made", estimateMethod(report)),
    ...assumptions({
      stacks: up.map(({ stack, cost }) => ({ stack, estimate: cost.month })),
      scenario,
      today: isoDay(now),
    }),
  ];
}

function overview(up: readonly UpStack[], { now, bills }: LiveReport): Block {
  const month = now.toLocaleString("en-US", { month: "long", timeZone: "UTC" });
  const right = (title: string): Column => ({ title, align: "right" });
  const bill = up.map((one) => billedUsd(one, bills)).map((usd) => usd && billedCents(usd));
  const sum = (cents: readonly number[]): string =>
    dollars(cents.reduce((total, one) => total + one, 0));
  return {
    kind: "table",
    columns: [
      { title: "Stack", align: "left", grow: true },
      { title: "Target", align: "left" },
      { title: "Up since", align: "left" },
      ...["USD an hour", "Estimated", "Billed", `Whole ${month}`].map(right),
    ],
    rows: [
      ...up.map(({ stack, deployment, cost }, index): Row => ({
        kind: "line",
        cells: [
          stack,
          deployment.target ?? "",
          minute(cost.upSince),
          usd4(cost.hourlyUsd),
          dollars(cost.soFar.totals.totalCents),
          optional(bill[index]),
          dollars(cost.month.totals.totalCents),
        ],
      })),
      {
        kind: "sum",
        cells: [
          "Together",
          "",
          "",
          usd4(up.reduce((total, { cost }) => total + cost.hourlyUsd, 0)),
          sum(up.map(({ cost }) => cost.soFar.totals.totalCents)),
          // A sum that leaves a stack out would look like all of them.
          bill.every((cents) => cents !== undefined) ? sum(bill) : "-",
          sum(up.map(({ cost }) => cost.month.totals.totalCents)),
        ],
      },
    ],
  };
}

function notUp({ stack, deployment: { resources }, cost, problem }: LiveStack): string[] {
  if (cost !== undefined || problem !== undefined) {
    return [];
  }
  return resources.length === 0
    ? [`${stack}: nothing is deployed`]
    : [`${stack}: ${counted(resources.length, "resource")}, none of which is billed`];
}

function lines({ stack, deployment, cost }: UpStack): Block[] {
  const title = `Stack ${stack}: estimated since ${minute(cost.upSince)}`;
  const target = deployment.target ?? "";
  return linesTable(cost.soFar, { title, stack, target, amount: "USD so far" });
}

/** What AWS has billed, by its own names of services. */
function billedTable(stacks: readonly LiveStack[], bills: readonly BilledAnswer[]): Block[] {
  const known = stacks.flatMap((one) => {
    const usd = billedUsd(one, bills);
    return usd === undefined ? [] : [{ stack: one.stack, usd }];
  });
  const services = [...new Set(known.flatMap(({ usd }) => Object.keys(usd)))].sort();
  return services.length === 0
    ? []
    : [
        {
          kind: "table",
          columns: [
            { title: "Billed so far, by service", align: "left", grow: true },
            ...known.map(({ stack }): Column => ({ title: stack, align: "right", spill: true })),
          ],
          rows: [
            ...services.map((service): Row => ({
              kind: "line",
              cells: [
                service,
                ...known.map(({ usd }) =>
                  usd[service] === undefined
                    ? "-"
                    : dollars(billedCents({ [service]: usd[service] })),
                ),
              ],
            })),
            {
              kind: "sum",
              cells: ["Total", ...known.map(({ usd }) => dollars(billedCents(usd)))],
            },
          ],
        },
      ];
}

function billed(bill: BilledAnswer, stacks: readonly LiveStack[]): string {
  const names = stacks
    .filter((one) => billOf(one, [bill]) !== undefined)
    .map(({ stack }) => stack)
    .join(", ");
  if (bill.billed === undefined) {
    return `${names}: ${bill.problem ?? ""}`;
  }
  const { since, until } = bill.billed;
  const paid = `${counted(bill.paidRequests, "request")} to Cost Explorer cost $${dollars(bill.paidRequests * REQUEST_USD * 100)}`;
  if (since === null || until === null) {
    return `${names}: ${bill.problem ?? ""} (${paid})`;
  }
  const price =
    bill.paidRequests === 0
      ? `asked at ${minute(bill.asked)} and kept for a day, so nothing was paid now`
      : `${paid}; kept for a day`;
  return (
    `${names}: asked from ${bill.from} on; AWS has data from ${since} to ${until}, and only of what carries the ` +
    `tag StackId; credits, refunds and taxes are left out (${price})`
  );
}

/** What the estimates assume, in full sentences; empty when nothing is up. */
export function estimateMethod({ stacks, scenario, now }: LiveReport): string[] {
  const up = stacks.filter(isUp);
  if (up.length === 0) {
    return [];
  }
  const { end } = calendarMonth(now);
  return [
    "Estimated: list prices for the time since each resource was made. What was replaced or deleted before is " +
      "not in it, but billed.",
    `Whole month: from its first day, or from when a resource was made, to ${isoDay(end)} if nothing changes.`,
    "Nodes: as many as the state has. Those that an autoscaler has added or taken away since are seen after a " +
      "pulumi refresh only.",
    ...up.map(
      ({ stack, cost }) =>
        `${stack}: ${dollars(usageCents(cost.soFar))} of the estimate and ${dollars(usageCents(cost.month))} of the ` +
        `month are usage, which is not measured but that of scenario ${scenario.name}, by the time that has passed`,
    ),
    ...up
      .filter(({ cost }) => cost.changed.length > 0)
      .map(
        ({ stack, cost }) =>
          `${stack}: changed since they were made, or seen changed by a refresh, and counted as if they had always been as they are now: ${cost.changed.join(", ")}`,
      ),
  ];
}

function usageCents({ lines: all }: LiveCost["soFar"]): number {
  return sumCents(all.filter(({ usage }) => usage !== undefined));
}

function optional(cents: number | undefined): string {
  return cents === undefined ? "-" : dollars(cents);
}
