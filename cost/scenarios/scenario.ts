import { closest, distance } from "fastest-levenshtein";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { parseDocument } from "yaml";
import { INSTANCE_TYPES } from "../../settings/values/instance-types";
import { isRecord } from "../../settings/schema/setting";
import { CostError } from "../cost-error";
import { USAGE, type UsageName } from "./usage";

/** One number of a scenario file. */
export interface ScenarioField {
  /** What it counts; a month long where it does not say otherwise. */
  readonly doc: string;
  readonly unit: string;
  /** Both ends are accepted. */
  readonly min: number;
  readonly max: number;
  /** Whether only whole numbers are accepted. */
  readonly whole: boolean;
}

/** More than any company has: a limit that catches a slip of the keyboard. */
const MOST_PEOPLE = 1_000_000;

/** What every scenario says of people and notebooks. */
export const PEOPLE_FIELDS = {
  people: field("People who work on the platform", "person", { min: 1, max: MOST_PEOPLE }),
  notebooksPerPerson: field("Notebooks that each person has open at the same time", "notebook", {
    min: 1,
    max: 100,
  }),
  hoursPerDay: field("Hours a day in which a notebook is in use", "hour", {
    min: 0.25,
    max: 24,
    whole: false,
  }),
  // A month of 730 hours has 30 whole days.
  daysPerMonth: field("Days a month on which notebooks are in use", "day", { min: 1, max: 30 }),
  notebookVcpus: field("Processors of one notebook", "vCPU", { min: 0.1, max: 192, whole: false }),
  notebookGib: field("Memory of one notebook", "GiB", { min: 0.25, max: 1536, whole: false }),
  notebookDiskGb: field("Disk of one notebook, kept while it is stopped", "GB", {
    min: 5,
    max: 16384,
  }),
  homeGbPerPerson: field("Files of one person in the home file system of Studio", "GB", {
    min: 0,
    max: 100_000,
    whole: false,
  }),
} as const satisfies Readonly<Record<string, ScenarioField>>;

/** Quantities of `USAGE` that a scenario states as they are; what it leaves out is unknown. */
export const MEASURED = [
  "monthlyActiveUsers",
  "s3StorageGb",
  "s3PutRequests",
  "s3GetRequests",
  "natGatewayGb",
  "interfaceEndpointGb",
  "internetOutGb",
  "rdsBackupGb",
  "dnsQueries",
  "controlPlaneLogGb",
  "functionLogGb",
  "cloudFrontGb",
  "cloudFrontRequests",
] as const satisfies readonly UsageName[];

type PeopleField = keyof typeof PEOPLE_FIELDS;
type Measured = (typeof MEASURED)[number];

/** Who uses a platform, and how much: all that a price depends on and no declaration tells. */
export type Scenario = Readonly<Record<PeopleField, number>> &
  Readonly<Partial<Record<Measured, number>>> & {
    /** Name of the file without `.json`. */
    readonly name: string;
    /** The situation in one or two sentences; printed above the quantities. */
    readonly about: string;
    /**
     * EC2 type of the nodes when the service is made equal.
     * @default the type that each stack has
     */
    readonly nodeType?: string;
  };

/** Taken when nothing else is asked for. */
export const DEFAULT_SCENARIO = "team";

const FOLDER = __dirname;
const TEXTS = ["about", "nodeType"];
const KNOWN = [...TEXTS, ...Object.keys(PEOPLE_FIELDS), ...MEASURED];

/** Names of the scenarios in `cost/scenarios/`, in alphabetical order. */
export function scenarioNames(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(".json"))
    .map((file) => basename(file, ".json"))
    .sort();
}

/**
 * Reads a scenario: one of `cost/scenarios/` by its name, or a JSON file of the same shape by its path,
 * seen from where the person is: npm changes the folder, and says in `INIT_CWD` from which.
 *
 * @throws CostError when there is no such scenario or file, it is no readable file, or with every fault
 *   of its content.
 */
export function readScenario(nameOrFile: string): Scenario {
  const shipped = join(FOLDER, `${nameOrFile}.json`);
  const here = process.env["INIT_CWD"] ?? ".";
  const file = scenarioNames().includes(nameOrFile) ? shipped : resolve(here, nameOrFile);
  const text = textOf(file, nameOrFile);
  const content = parse(file, text);
  const faults = isRecord(content)
    ? [...repeatedKeys(text), ...faultsOf(content)]
    : ['it must be an object: { "about": text, "people": number, … }'];
  if (faults.length > 0) {
    throw new CostError(
      [`${nameOrFile} cannot be used as a scenario:`, ...faults.map((one) => `  - ${one}`)].join(
        "\n",
      ),
    );
  }
  // `faultsOf` has seen every field.
  return { ...(content as Scenario), name: basename(file, ".json") };
}

/** The limits of a field of either kind; undefined when there is none of that name. */
export function scenarioField(name: string): ScenarioField | undefined {
  if (Object.hasOwn(PEOPLE_FIELDS, name)) {
    return PEOPLE_FIELDS[name as PeopleField];
  }
  const measured = MEASURED.find((one) => one === name);
  // S3 and the internet have no end; this one keeps amounts within whole cents.
  return measured && { ...USAGE[measured], min: 0, max: 1e12, whole: false };
}

function field(
  doc: string,
  unit: string,
  { min, max, whole = true }: { min: number; max: number; whole?: boolean },
): ScenarioField {
  return { doc, unit, min, max, whole };
}

function textOf(file: string, nameOrFile: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    const problem = !existsSync(file)
      ? `there is no scenario "${nameOrFile}"`
      : code === "EISDIR"
        ? `the scenario "${nameOrFile}" is a folder`
        : `the scenario "${nameOrFile}" cannot be read (${String(code)})`;
    throw new CostError(
      `${problem}: it must be one of ${scenarioNames().join(", ")}, ` +
        `or the path of a file like cost/scenarios/${DEFAULT_SCENARIO}.json`,
    );
  }
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CostError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** JSON takes the last of two equal keys without a word; YAML, of which it is a part, does not. */
function repeatedKeys(text: string): string[] {
  return parseDocument(text, { prettyErrors: false })
    .errors.filter(({ code }) => code === "DUPLICATE_KEY")
    .map(({ pos: [from] }) => `${/"([^"]*)"/.exec(text.slice(from))?.[1] ?? ""} stands twice`);
}

function faultsOf(content: Readonly<Record<string, unknown>>): string[] {
  const { about, nodeType } = content;
  const numbers = [...Object.keys(PEOPLE_FIELDS), ...MEASURED];
  return [
    ...(typeof about === "string" && about.trim() !== ""
      ? []
      : [`about must be a sentence on whom the scenario describes; ${got(about)}`]),
    ...numbers.flatMap((name) => numberFault(name, content[name])),
    ...(nodeType === undefined || (typeof nodeType === "string" && INSTANCE_TYPES.has(nodeType))
      ? []
      : [
          `nodeType must be an EC2 instance type of settings/values/instance-types.ts; ${got(nodeType)}`,
        ]),
    ...Object.keys(content)
      .filter((name) => !KNOWN.includes(name))
      .map(unknownField),
  ];
}

function numberFault(name: string, value: unknown): string[] {
  const limits = scenarioField(name);
  if (limits === undefined || (value === undefined && !Object.hasOwn(PEOPLE_FIELDS, name))) {
    return [];
  }
  const { min, max, whole, unit } = limits;
  const fits =
    typeof value === "number" &&
    value >= min &&
    value <= max &&
    (!whole || Number.isInteger(value));
  const kind = whole ? "a whole number" : "a number";
  return fits ? [] : [`${name} must be ${kind} from ${min} to ${max} (${unit}); ${got(value)}`];
}

/** How many letters may differ before a known name stops being a helpful guess. */
const NEAR = 5;

function unknownField(name: string): string {
  const nearest = closest(name, KNOWN);
  return distance(name, nearest) <= NEAR
    ? `${name} is no field of a scenario; the nearest known is ${nearest}`
    : `${name} is no field of a scenario; there are ${KNOWN.join(", ")}`;
}

function got(value: unknown): string {
  return value === undefined ? "it is not set" : `got ${JSON.stringify(value)}`;
}
