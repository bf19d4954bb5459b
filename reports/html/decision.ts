import { POINT, rangeAround, type BreakEven } from "../../cost/compare/break-even";
import type { EqualComparison, EqualService } from "../../cost/compare/equal-service";
import { holdsAll } from "../../cost/compare/unit-costs";
import { byAmount } from "../../cost/amount";
import { notebooks, workingHours } from "../../cost/scenarios/scenario-usage";
import { allNotebooks, machineName, money, number } from "../numbers";
import type { Report } from "../report";

/**
 * The decision in one sentence with its condition: what is the cheapest that holds the notebooks, and between which
 * hours it stays so.
 */
export function decision({ stacks, scenario, currency, equal }: Report): string {
  const all = allNotebooks(notebooks(scenario));
  const able = stacks
    .filter((one) => holdsAll(one, scenario) && !one.estimate.totals.total.atLeast)
    .toSorted((one, other) => byAmount(one.estimate.totals.total, other.estimate.totals.total));
  const [holder] = able;
  const asDeclared =
    holder === undefined
      ? `None of the stacks holds ${all} as declared, so equal service decides: `
      : `As declared, ${holder.stack} is the cheapest that holds ${all}, ` +
        `${currency.code} ${money(holder.estimate.totals.total)} a month; with the machines that all notebooks need, `;
  const best = equal?.services.find(({ service }) => !service.total.atLeast);
  if (equal === undefined || best === undefined) {
    return `${asDeclared}no stack can be priced that holds them.`;
  }
  return (
    `${asDeclared}${best.stack} is the cheapest, ${currency.code} ${money(best.service.total)} a month ` +
    `(${machineName(best.machines)}, ${best.service.mode}), ${conditionOf(best, equal, workingHours(scenario))}.`
  );
}

/** The hours a month between which a stack stays the cheapest, and what is cheaper beyond them. */
function conditionOf({ stack }: EqualService, equal: EqualComparison, now: number): string {
  const pairs = equal.breakEvens.filter(({ stacks }) => stacks.includes(stack));
  if (pairs.length === 0) {
    return "and no other stack holds them";
  }
  const ranges = pairs.map((pair) => ({
    other: otherOf(pair, stack),
    ...rangeAround(pair, stack, now),
  }));
  const [lower] = ranges.toSorted((one, other) => other.fromHours - one.fromHours);
  const [upper] = ranges.toSorted((one, other) => one.toHours - other.toHours);
  const last = Math.max(...pairs.flatMap(({ stretches }) => stretches.map((one) => one.toHours)));
  const ends = [
    ...(lower !== undefined && lower.fromHours > POINT
      ? [`more than ${hours(lower.fromHours)} (below that ${lower.other})`]
      : []),
    ...(upper !== undefined && upper.toHours < last - POINT
      ? [`less than ${hours(upper.toHours)} (above that ${upper.other})`]
      : []),
  ];
  return ends.length === 0
    ? "at any hours of use"
    : `as long as each notebook is in use for ${ends.join(" and ")}; now it is ${hours(now)}`;
}

function otherOf({ stacks: [one, other] }: BreakEven, stack: string): string {
  return one === stack ? other : one;
}

function hours(value: number): string {
  return `${number(Math.round(value * 10) / 10)} hours a month`;
}
