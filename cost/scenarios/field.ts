import { type Entry, Invalid } from "../../settings/schema/setting";

/** One number of a scenario file. It counts one month unless `doc` says otherwise. */
export interface ScenarioField extends Entry<number, unknown> {
  readonly unit: string;
  /** Both ends are accepted. */
  readonly min: number;
  readonly max: number;
  /** Only whole numbers are accepted. */
  readonly whole: boolean;
}

type Range = readonly [min: number, max: number];

/** A field that accepts every number of a range, both ends included. */
export function number(doc: string, unit: string, range: Range): ScenarioField {
  return field(doc, unit, range, false);
}

/** A field that accepts every whole number of a range, both ends included. */
export function whole(doc: string, unit: string, range: Range): ScenarioField {
  return field(doc, unit, range, true);
}

function field(doc: string, unit: string, [min, max]: Range, whole: boolean): ScenarioField {
  const fits = (value: unknown): value is number =>
    typeof value === "number" && value >= min && value <= max && (!whole || value % 1 === 0);
  return {
    doc,
    unit,
    min,
    max,
    whole,
    allowed: `${whole ? "a whole number" : "a number"} from ${min} to ${max}`,
    parse: (value) => (fits(value) ? value : new Invalid()),
  };
}
