import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { parseDocument } from "yaml";
import { printable, quoted, sentenceOf } from "../../settings/foreign-text";
import { faultsList } from "../../settings/schema/message";
import { nearest } from "../../settings/schema/nearest";
import { type Entry, Invalid, isRecord, mustBe } from "../../settings/schema/setting";
import { readTextFile, typedPath } from "../../settings/schema/text-file";
import { TARGET_NAMES, type TargetName } from "../../settings/shared";
import { instanceType } from "../../settings/values/instance-types";
import { CostError } from "../cost-error";
import { ASSUMED, type AssumedName } from "./assumed";
import { number, whole, type ScenarioField } from "./field";
import { currencyEntry, type Currency } from "../currency";
import { USAGE, type UsageName } from "./usage";

/** More people than any company has: a limit that catches typing errors. */
const MOST_PEOPLE = 1_000_000;

/** Numbers that every scenario has: people, notebooks, and when they are used. */
export const PEOPLE_FIELDS = {
  people: whole("People who work on the platform", "person", [1, MOST_PEOPLE]),
  notebooksPerPerson: whole(
    "Notebooks that each person has open at the same time",
    "notebook",
    [1, 100],
  ),
  hoursPerDay: number("Hours a day in which a notebook is in use", "hour", [0.25, 24]),
  // A month of 730 hours has 30 whole days.
  daysPerMonth: whole("Days a month on which notebooks are in use", "day", [1, 30]),
  notebookVcpus: number(
    "Processors of one notebook that it has at all times, and takes while it is in use",
    "vCPU",
    [0.1, 192],
  ),
  notebookGib: number(
    "Memory of one notebook that its kernels and its Jupyter server can use",
    "GiB",
    [0.25, 1536],
  ),
  notebookDiskGb: whole("Disk of one notebook, kept while it is stopped", "GB", [5, 16384]),
  homeGbPerPerson: number(
    "Files of one person in the home file system of Studio",
    "GB",
    [0, 100_000],
  ),
} as const satisfies Readonly<Record<string, ScenarioField>>;

/** Quantities of `USAGE` that a scenario may state directly; those that it omits are unknown. */
export const MEASURED = [
  "monthlyActiveUsers",
  "s3StorageGb",
  "s3PutRequests",
  "s3GetRequests",
  "natGatewayGb",
  "interfaceEndpointGb",
  "internetOutGb",
  "rdsBackupGb",
  "databaseSurplusVcpuHours",
  "dnsQueries",
  "controlPlaneLogGb",
  "notebookLogGb",
  "imageStorageGb",
  "functionLogGb",
  "databaseLogGb",
  "cloudFrontGb",
  "cloudFrontRequests",
] as const satisfies readonly UsageName[];

/** Most of a measured quantity. S3 and the internet have no limit; this one keeps amounts exact to the cent. */
const MOST_MEASURED = 1e12;

/** Most processors that a notebook may take for a moment, which its machine must have. */
const PEAK = number(
  "Processors that a notebook may take for a moment; without it as many as notebookVcpus",
  "vCPU",
  [0.1, 192],
);

/** Work beside notebooks, and its price; a scenario without them has none in its totals. */
const WORK_FIELDS = {
  trainingHours: number("Machine-hours a month of training, under --equal", "hour", [
    0,
    MOST_MEASURED,
  ]),
  trainingRunMinutes: number(
    "Minutes for which one training run has its machine; with it a row has the price of a run",
    "minute",
    [0.1, 100_000],
  ),
  endpointHours: number("Machine-hours a month of endpoints, under --equal", "hour", [
    0,
    MOST_MEASURED,
  ]),
  hourlyWageUsd: number("Cost of an hour of a person who runs a platform", "USD", [0, 10_000]),
} as const satisfies Readonly<Record<string, ScenarioField>>;

const NUMBERS = new Map<string, ScenarioField>([
  ...Object.entries(PEOPLE_FIELDS),
  ["notebookPeakVcpus", PEAK],
  ...Object.entries(ASSUMED),
  ...Object.entries(WORK_FIELDS),
  ...MEASURED.map((name): [string, ScenarioField] => [
    name,
    number(USAGE[name].doc, USAGE[name].unit, [0, MOST_MEASURED]),
  ]),
]);

/** Characters of a description that every report can print above its tables. */
const MOST_OF_ABOUT = 500;

/** Fields that are text. */
const TEXTS: Readonly<Record<string, Entry<string>>> = {
  about: {
    doc: "The situation in one or two sentences",
    allowed: `a sentence on whom the scenario describes, of up to ${MOST_OF_ABOUT} characters`,
    parse: (raw) => (raw.trim() === "" || raw.length > MOST_OF_ABOUT ? new Invalid() : raw),
  },
  nodeType: instanceType("EC2 type whose nodes have a row of their own", "m6i.4xlarge"),
  trainingType: instanceType("EC2 type of the machines of training", "m5.xlarge"),
  endpointType: instanceType("EC2 type of the machines of endpoints", "m5.large"),
};

/** More hours than a team of fifty has. */
const MOST_ADMIN_HOURS = 10_000;

/** Hours of administration by target: the only field that is an object. */
const ADMIN_HOURS: Entry<Readonly<Partial<Record<TargetName, number>>>, unknown> = {
  doc: "Hours a month in which people run a platform, by target",
  allowed: `an object with hours from 0 to ${MOST_ADMIN_HOURS} by target, such as { "${TARGET_NAMES[0]}": 16 }`,
  parse: (raw) =>
    isRecord(raw) &&
    Object.entries(raw).every(
      ([target, hours]) =>
        TARGET_NAMES.some((name) => name === target) &&
        typeof hours === "number" &&
        hours >= 0 &&
        hours <= MOST_ADMIN_HOURS,
    )
      ? raw
      : new Invalid(),
};

/** Every field of a scenario file. */
const FIELDS = new Map<string, Entry<unknown, unknown>>([
  ...Object.entries(TEXTS).map(([name, entry]) => [name, fromJson(entry)] as const),
  ["adminHoursPerMonth", ADMIN_HOURS],
  ...NUMBERS,
  ["currency", currencyEntry],
]);

const REQUIRED = ["about", ...Object.keys(PEOPLE_FIELDS)];

/** The people who use a platform, and how much: everything that a price depends on and no stack declares. */
export type Scenario = Readonly<Record<keyof typeof PEOPLE_FIELDS, number>> &
  Readonly<Record<AssumedName, number>> &
  Readonly<Partial<Record<keyof typeof WORK_FIELDS, number>>> &
  Readonly<Partial<Record<(typeof MEASURED)[number], number>>> & {
    /** Name of the file without `.json`. */
    readonly name: string;
    /** The situation in one or two sentences; printed above the quantities. */
    readonly about: string;
    /**
     * EC2 type whose nodes have a row of their own when every stack gives the same service.
     * @default the type of each stack
     */
    readonly nodeType?: string;
    /** Processors that a notebook may take for a moment. @default `notebookVcpus` */
    readonly notebookPeakVcpus?: number;
    /** EC2 type of the machines of training, which Studio has by the name `ml.` before it. @default `m5.xlarge` */
    readonly trainingType?: string;
    /** The same of endpoints. @default `m5.large` */
    readonly endpointType?: string;
    /** Hours a month of administration by target. @default labour is not compared */
    readonly adminHoursPerMonth?: Readonly<Partial<Record<TargetName, number>>>;
    /** @default US dollars */
    readonly currency?: Currency;
  };

/** Name of the scenario that is used when none is chosen. */
export const DEFAULT_SCENARIO = "team";

const FOLDER = __dirname;

/** Names of the scenarios in `cost/scenarios/`, in alphabetical order. */
export function scenarioNames(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(".json"))
    .map((file) => basename(file, ".json"))
    .sort();
}

/**
 * Reads a scenario: one of `cost/scenarios/` by its name, or a JSON file of the same shape by its path.
 * A path is relative to the folder of the caller: npm changes the folder and keeps the old one in
 * `INIT_CWD`.
 *
 * @throws CostError when there is no such scenario or file, when the file cannot be read, or with every
 *   fault of its content.
 */
export function readScenario(nameOrFile: string): Scenario {
  const shipped = join(FOLDER, `${nameOrFile}.json`);
  const file = scenarioNames().includes(nameOrFile) ? shipped : typedPath(nameOrFile);
  const json = textOf(file, nameOrFile);
  const content = parse(nameOrFile, json);
  const faults = isRecord(content)
    ? [...repeatedKeys(json), ...faultsOf(content)]
    : ['it must be an object: { "about": text, "people": number, … }'];
  if (faults.length > 0) {
    throw new CostError(
      faultsList(`${printable(nameOrFile)} cannot be used as a scenario`, faults),
    );
  }
  // `faultsOf` has checked every field.
  return { ...ASSUMED_VALUES, ...(content as Scenario), name: basename(file, ".json") };
}

const ASSUMED_VALUES = Object.fromEntries(
  Object.entries(ASSUMED).map(([name, { fallback }]) => [name, fallback]),
);

/** Names of all numbers that a scenario file may have, in the order of the docs. */
export function scenarioNumbers(): string[] {
  return [...NUMBERS.keys()];
}

/** Looks up a number of a scenario; undefined when there is none of that name. */
export function scenarioField(name: string): ScenarioField | undefined {
  return NUMBERS.get(name);
}

/** An entry for text as an entry for a JSON value. */
function fromJson(entry: Entry<string>): Entry<string, unknown> {
  return {
    ...entry,
    parse: (value) => (typeof value === "string" ? entry.parse(value) : new Invalid()),
  };
}

function textOf(file: string, nameOrFile: string): string {
  const read = readTextFile(file);
  if ("ok" in read) {
    return read.ok.replace(/^\ufeff/, "");
  }
  const problem = existsSync(file)
    ? `the scenario ${quoted(nameOrFile)} ${read.problem}`
    : `there is no scenario ${quoted(nameOrFile)}`;
  throw new CostError(
    `${problem}: it must be one of ${scenarioNames().join(", ")}, ` +
      `or the path of a file like cost/scenarios/${DEFAULT_SCENARIO}.json`,
  );
}

function parse(nameOrFile: string, json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new CostError(`the scenario ${quoted(nameOrFile)} is not JSON: ${sentenceOf(error)}`);
  }
}

/** Finds keys that JSON would silently overwrite; YAML, which includes JSON, reports them. */
function repeatedKeys(json: string): string[] {
  try {
    return parseDocument(json, { prettyErrors: false })
      .errors.filter(({ code }) => code === "DUPLICATE_KEY")
      .map(({ pos: [from] }) => /"((?:[^"\\]|\\.)*)"/.exec(json.slice(from))?.[1] ?? "")
      .map((key) => `${printable(key)} is set twice`);
  } catch {
    // Too many levels to look for them; fields are plain values, so that is refused anyway.
    return [];
  }
}

function faultsOf(content: Readonly<Record<string, unknown>>): string[] {
  const unknown = Object.keys(content).filter((name) => !FIELDS.has(name));
  return [
    ...[...FIELDS].flatMap(([name, field]) => fieldFaults(name, field, content[name])),
    ...unknown.map(unknownField),
  ];
}

function fieldFaults(name: string, field: Entry<unknown, unknown>, value: unknown): string[] {
  if (value === undefined) {
    return REQUIRED.includes(name) ? [mustBe(name, field, "it is not set")] : [];
  }
  const read = field.parse(value);
  return read instanceof Invalid
    ? read
        .explain(name, field, value)
        .map((problem) => (typeof problem === "string" ? problem : problem.problem))
    : [];
}

function unknownField(name: string): string {
  const names = [...FIELDS.keys()];
  const known = nearest(name, names);
  return known === undefined
    ? `${printable(name)} is not a field of a scenario; the fields are ${names.join(", ")}`
    : `${printable(name)} is not a field of a scenario; the nearest known name is ${known}`;
}
