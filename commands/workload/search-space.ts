import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Objective } from "../../cost/tuning-run";
import type { Result } from "../../settings/contract";
import { listed, quoted, sentenceOf } from "../../settings/foreign-text";
import { isRecord } from "../../settings/schema/setting";
import { MOST_PARALLEL } from "../../settings/versions/training";

/** Range of one parameter of the trainer; both ends belong to it. */
export interface NumberRange {
  readonly name: string;
  readonly type: "float" | "int";
  readonly low: number;
  readonly high: number;
  /** Small values are as likely as large ones by their logarithm. @default false */
  readonly log?: boolean;
  /** Distance between values, from `low` on. @default 1 of an int, none of a float */
  readonly step?: number;
}

/** Values of one parameter of the trainer. */
export interface Choice {
  readonly name: string;
  readonly type: "categorical";
  readonly values: readonly (number | string)[];
}

/** Objective and ranges of a tuning, as `workload/search-space.json` has them; the same for every tuner. */
export interface SearchSpace {
  readonly objective: Objective;
  /** Number of trainings. */
  readonly trials: number;
  /** Number of trainings at the same time. */
  readonly parallel: number;
  /** Seed of what the tuner chooses. Trials side by side have no certain order, so it makes none the same again. */
  readonly seed: number;
  readonly parameters: readonly (NumberRange | Choice)[];
}

/** Most trials of one tuning. */
export const MOST_TRIALS = 100;
/**
 * Most values of a choice in SageMaker.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CategoricalParameterRange.html
 */
const MOST_VALUES = 30;

/** Metrics that `workload/train.py` prints, and parameters that it takes, by their types. */
const METRICS = ["accuracy"];
const PARAMETERS: Readonly<Record<string, "float" | "int">> = {
  learning_rate: "float",
  max_depth: "int",
  subsample: "float",
};

const FILE = join(__dirname, "..", "..", "workload", "search-space.json");

/** Search space of this checkout. */
export function searchSpace(): Result<SearchSpace> {
  try {
    return readSpace(JSON.parse(readFileSync(FILE, "utf8")));
  } catch (error) {
    return { problem: `workload/search-space.json cannot be read: ${sentenceOf(error)}` };
  }
}

/** Checks a search space; the problem has a line for each fault. */
export function readSpace(value: unknown): Result<SearchSpace> {
  const { objective, trials, parallel, seed, parameters } = isRecord(value) ? value : {};
  const { name, direction } = isRecord(objective) ? objective : {};
  const faults = [
    ...wrong(METRICS.includes(String(name)), "objective.name", listed(METRICS), name),
    ...wrong(
      direction === "maximize" || direction === "minimize",
      "objective.direction",
      "maximize or minimize",
      direction,
    ),
    ...wholeNumber("trials", trials, 1, MOST_TRIALS),
    ...wholeNumber("parallel", parallel, 1, MOST_PARALLEL),
    ...wholeNumber("seed", seed, 0, 2 ** 31 - 1),
    ...(Array.isArray(parameters) && parameters.length > 0
      ? parameterFaults(parameters)
      : wrong(false, "parameters", "a list of at least one", parameters)),
  ];
  return faults.length === 0
    ? { ok: value as SearchSpace }
    : { problem: faults.map((fault) => `workload/search-space.json: ${fault}`).join("\n") };
}

function parameterFaults(parameters: readonly unknown[]): string[] {
  const names = parameters.map((one) => (isRecord(one) ? String(one["name"]) : ""));
  return parameters.flatMap((one, index) => {
    const name = names[index] ?? "";
    const path = `parameters[${index}]`;
    const own = isRecord(one) ? rangeFaults(one, path) : [];
    return [
      ...wrong(
        Object.hasOwn(PARAMETERS, name),
        `${path}.name`,
        listed(Object.keys(PARAMETERS)),
        name,
      ),
      ...wrong(names.indexOf(name) === index, `${path}.name`, "a name that no other has", name),
      ...own,
    ];
  });
}

function rangeFaults(one: Readonly<Record<string, unknown>>, path: string): string[] {
  const { name, type, values, low, high, log = false, step } = one;
  if (type === "categorical") {
    const isList = Array.isArray(values) && values.length > 0 && values.length <= MOST_VALUES;
    return wrong(isList && values.every(isScalar), `${path}.values`, CHOICES, values);
  }
  const fits = type === "int" ? Number.isInteger : Number.isFinite;
  const isStep = step === undefined || (fits(step) && (step as number) > 0 && log === false);
  const isOrdered = fits(low) && fits(high) && (low as number) < (high as number);
  return [
    ...wrong(
      type === PARAMETERS[String(name)],
      `${path}.type`,
      `categorical or ${PARAMETERS[String(name)] ?? "that of the parameter"}`,
      type,
    ),
    ...wrong(
      isOrdered,
      path,
      `a range with low below high${type === "int" ? ", both whole" : ""}`,
      one,
    ),
    ...wrong(typeof log === "boolean", `${path}.log`, "true or false", log),
    ...wrong(log !== true || Number(low) > 0, `${path}.low`, "above 0 where log is true", low),
    ...wrong(isStep, `${path}.step`, "above 0, and absent where log is true", step),
    ...(isOrdered && isStep && step !== undefined
      ? wrong(
          steps(one as unknown as NumberRange).length <= MOST_VALUES,
          `${path}.step`,
          STEPS,
          step,
        )
      : []),
  ];
}

const CHOICES = `a list of 1 to ${MOST_VALUES} numbers or texts`;
const STEPS = `one that makes at most ${MOST_VALUES} values, which is all that SageMaker takes`;

/** Values of a range with a step, from its lower end on. */
export function steps({ low, high, step = 1 }: NumberRange): number[] {
  // The last one may be missed by a rounding error.
  const count = Math.floor((high - low) / step + 1e-9) + 1;
  // Rounded, so that 0.1 and twice 0.1 more are 0.3.
  return Array.from({ length: count }, (_, index) => Number((low + index * step).toPrecision(12)));
}

function isScalar(value: unknown): boolean {
  return typeof value === "string" || Number.isFinite(value);
}

function wholeNumber(name: string, value: unknown, least: number, most: number): string[] {
  const fits = Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
  return wrong(fits, name, `a whole number from ${least} to ${most}`, value);
}

function wrong(isRight: boolean, path: string, allowed: string, got: unknown): string[] {
  const text = got === undefined ? "nothing" : quoted(got);
  return isRight ? [] : [`${path} must be ${allowed}; got ${text}`];
}
