import type { Settings, SettingsOf } from "../settings";
import type { Result } from "../settings/contract";
import { profileOf } from "../settings/targets";
import type { TargetName } from "../settings/shared";
import { INSTANCE_TYPES } from "../settings/values/instance-types";
import { trimFloat } from "./money";
import { instancePriceKey, type PriceBook } from "./price-book";

/** Sizes of the workload, as `workload/train.py` names them, smallest first. */
export const RUN_SIZES = ["small", "medium", "large"] as const;
/** A size of the workload. */
export type RunSize = (typeof RUN_SIZES)[number];

/**
 * Seconds of training of each size on one core of 2024, as `workload/train.py` says. A prediction for dollars takes
 * them; it has none for the time to start, to read and to write.
 */
export const TRAINING_SECONDS: Readonly<Record<RunSize, number>> = {
  small: 10,
  medium: 60,
  large: 360,
};

/** Requests of a pod, and the node that it takes them of. */
export interface NodeShare {
  readonly kind: "share";
  /** EC2 type of the node. */
  readonly instanceType: string;
  readonly vcpus: number;
  readonly gib: number;
}

/** An instance of a run's own, e.g. `ml.m5.xlarge`. */
export interface OwnInstance {
  readonly kind: "instance";
  readonly instanceType: string;
  /** Use by which SageMaker bills it. @default training */
  readonly use?: "hosting";
}

/** The machine, or the share of one, that a run occupies. */
export type RunMachine = NodeShare | OwnInstance;

/** Phases of a run in their order: until it has a machine, until its program begins, and what the program measures. */
export const PHASES = ["queue", "start", "data", "training", "database"] as const;
/** A phase of a run. */
export type Phase = (typeof PHASES)[number];

/** A run of the workload that has done everything, as `run.json` in the bucket has it. */
export interface TrainingRun {
  /** Id of the run: part of the names of its Job and of its folder. */
  readonly run: string;
  readonly stack: string;
  readonly target: TargetName;
  readonly person: string;
  readonly size: RunSize;
  /** Time at which it was asked for, ISO 8601. */
  readonly asked: string;
  /** Seconds of each phase, and from the request to the end. */
  readonly seconds: Readonly<Record<Phase | "total", number>>;
  readonly accuracy: number;
  readonly machine: RunMachine;
  /** Seconds for which it occupied the machine: on SageMaker those that AWS bills. */
  readonly billedSeconds: number;
  /** US dollars at the prices of that day; null where its machine has no price. */
  readonly usd: RunCost | null;
}

/** Dollars of a run, not rounded. */
export interface RunCost {
  /** Price of what the run alone occupied. */
  readonly marginal: number;
  /** The rest of the stack for as long as the run took from request to end, whether it ran or not. */
  readonly fixed: number;
}

/** Seconds of an hour, for which machines have a price. */
export const SECONDS_PER_HOUR = 3600;

/**
 * Price of a machine, or of a share of it, for some seconds. A share is the larger one of CPU and memory: what is left
 * of the other cannot be used by a pod like it. Spot instances count at the on-demand price, which is their limit.
 *
 * @returns a problem where the machine has no list price.
 */
export function marginalCost(
  machine: RunMachine,
  seconds: number,
  target: TargetName,
  book: PriceBook,
): Result<number> {
  const { instanceType } = machine;
  const key = priceKeys(machine, target).find((one) => book.has(one));
  const share = machine.kind === "share" ? shareOf(machine) : 1;
  return key === undefined || share === undefined
    ? { problem: `${instanceType} has no price in ${book.region}` }
    : { ok: trimFloat((share * book.price(key).perUnit * seconds) / SECONDS_PER_HOUR) };
}

/** The machine of a run on a stack with these settings; undefined where they allow no training jobs. */
export function declaredMachine(settings: Settings): RunMachine | undefined {
  return machineOf(settings);
}

function machineOf<T extends TargetName>(
  settings: SettingsOf<T> & { readonly target: T },
): RunMachine | undefined {
  const { capacity } = profileOf(settings.target);
  if (capacity.kind === "nodes") {
    const { instanceType } = capacity.nodes(settings);
    return { kind: "share", instanceType, ...capacity.trainingPod(settings) };
  }
  const instanceType = capacity.trainingMachine(settings);
  return instanceType === undefined ? undefined : { kind: "instance", instanceType };
}

/**
 * Price of a run.
 *
 * @param hourly an hour of everything in the stack that is billed by time. The nodes of a cluster are part of it, and
 *   so is the run's share of one: it is not counted again. A training job's instance is not.
 */
export function runCost(
  {
    machine,
    billedSeconds,
    seconds,
    target,
  }: Pick<TrainingRun, "machine" | "billedSeconds" | "target"> & {
    readonly seconds: Pick<TrainingRun["seconds"], "total">;
  },
  hourly: number,
  book: PriceBook,
): Result<RunCost> {
  const marginal = marginalCost(machine, billedSeconds, target, book);
  if ("problem" in marginal) {
    return marginal;
  }
  const stack = (hourly * seconds.total) / SECONDS_PER_HOUR;
  const counted = machine.kind === "share" ? marginal.ok : 0;
  return { ok: { marginal: marginal.ok, fixed: trimFloat(Math.max(0, stack - counted)) } };
}

/** Price keys of an hour on a machine, the best first. */
function priceKeys(machine: RunMachine, target: TargetName): readonly string[] {
  const { instanceType } = machine;
  const { capacity } = profileOf(target);
  return machine.kind === "instance" && capacity.kind === "per-notebook"
    ? // Not every region has prices of jobs on record; AWS sells both at the same price where it has both.
      [
        capacity.jobPriceKey(instanceType, machine.use ?? "training"),
        capacity.priceKey(instanceType),
      ]
    : [instancePriceKey(instanceType)];
}

/** Share of a node; undefined for a type that the catalogue lacks, or where a request is not known. */
function shareOf({ instanceType, vcpus, gib }: NodeShare): number | undefined {
  const type = INSTANCE_TYPES.get(instanceType);
  const share = type && Math.max(vcpus / type.vcpus, gib / type.memoryGib);
  return Number.isNaN(share) ? undefined : share;
}

/** Middle value, or the mean of the two in the middle; undefined of nothing. */
export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((one, other) => one - other);
  const [low, high] = [sorted[Math.ceil(values.length / 2) - 1], sorted[values.length >> 1]];
  return low === undefined || high === undefined ? undefined : trimFloat((low + high) / 2);
}

/** Runs of one size on one stack, and what the estimate says about such a run. */
export interface RunSummary {
  readonly stack: string;
  readonly target: TargetName;
  readonly size: RunSize;
  readonly runs: number;
  /** Medians, of each phase by itself: they need not add up to the total. */
  readonly seconds: TrainingRun["seconds"];
  /** Medians of US dollars; null where no run has a price. */
  readonly usd: RunCost | null;
  /**
   * US dollars of the training alone, for the seconds of `TRAINING_SECONDS` on the machine of the newest run; null
   * where it has no price.
   */
  readonly predictedUsd: number | null;
}

/**
 * Sums up runs by stack and size.
 *
 * @param runs of any stacks, the newest first.
 * @param book prices in US dollars of the region of all of them.
 */
export function summaries(runs: readonly TrainingRun[], book: PriceBook): RunSummary[] {
  const newest = runs.filter((run, index) => runs.findIndex((one) => isAlike(one, run)) === index);
  return newest
    .map((run) =>
      summary(
        run,
        runs.filter((one) => isAlike(one, run)),
        book,
      ),
    )
    .toSorted((one, other) => RUN_SIZES.indexOf(one.size) - RUN_SIZES.indexOf(other.size));
}

function isAlike(one: TrainingRun, other: TrainingRun): boolean {
  return one.stack === other.stack && one.size === other.size;
}

function summary(newest: TrainingRun, runs: readonly TrainingRun[], book: PriceBook): RunSummary {
  const { stack, target, size, machine } = newest;
  const middle = (of: (run: TrainingRun) => number): number => median(runs.map(of)) ?? 0;
  const seconds = Object.fromEntries(
    [...PHASES, "total" as const].map((phase) => [phase, middle((run) => run.seconds[phase])]),
  ) as TrainingRun["seconds"];
  const costs = runs.flatMap(({ usd }) => usd ?? []);
  const predicted = marginalCost(machine, TRAINING_SECONDS[size], target, book);
  return {
    stack,
    target,
    size,
    runs: runs.length,
    seconds,
    usd:
      costs.length === 0
        ? null
        : {
            marginal: median(costs.map(({ marginal }) => marginal)) ?? 0,
            fixed: median(costs.map(({ fixed }) => fixed)) ?? 0,
          },
    predictedUsd: "ok" in predicted ? predicted.ok : null,
  };
}
