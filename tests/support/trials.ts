import type { Values } from "../../settings/changes";
import type { TargetName } from "../../settings/shared";

/** Region of the stacks that the trials change. It has a zone more than they begin with, and an address sends there. */
export const TRIAL_REGION = "us-west-2";

/** Changes that the tests make of one setting of a stack that is up, and what AWS has afterwards. */
export interface Trial {
  /** Value before the change. @default that of the shipped stack file */
  readonly from?: string;
  /** New value that is admitted. @default every other value is refused */
  readonly to?: string;
  /** Number of the `up` that makes the change; the next one takes it back, or the third, unless it {@link stays}. @default 1 */
  readonly up?: number;
  /** Resources that exist before and after it and have another id, by logical name. @default none: in place */
  readonly replaces?: readonly string[];
  /** Resources that get the new id of one that is replaced, by logical name. @default none */
  readonly updates?: readonly string[];
  /** Value that the guard refuses after the last `up`. @default none is refused */
  readonly refused?: string;
  /** Other settings that the new value needs, from that `up` on. @default none */
  readonly with?: Values;
  /** Resources that the emulator cannot change, by logical name: every `up` with the new value excludes them. @default none */
  readonly excluding?: readonly string[];
  /** Reason why no `up` of an engine test makes the change. @default one does */
  readonly untried?: string;
}

/** A trial of each setting, by path. */
export type Trials = Readonly<Record<string, Trial>>;

const SENDER = "ml@your-company.com";
const IDENTITY = `arn:aws:ses:${TRIAL_REGION}:123456789012:identity/${SENDER}`;
const PEOPLE = ["ada", "grace", "mary"].map((name, index) => ({
  name,
  email: `person-${index}@your-company.com`,
  group: index === 0 ? "ml-admins" : "ml-users",
}));

/** The emulator has no request for other tags of a user pool, nor of a stage of an API or an origin inside a VPC. */
const USER_POOL = "users-pool";
/**
 * The emulator forgets a group of subnets that changes while a database uses it. To an endpoint that gets one more
 * route table it adds no route, which it then misses at the deletion.
 */
const GROWN_BADLY = ["database-subnets", "network-s3"];

/** Trials of settings that every target has. */
const SHARED = {
  region: { refused: "eu-west-3" },
  lifecycle: { from: "keep", to: "retire", refused: "experiment" },
  owner: { to: "platform team", up: 2 },
  allowedCidrs: { to: "81.2.69.128/25" },
  users: { to: JSON.stringify(PEOPLE) },
  "network.cidr": { refused: "10.1.0.0/16" },
  "network.zones": { to: "3", up: 2, refused: "2", excluding: GROWN_BADLY },
  "network.nat": { to: "perZone" },
  "bucket.noncurrentDays": { to: "60" },
  "database.engineVersion": { to: "18", refused: "17" },
  "database.instanceClass": { to: "db.t4g.small" },
  "database.storageGib": { to: "50", refused: "20" },
  "database.multiAz": { to: "true" },
  "database.backupRetentionDays": { to: "14" },
  "notebooks.homeGib": { to: "20" },
  "notebooks.idleMinutes": { to: "120" },
  "userPool.mfa": { to: "on" },
  "userPool.email.identity": { to: IDENTITY },
  "userPool.email.from": { to: SENDER, with: { "userPool.email.identity": IDENTITY } },
} satisfies Trials;

/** Trials of settings that both clusters have. */
const CLUSTER = {
  "kubernetes.serviceCidr": { refused: "10.97.0.0/16" },
  "kubernetes.readyMinutes": {
    from: "0",
    to: "1",
    untried: "no machine runs in the emulator; tests/engine/stacks.test.ts waits in vain for one",
  },
  "notebooks.sizes": { to: "1x2,2x4" },
  "notebooks.image": { to: "quay.io/jupyter/pytorch-notebook:2026-07-20" },
  "serving.triton": { to: "true" },
  "tuning.katib": { to: "true" },
  frontDoor: { to: "none", up: 4 },
} satisfies Trials;

const MACHINES = ["api-address", "control-plane", "worker-1", "worker-2", "worker-3"].map(
  (name) => `ec2-nodes-${name}`,
);
const MOVED = ["3", "4"].flatMap((one) => [
  `ec2-front-door-node-${one}`,
  `ec2-nodes-worker-${one}`,
]);
const NODE_GROUP = ["eks-nodes-group"];

/**
 * The trials of each target. `npm test` holds them against `settings/changes.ts` and against what the program
 * declares, and `tests/engine/changes.test.ts` makes them.
 */
export const TRIALS: Readonly<Record<TargetName, Trials>> = {
  ec2: {
    target: { refused: "eks" },
    ...SHARED,
    owner: { ...SHARED.owner, excluding: [USER_POOL, "ec2-front-door-origin"] },
    // Of the four workers two move to another zone.
    "network.zones": { ...SHARED["network.zones"], replaces: MOVED },
    ...CLUSTER,
    frontDoor: { to: "none", up: 3 },
    "kubernetes.version": { to: "1.35" },
    "kubernetes.podCidr": { refused: "10.245.0.0/16" },
    "nodes.count": { from: "4", to: "5" },
    "nodes.instanceType": { to: "t3.xlarge" },
    "nodes.diskGib": { to: "60", refused: "50" },
    "nodes.renew": { to: "all", up: 4, replaces: MACHINES },
    "nodes.architecture": {
      to: "arm64",
      up: 4,
      replaces: MACHINES,
      refused: "amd64",
      with: { "nodes.instanceType": "t4g.large" },
    },
  },
  eks: {
    target: { refused: "ec2" },
    ...SHARED,
    owner: { ...SHARED.owner, excluding: [USER_POOL, "eks-front-door-origin"] },
    "network.zones": { refused: "3" },
    ...CLUSTER,
    "kubernetes.version": { from: "1.35", to: "1.36", refused: "1.34" },
    "kubernetes.logs": { to: "all" },
    "kubernetes.logDays": { to: "90" },
    "nodes.count": { to: "4" },
    // With room between them the autoscaler decides about the number.
    "nodes.min": { to: "2", up: 2, with: { "nodes.max": "6" } },
    "nodes.max": { to: "6", up: 2, with: { "nodes.min": "2" } },
    "nodes.diskGib": { to: "60" },
    adminArns: { to: "arn:aws:iam::123456789012:role/platform" },
    "gpu.max": { to: "1", up: 4, with: { "serving.triton": "true" } },
    "gpu.instanceType": {
      to: "g5.xlarge",
      up: 5,
      replaces: ["eks-gpu-nodes-group"],
      with: { "serving.triton": "true", "gpu.max": "1" },
    },
    "nodes.instanceType": {
      to: "t3.xlarge",
      up: 3,
      replaces: [...NODE_GROUP, "eks-front-door-nodes"],
    },
    "nodes.capacity": { to: "spot", up: 4, replaces: NODE_GROUP },
    "nodes.architecture": {
      to: "arm64",
      up: 5,
      replaces: NODE_GROUP,
      with: { "nodes.instanceType": "t4g.large" },
    },
  },
  sagemaker: {
    target: { refused: "ec2" },
    ...SHARED,
    owner: { ...SHARED.owner, excluding: [USER_POOL, "sagemaker-login-stage"] },
    "serving.endpoint": { from: "true", to: "false" },
    "serving.instanceType": {
      to: "ml.c5.large",
      up: 4,
      replaces: ["sagemaker-serving-configuration"],
      updates: ["sagemaker-serving"],
    },
    "studio.instanceType": { to: "ml.m5.large" },
    "studio.instanceTypes": { to: "ml.t3.medium,ml.m5.large" },
    "studio.maxSpaceGib": { to: "50" },
    "studio.jobs": { to: "true" },
    "studio.sweepUserJobs": { to: "true" },
  },
};

/** True if a new value stays until the stack is destroyed: there is no way back, or it would replace the same again. */
function stays({ refused, replaces }: Trial): boolean {
  return refused !== undefined || replaces !== undefined;
}

/**
 * Number of the `up` that takes a change back. Not the second, which excludes resources: the engine deletes nothing
 * on which an excluded one depends.
 */
function backAt({ up = 1 }: Trial): number {
  return Math.max(up + 1, 3);
}

/** Number of the last `up` that makes a change on a target, or takes one back. */
export function lastUp(target: TargetName): number {
  return Math.max(
    ...Object.values(TRIALS[target]).map((trial) =>
      stays(trial) ? (trial.up ?? 1) : backAt(trial),
    ),
  );
}

/** True if an `up` is made with the new value of a trial. */
function isSet(trial: Trial, up: number): boolean {
  const { to, untried, up: made = 1 } = trial;
  const isTried = to !== undefined && untried === undefined;
  return isTried && up >= made && (up < backAt(trial) || stays(trial));
}

/**
 * Settings with which an `up` is made, beside those of the stack file.
 *
 * @param up number of the `up`; 0 creates the stack.
 * @param left path of a setting that keeps its value, as do those that need its new one. @default none
 */
export function settingsAt(target: TargetName, up: number, left?: string): Values {
  const trials = Object.entries(TRIALS[target]);
  const needs = (trial: Trial): boolean => left !== undefined && left in (trial.with ?? {});
  const made = trials.filter(([path, trial]) => isSet(trial, up) && path !== left && !needs(trial));
  const valuesOf = (pairs: readonly (readonly [string, string | undefined])[]): Values =>
    Object.fromEntries(pairs.filter((pair): pair is [string, string] => pair[1] !== undefined));
  return {
    ...valuesOf(trials.map(([path, { from }]) => [path, from])),
    ...valuesOf(made.map(([path, { to }]) => [path, to])),
    ...(Object.assign({}, ...made.map(([, trial]) => trial.with)) as Values),
  };
}

/** Resources that an `up` excludes, by logical name. */
export function excludedAt(target: TargetName, up: number): readonly string[] {
  return Object.values(TRIALS[target])
    .filter((trial) => isSet(trial, up))
    .flatMap(({ excluding = [] }) => excluding);
}

/** Paths of the settings to which an `up` gives the new value. */
export function madeAt(target: TargetName, up: number): readonly string[] {
  const made = Object.entries(TRIALS[target]).filter(
    ([, trial]) => isSet(trial, up) && !isSet(trial, up - 1),
  );
  return made.map(([path]) => path);
}

/** Resources that an `up` replaces, by logical name. */
export function replacedAt(target: TargetName, up: number): readonly string[] {
  const made = Object.values(TRIALS[target]).filter((trial) => (trial.up ?? 1) === up);
  return [...new Set(made.flatMap(({ replaces = [] }) => replaces))].sort();
}

/** Resources that an `up` updates with the new id of one that it replaces, by logical name. */
export function updatedAt(target: TargetName, up: number): readonly string[] {
  const made = Object.values(TRIALS[target]).filter((trial) => (trial.up ?? 1) === up);
  return made.flatMap(({ updates = [] }) => updates);
}

/** Values that the guard refuses after the last `up`, by path. */
export function refusedValues(target: TargetName): Values {
  const refused = Object.entries(TRIALS[target]).map(([path, trial]) =>
    trial.refused === undefined ? {} : { [path]: trial.refused },
  );
  return Object.assign({}, ...refused) as Values;
}
