import { aboveCheapest } from "../cost/compare/cheapest";
import { exactCents } from "../cost/amount";
import type { PricedStack } from "../cost/compare/priced-stack";
import { HOURS_PER_MONTH } from "../cost/rule";
import type { Block } from "./document";
import { compact } from "./numbers";
import type { RefusedStack, Report } from "./report";
import type { Column, Row } from "./table";

/**
 * Every stack with its total in each region, and how much more that is than in its cheapest one. A region that
 * cannot serve a stack has no amount.
 */
export function regionsTable({
  stacks,
  refused,
  regions = [],
  currency,
}: Pick<Report, "stacks" | "refused" | "regions" | "currency">): Block {
  const names = [...new Set([...stacks, ...refused].map(({ stack }) => stack))];
  return {
    kind: "table",
    columns: [
      { title: `${currency.code} a month of ${HOURS_PER_MONTH} hours`, align: "left" },
      ...regions.map((title): Column => ({ title, align: "right", spill: true })),
    ],
    rows: names.flatMap((name): Row[] => {
      const here = stacks.filter(({ stack }) => stack === name);
      const found = regions.map((region) => here.find((one) => one.estimate.region === region));
      const cells = (cell: (one: PricedStack) => string, none: string): string[] =>
        found.map((one) => (one === undefined ? none : cell(one)));
      return [
        {
          kind: "sum",
          cells: [name, ...cells(({ estimate }) => compact(estimate.totals.total), "not served")],
        },
        { kind: "line", cells: ["", ...cells((one) => above(one, here), "")] },
      ];
    }),
  };
}

function above(one: PricedStack, regions: readonly PricedStack[]): string {
  const found = aboveCheapest(one, regions);
  if (found === undefined) {
    return "unknown";
  }
  return exactCents(found.amount) === 0
    ? "cheapest"
    : `+${compact(found.amount)} (${Math.round(found.percent)} %)`;
}

/** Faults of stacks in a region that cannot serve them, in sentences: the same for several stacks or regions is one sentence. */
export function notServed(refused: readonly RefusedStack[]): string[] {
  const found = new Map<string, Set<string>>();
  for (const { stack, region, problem } of refused) {
    const where = region === undefined ? stack : `${stack} in ${region}`;
    found.set(problem, (found.get(problem) ?? new Set()).add(where));
  }
  return [...found].map(([problem, where]) => `${[...where].join(", ")}: ${problem}`);
}
