import type { EChartsOption } from "echarts";
import type { Amount } from "../../cost/amount";
import { cheapestRows, type EqualComparison } from "../../cost/compare/equal-service";
import { sumOf } from "../../cost/estimate";
import { billedAmount, billedUsd, type LiveReport } from "../../cost/live/live-report";
import { CATEGORIES } from "../../cost/rule";
import { PHASES, type RunSummary } from "../../cost/training-run";
import { TARGET_NAMES, type TargetName } from "../../settings/shared";
import { printable } from "../../settings/foreign-text";
import { compact } from "../numbers";
import type { Report } from "../report";
import { colour, FAINT, INK, PAPER, type Chart, type Key, type Size } from "./chart";

/** Length of a bar, and the text beside it. */
interface Bar {
  readonly value: number;
  readonly text: string;
}

/** Bars of one colour, one for each row; undefined where nothing is known. */
interface Bars {
  readonly key: Key;
  readonly bars: readonly (Bar | undefined)[];
}

/** The known part of an amount as a bar. */
function barOf(amount: Amount): Bar {
  return { value: amount.leastCents / 100, text: compact(amount) };
}

/** Colour of a target, the same in every chart. */
export function targetColour(target: TargetName): string {
  return colour(TARGET_COLOURS[target]);
}

/** Orange, blue and green of the palette. */
const TARGET_COLOURS: Readonly<Record<TargetName, number>> = { ec2: 0, eks: 4, sagemaker: 2 };

/** The stacks as declared, a bar for each with its categories. */
export function stackBars({ stacks, currency }: Report, figures: string): Chart {
  const bars = CATEGORIES.map((category, index) => ({
    key: { name: category, colour: colour(index) },
    bars: stacks.map(({ estimate: { lines } }) =>
      barOf(sumOf(lines.filter((line) => line.category === category))),
    ),
  })).filter((one) => one.bars.some(({ value }) => value > 0));
  const totals = stacks.map(({ estimate }) => compact(estimate.totals.total));
  return {
    label: `${currency.code} a month of each stack as declared, by category: ${listOf(stacks, totals)}`,
    keys: bars.map(({ key }) => key),
    height: 40 + 30 * stacks.length,
    figures,
    option: barsOption(
      stacks.map(({ stack }) => stack),
      bars,
      { stacked: true, ends: totals },
    ),
  };
}

/** The cheapest way of each stack that holds all notebooks, the cheapest first. */
export function serviceBars(
  { services }: EqualComparison,
  { currency }: Report,
  figures: string,
): Chart {
  const best = cheapestRows(services);
  const totals = best.map(({ service }) => compact(service.total));
  const targets = TARGET_NAMES.filter((name) => best.some(({ target }) => target === name));
  return {
    label: `${currency.code} a month for all notebooks, each stack in its cheapest way: ${listOf(best, totals)}`,
    keys: targets.map((name) => ({ name, colour: targetColour(name) })),
    height: 40 + 30 * best.length,
    figures,
    option: barsOption(
      best.map(({ stack }) => stack),
      targets.map((name) => ({
        key: { name, colour: targetColour(name) },
        bars: best.map(({ target, service }) =>
          target === name ? barOf(service.total) : undefined,
        ),
      })),
      { stacked: true, ends: totals },
    ),
  };
}

/** Live stacks: what their resources cost by list prices, what AWS has billed, and what their files say. */
export function liveBars(live: LiveReport, { stacks }: Report, figures: string): Chart {
  const found = live.stacks.filter(({ cost }) => cost !== undefined);
  const rows: readonly [string, (one: (typeof found)[number]) => Amount | undefined][] = [
    ["estimated so far", ({ cost }) => cost?.soFar.totals.total],
    [
      "billed so far",
      (one) => {
        const usd = billedUsd(one, live.bills);
        return usd && billedAmount(usd, live.currency);
      },
    ],
    ["whole month as deployed", ({ cost }) => cost?.month.totals.total],
    [
      "a month of 730 hours as declared",
      ({ stack }) => stacks.find((one) => one.stack === stack)?.estimate.totals.total,
    ],
  ];
  const bars = rows
    .map(([name, amount], index) => ({
      key: { name, colour: colour([1, 4, 0, 5][index] ?? 0) },
      bars: found.map((one) => {
        const known = amount(one);
        return known && barOf(known);
      }),
    }))
    .filter((one) => one.bars.some((bar) => bar !== undefined));
  return {
    label: `${live.currency.code} of each live stack against its estimate: ${found.map(({ stack }) => stack).join(", ")}`,
    keys: bars.map(({ key }) => key),
    height: 40 + (12 + 18 * bars.length) * found.length,
    figures,
    option: barsOption(
      found.map(({ stack }) => stack),
      bars,
      { stacked: false },
    ),
  };
}

/** Training runs of live stacks: the median seconds of each phase, a bar for each stack and size. */
export function runBars(runs: readonly RunSummary[], figures: string): Chart {
  const names = runs.map(({ stack, size }) => `${stack}, ${size}`);
  const totals = runs.map(({ seconds }) => `${seconds.total.toFixed(0)} s`);
  const bars = PHASES.map((phase, index) => ({
    key: { name: phase, colour: colour(index) },
    bars: runs.map(({ seconds }) => ({ value: seconds[phase], text: seconds[phase].toFixed(1) })),
  }));
  return {
    label: `Median seconds of a training run by phase: ${names.map((name, index) => `${name} ${totals[index] ?? ""}`).join(", ")}`,
    keys: bars.map(({ key }) => key),
    height: 40 + 30 * runs.length,
    figures,
    option: barsOption(names, bars, { stacked: true, ends: totals }),
  };
}

function listOf(rows: readonly { readonly stack: string }[], totals: readonly string[]): string {
  return rows.map(({ stack }, index) => `${stack} ${totals[index] ?? ""}`).join(", ");
}

/**
 * Horizontal bars with a row for each name.
 *
 * @param options `ends` are texts behind stacked bars.
 */
function barsOption(
  names: readonly string[],
  rows: readonly Bars[],
  { stacked, ends }: { readonly stacked: boolean; readonly ends?: readonly string[] },
): (size: Size) => EChartsOption {
  return ({ isNarrow }) => ({
    grid: { left: isNarrow ? 84 : 140, right: isNarrow ? 72 : 96, top: 4, bottom: 30 },
    xAxis: {
      type: "value",
      splitNumber: isNarrow ? 2 : 5,
      axisLabel: { color: INK, hideOverlap: true },
      splitLine: { lineStyle: { color: FAINT } },
    },
    yAxis: {
      type: "category",
      inverse: true,
      data: names.map((name) => printable(name)),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: INK } },
      axisLabel: { color: INK, interval: 0, width: isNarrow ? 76 : 130, overflow: "truncate" },
    },
    series: rows.map(({ key, bars }, index) => ({
      type: "bar",
      name: key.name,
      ...(stacked ? { stack: "all", barWidth: 20 } : { barWidth: 14, barGap: "20%" }),
      itemStyle: { color: key.colour, borderColor: PAPER, borderWidth: 1 },
      data: bars.map((one) => one?.value ?? (stacked ? 0 : null)),
      label: {
        show: !stacked || index === rows.length - 1,
        position: "right",
        color: INK,
        formatter: ({ dataIndex }: { readonly dataIndex: number }) =>
          (stacked ? ends?.[dataIndex] : bars[dataIndex]?.text) ?? "",
      },
    })),
  });
}
