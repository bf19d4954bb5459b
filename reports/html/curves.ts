import type { EChartsOption } from "echarts";
import type { BreakEvenMap, MapStretch } from "../../cost/compare/break-even-map";
import { cheapestByTarget, type Candidate } from "../../cost/compare/break-even";
import type { Mode } from "../../cost/compare/ways";
import type { Scenario } from "../../cost/scenarios/scenario";
import { TARGET_NAMES, type TargetName } from "../../settings/shared";
import { listed } from "../../settings/foreign-text";
import { exactly } from "../../cost/amount";
import { compact, counted, number } from "../numbers";
import type { Report } from "../report";
import { targetColour } from "./bars";
import { blocksHtml } from "./blocks";
import { FAINT, INK, PAPER, type Chart, type Key, type Size } from "./chart";

/** The map as a chart: people to the right, hours a day upwards, the scenario as a ring. */
export function mapChart({ columns, peopleStep }: BreakEvenMap, scenario: Scenario): Chart {
  const { people, hoursPerDay } = scenario;
  const targets = TARGET_NAMES.filter((name) =>
    columns.some(({ stretches }) => stretches.some(({ target }) => target === name)),
  );
  const [first, last] = [columns[0]?.people ?? people, columns.at(-1)?.people ?? people];
  return {
    label:
      `The cheapest target for ${number(first)} to ${number(last)} people who use a notebook for up to 24 hours a day; ` +
      `the ring is the scenario, ${counted(people, "person")} and ${counted(hoursPerDay, "hour")}`,
    keys: targets.map((name) => ({
      name: `${name}: ${listed(winners(columns, name), 4)}`,
      colour: targetColour(name),
    })),
    height: 320,
    figures: mapTable(columns),
    option: ({ isNarrow }) => ({
      grid: { left: 34, right: 12, top: 22, bottom: 40 },
      xAxis: valueAxis(
        "people",
        { min: 0, max: last + peopleStep / 2, splits: isNarrow ? 4 : 8 },
        true,
      ),
      yAxis: { ...valueAxis("hours a day", { min: 0, max: 24, splits: 6 }), interval: 4 },
      series: [
        ...targets.map((name) => area(name, columns, peopleStep)),
        {
          type: "scatter" as const,
          data: [[people, hoursPerDay]],
          symbol: "circle",
          symbolSize: 14,
          itemStyle: { color: PAPER, borderColor: INK, borderWidth: 3 },
        },
      ],
    }),
  };
}

/** Stacks of a target that are the cheapest somewhere on the map. */
function winners(columns: BreakEvenMap["columns"], name: TargetName): string[] {
  const found = columns.flatMap(({ stretches }) =>
    stretches.flatMap(({ target, stack }) => (target === name && stack !== undefined ? stack : [])),
  );
  return [...new Set(found)].sort();
}

type Axis = Record<string, unknown> & { readonly type: "value" };

/** @param isBelow true for the axis below the drawing, whose name stands in its middle. */
function valueAxis(
  name: string,
  { min, max, splits }: { readonly min: number; readonly max: number; readonly splits: number },
  isBelow = false,
): Axis {
  return {
    type: "value",
    name,
    nameLocation: isBelow ? "middle" : "end",
    nameGap: isBelow ? 26 : 8,
    nameTextStyle: { color: INK, align: isBelow ? "center" : "left" },
    min,
    max,
    splitNumber: splits,
    axisLabel: { color: INK, hideOverlap: true, showMaxLabel: false },
    axisLine: { lineStyle: { color: INK } },
    splitLine: { lineStyle: { color: FAINT } },
  };
}

/** Rectangles of one target: neighbouring columns that are alike are one. */
function area(
  name: TargetName,
  columns: BreakEvenMap["columns"],
  peopleStep: number,
): NonNullable<Extract<EChartsOption["series"], readonly unknown[]>>[number] {
  const half = peopleStep / 2;
  const boxes: [number, number, number, number][] = [];
  for (const { people, stretches } of columns) {
    for (const { fromHours, toHours } of mergedBy(stretches).filter((one) => one.target === name)) {
      const same = boxes.find(
        ([, right, from, to]) => right === people - half && from === fromHours && to === toHours,
      );
      if (same === undefined) {
        boxes.push([people - half, people + half, fromHours, toHours]);
      } else {
        same[1] = people + half;
      }
    }
  }
  return {
    type: "custom",
    data: boxes,
    renderItem: (_, api) => {
      const [left = 0, top = 0] = api.coord([api.value(0), api.value(3)]);
      const [right = 0, bottom = 0] = api.coord([api.value(1), api.value(2)]);
      // A pixel more, so that no gap shows between neighbours.
      const shape = { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
      return { type: "rect", shape, style: { fill: targetColour(name) } };
    },
  };
}

/** Stretches of one column without the borders between stacks of one target. */
function mergedBy(stretches: readonly MapStretch[]): MapStretch[] {
  const merged: MapStretch[] = [];
  for (const one of stretches) {
    const before = merged.at(-1);
    if (before?.target === one.target && before !== undefined) {
      merged[merged.length - 1] = { ...before, toHours: one.toHours };
    } else {
      merged.push(one);
    }
  }
  return merged;
}

/** Every fifth column in words, and the first. */
function mapTable(columns: BreakEvenMap["columns"]): string {
  const shown = columns.filter((_, index) => index === 0 || (index + 1) % 5 === 0);
  return blocksHtml([
    {
      kind: "table",
      columns: [
        { title: "People", align: "left" },
        { title: "The cheapest stack, by hours a day of each notebook", align: "left" },
      ],
      rows: shown.map(({ people, stretches }) => ({
        kind: "line",
        cells: [number(people), stretches.map(stretchText).join(", then ")],
      })),
    },
  ]);
}

function stretchText({ stack, toHours }: MapStretch): string {
  return `${stack ?? "none"} up to ${number(toHours)}`;
}

/** Dashes of each way to run machines. */
const DASHES: Readonly<Record<Mode, readonly number[]>> = {
  "always on": [],
  "by use": [],
  "working hours": [8, 4],
  "1 year, no upfront": [2, 3],
  "1 year, all upfront": [10, 3, 2, 3],
};

/** Hours a day at which the curves have points. */
const HOURS = Array.from({ length: 48 }, (_, index) => (index + 1) / 2);

/** A line of the curves: cents by `HOURS`. */
interface Curve {
  readonly key: Key;
  readonly mode: Mode;
  readonly cents: readonly (number | undefined)[];
}

/** A month by hours a day, a line for each way to run the cheapest stack of each target. */
export function monthCurves(
  candidates: readonly Candidate[],
  { scenario, currency }: Pick<Report, "scenario" | "currency">,
): Chart {
  const curves = cheapestByTarget(candidates, scenario).flatMap((one) => curvesOf(one, scenario));
  return {
    label: `${currency.code} a month by the hours a day in which each notebook is in use, for each way to run the cheapest stack of each target`,
    keys: curves.map(({ key }) => key),
    height: 320,
    figures: curvesTable(curves),
    option: curvesOption(curves, scenario),
  };
}

function curvesOf({ stack, target, ways }: Candidate, scenario: Scenario): Curve[] {
  const points = HOURS.map((hoursPerDay) => ways({ ...scenario, hoursPerDay }));
  const modes = [...new Set(points.flatMap((all) => all.map(({ mode }) => mode)))];
  return modes.map((mode) => ({
    key: {
      name: `${stack}, ${mode}`,
      colour: targetColour(target),
      dashes: DASHES[mode].length === 0 ? "none" : DASHES[mode].join(" "),
    },
    mode,
    cents: points.map((all) => all.find((one) => one.mode === mode)?.cents),
  }));
}

function curvesOption(
  curves: readonly Curve[],
  { hoursPerDay }: Scenario,
): (size: Size) => EChartsOption {
  return ({ isNarrow }) => ({
    grid: { left: 48, right: 12, top: 22, bottom: 40 },
    xAxis: {
      ...valueAxis("hours a day", { min: 0, max: 24, splits: 6 }, true),
      interval: isNarrow ? 8 : 4,
    },
    yAxis: {
      type: "value",
      splitNumber: 5,
      axisLabel: { color: INK },
      splitLine: { lineStyle: { color: FAINT } },
    },
    series: curves.map(({ key, mode, cents }, index) => ({
      type: "line",
      name: key.name,
      symbol: "none",
      color: key.colour,
      lineStyle: { color: key.colour, width: 2.5, type: dashType(DASHES[mode]) },
      data: HOURS.map((hours, point) => {
        const value = cents[point];
        return [hours, value === undefined || value === Infinity ? null : value / 100];
      }),
      ...(index === 0 && {
        markLine: {
          symbol: "none",
          silent: true,
          label: { show: true, formatter: "scenario", color: INK },
          lineStyle: { color: INK, type: "solid", width: 1 },
          data: [{ xAxis: hoursPerDay }],
        },
      }),
    })),
  });
}

function dashType(dashes: readonly number[]): "solid" | number[] {
  return dashes.length === 0 ? "solid" : [...dashes];
}

function curvesTable(curves: readonly Curve[]): string {
  const shown = [1, 2, 4, 6, 8, 12, 16, 24];
  return blocksHtml([
    {
      kind: "table",
      columns: [
        { title: "Stack and way", align: "left" },
        ...shown.map((hours) => ({ title: `${hours} h a day`, align: "right" as const })),
      ],
      rows: curves.map(({ key, cents }) => ({
        kind: "line",
        cells: [
          key.name,
          ...shown.map((hours) => {
            const value = cents[HOURS.indexOf(hours)];
            return value === undefined || value === Infinity ? "-" : compact(exactly(value));
          }),
        ],
      })),
    },
  ]);
}
