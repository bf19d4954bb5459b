import type { PerNotebookCapacity, TargetProfile } from "./profile";
import { fault, type Check } from "../contract";
import { quoted } from "../foreign-text";
import { meantEntries } from "../schema/meant";
import { INSTANCE_TYPES, nameFrom, sagemakerPriceKey } from "../values/instance-types";
import { LEAST_IDLE_MINUTES } from "../values/notebooks";
import { ENDPOINT_SETTINGS } from "../values/serving";
import { ZONES_WITHOUT_NAT } from "../values/zones";
import {
  boolean,
  parseList,
  integer,
  Invalid,
  duplicatesOf,
  type Loaded,
  type Setting,
} from "../schema/setting";
import { PRIVATE_CLIENTS, type SharedSettings } from "../shared";
import { trainsOn } from "../versions/training";

/**
 * Studio instance types for JupyterLab and Code Editor: `ml.` before an EC2 type of these families.
 * Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceSpec.html
 */
const STUDIO_TYPES: ReadonlySet<string> = new Set(
  [...INSTANCE_TYPES.keys()]
    .filter((type) =>
      /^(t3\.(medium|x?large|2xlarge)|(m5|m6i|m7i|c5|c6i|c7i|r5|r6i|g4dn|g5|g6)\.)/.test(type),
    )
    .map((type) => `ml.${type}`),
);
/**
 * Each is a line in the condition of a policy, of which IAM takes 10,240 characters a role.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const MOST_TYPES = 40;
const DEFAULT_TYPES = ["ml.t3.medium", "ml.t3.large", "ml.m5.large", "ml.m5.xlarge"];

const studioType = nameFrom({
  doc: "Instance type of a new notebook.",
  what: "a Studio instance type",
  fallback: "ml.t3.medium",
  names: STUDIO_TYPES,
});

const allowedTypes: Setting<readonly string[]> = {
  type: "list",
  doc: "Instance types that people may start; their roles refuse every other.",
  allowed: `1 to ${MOST_TYPES} Studio instance types, in a list or separated by commas`,
  example: DEFAULT_TYPES.join(","),
  fallback: DEFAULT_TYPES,
  parse: (raw) => {
    const types = parseList(raw);
    if (types === undefined || types.length < 1 || types.length > MOST_TYPES) {
      return new Invalid();
    }
    const details = [
      ...types.flatMap((type) => {
        const read = studioType.parse(String(type));
        return read instanceof Invalid ? read.details : [];
      }),
      ...duplicatesOf(types).map((type) => `${quoted(type)} is listed twice`),
    ];
    return details.length === 0 ? (types as string[]) : new Invalid(details, typesCommand(types));
  },
};

/** The command that sets these types, each once; undefined where it is unsure which one is meant. */
function typesCommand(types: readonly unknown[]): string | undefined {
  const mended = meantEntries(types).map((type) => studioType.meant?.(type));
  return mended.includes(undefined)
    ? undefined
    : `pulumi config set studio.instanceTypes ${[...new Set(mended)].join(",")}`;
}

/** Settings of the `sagemaker` target. */
const SAGEMAKER_SETTINGS = {
  studio: {
    instanceType: studioType,
    instanceTypes: allowedTypes,
    maxSpaceGib: integer("Largest disk that people may give a notebook.", {
      min: 5,
      max: 16_384,
      unit: "GiB",
      fallback: 100,
    }),
    jobs: boolean(
      "People may start training jobs, and tuning jobs that start some: on `studio.instanceTypes`, for an hour each, inside the VPC. The stack output `trainingJobs` has a request for each person.",
      false,
    ),
    sweepUserJobs: boolean(
      "Stops people's jobs and endpoints at a destroy. Otherwise the destroy lists them, and AWS goes on billing them.",
      false,
    ),
  },
  ...ENDPOINT_SETTINGS,
};
/** Values of the settings of `sagemaker`. */
export type SagemakerSettings = Loaded<typeof SAGEMAKER_SETTINGS>;

/** Rules of the `sagemaker` target. */
const SAGEMAKER_CHECKS: readonly Check<SharedSettings & SagemakerSettings>[] = [
  PRIVATE_CLIENTS,
  {
    reads: ["studio.instanceType", "studio.instanceTypes"],
    severity: "error",
    find: ({ studio: { instanceType, instanceTypes } }) =>
      fault.when(
        !instanceTypes.includes(instanceType),
        `studio.instanceType must be one of studio.instanceTypes (${instanceTypes.join(", ")}); got "${instanceType}"`,
        `pulumi config set studio.instanceTypes ${[instanceType, ...instanceTypes].join(",")}`,
      ),
  },
  {
    reads: ["studio.instanceType", "studio.jobs"],
    severity: "error",
    find: ({ studio: { instanceType, jobs } }) =>
      fault.when(
        jobs && !trainsOn(instanceType),
        `studio.instanceType must be a type that SageMaker trains on, since studio.jobs is true; got "${instanceType}"`,
        "pulumi config set studio.instanceType ml.m5.large",
      ),
  },
  {
    reads: ["notebooks.homeGib", "studio.maxSpaceGib"],
    severity: "error",
    find: ({ notebooks: { homeGib }, studio: { maxSpaceGib } }) =>
      fault.when(
        homeGib > maxSpaceGib,
        `notebooks.homeGib must be at most studio.maxSpaceGib (${maxSpaceGib}); got ${homeGib}`,
        `pulumi config set studio.maxSpaceGib ${homeGib}`,
      ),
  },
  {
    reads: ["network.nat"],
    severity: "error",
    find: ({ network }) =>
      fault.when(
        network.nat === "none",
        'network.nat must be single or perZone on sagemaker, whose notebooks are in private subnets and reach AWS through it; got "none"',
        "pulumi config set network.nat single",
      ),
  },
];

/** Studio starts an instance for each notebook. */
const SAGEMAKER_CAPACITY: PerNotebookCapacity<SharedSettings & SagemakerSettings> = {
  kind: "per-notebook",
  instanceOf: (machineType) => INSTANCE_TYPES.get(machineType.replace(/^ml\./, "")),
  machineOf: ({ name }) => `ml.${name}`,
  priceKey: (machineType) => sagemakerPriceKey(machineType, "studio"),
  jobPriceKey: sagemakerPriceKey,
  notebook: ({ studio: { instanceType }, notebooks: { idleMinutes } }) => ({
    instanceType,
    idleMinutes,
  }),
  trainingMachine: ({ studio: { jobs, instanceType } }) => (jobs ? instanceType : undefined),
  withMachine: (machineType) => ({
    "studio.instanceType": machineType,
    "studio.instanceTypes": machineType,
  }),
  assumed: {
    name: "Studio",
    service: "SageMaker",
    diskPriceKey: "sagemaker.studioStorage.gbMonth",
    idleMinutes: LEAST_IDLE_MINUTES,
  },
};

/** The profile of the `sagemaker` target. */
export const SAGEMAKER_PROFILE: TargetProfile<SharedSettings & SagemakerSettings> = {
  summary: "SageMaker Studio: notebooks as a service, a profile for each person",
  bestFor: "Few hours of notebooks and no cluster to run",
  modelServer: "serving.endpoint",
  trainingJobs: "studio.jobs",
  settings: SAGEMAKER_SETTINGS,
  checks: SAGEMAKER_CHECKS,
  ready: (settings) => settings,
  withoutZoneIds: ZONES_WITHOUT_NAT,
  capacity: SAGEMAKER_CAPACITY,
};
