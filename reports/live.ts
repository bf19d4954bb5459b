import { REQUEST_USD, type Bill } from "../cost/live/bill-cache";
import { sum, type Amount } from "../cost/amount";
import { calendarMonth, isoDay, usageAmount, type LiveCost } from "../cost/live/live-cost";
import {
  billedAmount,
  billedUsd,
  billOf,
  type LiveReport,
  type LiveStack,
} from "../cost/live/live-report";
import { missingPrices, type StackLines } from "../cost/missing-prices";
import { dollars } from "../cost/money";
import { list, type Block } from "./document";
import { linesTable } from "./lines-table";
import { compact, counted, hourly, minute, money } from "./numbers";
import { remarksOrAssumptions } from "./remarks";
import type { View } from "./report";
import { left, right, type Column, type Row } from "./table";
import { summariesBlocks } from "./training-runs";
import { unitsKey } from "./units";

/** A stack that has billed resources and a price. */
type PricedLiveStack = LiveStack & { readonly cost: LiveCost };

function isPriced(one: LiveStack): one is PricedLiveStack {
  return one.cost !== undefined;
}

/** Said where the backend has no stack at all. */
export const NOTHING_LIVE =
  "The current Pulumi backend has no stack of this project. pulumi whoami --verbose names the backend.";

/** The live stacks as blocks, for a terminal or for Markdown. */
export function liveBlocks(report: LiveReport, view: View): Block[] {
  return liveCostBlocks(report, view, [...trainingBlocks(report), ...unreadBlocks(report)]);
}

/**
 * Costs of the live stacks.
 *
 * @param measured blocks between what is estimated and what is billed. @default none
 */
export function liveCostBlocks(
  report: LiveReport,
  { detail, explain }: View,
  measured: readonly Block[] = [],
): Block[] {
  const { stacks, scenario, currency, now, bills } = report;
  const priced = stacks.filter(isPriced);
  return [
    {
      kind: "title",
      text: `Live stacks on ${minute(now)} UTC, ${currency.code === "USD" ? "US dollars" : currency.code}`,
    },
    ...(stacks.length === 0 ? [{ kind: "title", text: NOTHING_LIVE } as const] : []),
    ...(priced.length === 0 ? [] : [overview(priced, report)]),
    ...list("Without billed resources", stacks.flatMap(nothingBilled)),
    ...list(
      "Not priced, and in no total",
      stacks.flatMap(({ stack, problem }) => (problem === undefined ? [] : `${stack}: ${problem}`)),
    ),
    ...(detail === "lines" ? detailBlocks(priced) : []),
    ...measured,
    ...billedTable(report),
    ...list(
      "Billed by AWS",
      bills.map((bill) => billSentence(bill, stacks)),
    ),
    ...list(
      "Without a known price: sums that contain them are lower bounds (≥)",
      missingPrices(liveBills(stacks)),
    ),
    ...(explain ? list("How the estimate is made", estimateMethod(report)) : []),
    ...(priced.length === 0
      ? []
      : remarksOrAssumptions(
          {
            stacks: priced.map(({ stack, cost }) => ({ stack, estimate: cost.month })),
            scenario,
            currency,
          },
          explain,
        )),
  ];
}

/** The last training runs of the stacks as a table; nothing where there are none. */
export function trainingBlocks({ stacks, currency }: LiveReport): Block[] {
  return summariesBlocks(
    stacks.flatMap(({ runs = [] }) => runs),
    currency,
  );
}

/** The stacks of which the runs cannot be read, and why; nothing where all can. */
export function unreadBlocks({ stacks }: LiveReport): Block[] {
  return list(
    "Training runs that cannot be read",
    stacks.flatMap(({ stack, runsProblem }) =>
      runsProblem === undefined ? [] : `${stack}: ${runsProblem}`,
    ),
  );
}

/** The bills of the stacks that are priced. */
export function liveBills(stacks: readonly LiveStack[]): StackLines[] {
  return stacks.filter(isPriced).map(({ stack, cost }) => ({ stack, lines: cost.month.lines }));
}

function overview(priced: readonly PricedLiveStack[], { now, bills, currency }: LiveReport): Block {
  const month = now.toLocaleString("en-US", { month: "long", timeZone: "UTC" });
  const billed = priced
    .map((one) => billedUsd(one, bills))
    .map((usd) => usd && billedAmount(usd, currency));
  return {
    kind: "table",
    columns: [
      ...["Stack", "Target", "Up since"].map(left),
      ...[`${currency.code} an hour`, "Estimated", "Billed", `Whole ${month}`].map(right),
    ],
    rows: [
      ...priced.map(({ stack, deployment, cost }, index): Row => ({
        kind: "line",
        cells: [
          stack,
          deployment.target ?? "",
          minute(cost.upSince),
          hourly(cost.hourly),
          compact(cost.soFar.totals.total),
          optional(billed[index]),
          compact(cost.month.totals.total),
        ],
      })),
      {
        kind: "sum",
        cells: [
          "Total",
          "",
          "",
          hourly(sum(priced.map(({ cost }) => cost.hourly))),
          compact(sum(priced.map(({ cost }) => cost.soFar.totals.total))),
          // Without every stack's bill there is no sum: it would look like that of all stacks.
          billed.every((amount) => amount !== undefined) ? compact(sum(billed)) : "-",
          compact(sum(priced.map(({ cost }) => cost.month.totals.total))),
        ],
      },
    ],
  };
}

function nothingBilled({ stack, deployment: { resources }, cost, problem }: LiveStack): string[] {
  if (cost !== undefined || problem !== undefined) {
    return [];
  }
  return resources.length === 0
    ? [`${stack}: nothing is deployed`]
    : [`${stack}: ${counted(resources.length, "resource")}, none of which is billed`];
}

function detailBlocks(priced: readonly PricedLiveStack[]): Block[] {
  return [
    ...priced.flatMap(lineBlocks),
    ...unitsKey(priced.flatMap(({ cost }) => cost.soFar.lines)),
  ];
}

function lineBlocks({ stack, deployment, cost }: PricedLiveStack): Block[] {
  const title = `Stack ${stack}: estimated since ${minute(cost.upSince)}`;
  const target = deployment.target ?? "";
  return linesTable(cost.soFar, {
    title,
    stack,
    target,
    amount: `${cost.soFar.currency.code} so far`,
  });
}

/** The bills by AWS's names of services, a column for each stack whose bill is known. */
function billedTable({ stacks, bills, currency }: LiveReport): Block[] {
  const known = stacks.flatMap((one) => {
    const usd = billedUsd(one, bills);
    return usd === undefined ? [] : [{ stack: one.stack, usd }];
  });
  const services = [...new Set(known.flatMap(({ usd }) => Object.keys(usd)))].sort();
  if (services.length === 0) {
    return [];
  }
  const cell = (usd: Readonly<Record<string, number>>, service: string): string =>
    usd[service] === undefined ? "-" : compact(billedAmount({ [service]: usd[service] }, currency));
  return [
    {
      kind: "table",
      columns: [
        { title: "Billed so far, by service", align: "left" },
        ...known.map(({ stack }): Column => ({ title: stack, align: "right", spill: true })),
      ],
      rows: [
        ...services.map((service): Row => ({
          kind: "line",
          cells: [service, ...known.map(({ usd }) => cell(usd, service))],
        })),
        {
          kind: "sum",
          cells: ["Total", ...known.map(({ usd }) => compact(billedAmount(usd, currency)))],
        },
      ],
    },
  ];
}

/** One sentence on a bill: its stacks, its days, and what was paid for asking. */
function billSentence(bill: Bill, stacks: readonly LiveStack[]): string {
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
      ? `answer of ${minute(bill.asked)} from the cache, so no request was paid now`
      : `${paid}; the answer is cached for a day`;
  return (
    `${names}: days from ${bill.from} on were requested, AWS has data from ${since} to ${until}. Only resources ` +
    `with the tag StackId are included; credits, refunds and taxes are not (${price})`
  );
}

/** The assumptions of the estimates, in sentences; empty when no stack is priced. */
export function estimateMethod({ stacks, scenario, now }: LiveReport): string[] {
  const priced = stacks.filter(isPriced);
  if (priced.length === 0) {
    return [];
  }
  const { end } = calendarMonth(now);
  return [
    "Estimated: list prices for the time since each resource was created. Resources that were replaced or " +
      "deleted before are billed, but not in the estimate.",
    `Whole month: from its first day, or from the creation of a resource, to ${isoDay(end)}, if nothing changes.`,
    "Nodes: as many as the state has. Nodes that an autoscaler has added or removed since are counted after a " +
      "pulumi refresh only.",
    ...priced.map(
      ({ stack, cost }) =>
        `${stack}: ${money(usageAmount(cost.soFar))} of the estimate and ${money(usageAmount(cost.month))} of the ` +
        `month are usage. It is not measured: it is the usage of scenario ${scenario.name}, in proportion to the time`,
    ),
    ...priced
      .filter(({ cost }) => cost.changed.length > 0)
      .map(
        ({ stack, cost }) =>
          `${stack}: these resources were changed after their creation, and are priced as if they had always been ` +
          `as they are now: ${cost.changed.join(", ")}`,
      ),
  ];
}

function optional(amount: Amount | undefined): string {
  return amount === undefined ? "-" : compact(amount);
}
