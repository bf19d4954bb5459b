import type { EstimateLine } from "../cost/estimate";
import { HOURS_PER_MONTH } from "../cost/rule";
import { list, type Block } from "./document";

/** Words for measures that AWS shortens. */
const MEASURES: Readonly<Record<string, string>> = {
  IOPS: "input or output operation a second",
  LCU: "capacity unit of a load balancer",
};

const TIMES: Readonly<Record<string, string>> = {
  month: `a month of ${HOURS_PER_MONTH} hours`,
  hour: "an hour",
  second: "a second",
};

/** The meaning of a unit of quantity and price; undefined for plain ones such as `hour`, `GB` or `user`. */
export function unitMeaning(unit: string): string | undefined {
  if (/^\d/.test(unit)) {
    return `the price is for ${unit} together`;
  }
  const [, measure = "", time = ""] = /^(.+)-(\w+)$/.exec(unit) ?? [];
  const forTime = TIMES[time];
  return forTime === undefined ? undefined : `1 ${MEASURES[measure] ?? measure} for ${forTime}`;
}

/** The key to the units of some lines; none where all are plain. */
export function unitsKey(lines: readonly EstimateLine[]): Block[] {
  const units = [...new Set(lines.map(({ unit }) => unit))].sort();
  return list(
    "Units",
    units.flatMap((unit) => {
      const meaning = unitMeaning(unit);
      return meaning === undefined ? [] : [`${unit}: ${meaning}`];
    }),
  );
}
