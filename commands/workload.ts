import { join } from "node:path";
import { USD } from "../cost/currency";
import { priceBook } from "../cost/price-book";
import type { StoredStack } from "../cost/resources/stack-export";
import { runCost, type TrainingRun } from "../cost/training-run";
import { asText } from "../reports/document";
import { runsBlocks, runsJson, type FailedRun } from "../reports/training-runs";
import { SettingsError, type Result } from "../settings/contract";
import { sentenceOf } from "../settings/foreign-text";
import { TARGET_NAMES } from "../settings/shared";
import { profileOf } from "../settings/targets";
import { accessOf } from "./live-context";
import { secretOutput, storedStacks } from "./pulumi-state";
import { standardError, terminal, type Terminal } from "./standard-output";
import { follow } from "./workload/one-run";
import { HELP, readOptions, type WorkloadOptions } from "./workload/options";
import { readyStack, type ReadyStack } from "./workload/ready-stack";
import { KUBECTL_IS_MISSING, runKubectl } from "./workload/kubectl";
import type { RunRequest, RunTimes } from "./workload/runner";

/** Everything that the command uses outside this process; tests replace it. */
export interface WorkloadContext extends Terminal {
  readonly now: () => Date;
  /** Stacks of the current Pulumi backend with these names, all of which must exist. */
  readonly stored: (stacks: readonly string[]) => Promise<readonly StoredStack[]>;
  /** The means of a stack to run the workload as a person; see `readyStack`. */
  readonly ready: (stack: StoredStack, person: string | undefined) => Promise<Result<ReadyStack>>;
  /** The reason why `kubectl` cannot be used here; undefined when it can. */
  readonly withoutKubectl: () => Promise<string | undefined>;
  /** Aborted when the person wants to end everything. */
  readonly signal: AbortSignal;
  /** Milliseconds between two looks at a run. */
  readonly interval: number;
}

/**
 * Runs the workload on stacks side by side and prints what it took.
 *
 * @returns the exit status: 0; 1 for a failed run; 2 for wrong arguments or a stack that cannot run it; 130 when it
 *   was stopped.
 */
export async function workload(argv: readonly string[], context: WorkloadContext): Promise<number> {
  const read = readOptions(argv, context.env);
  if ("problem" in read) {
    context.err(`${read.problem}\nnpm run workload -- --help lists the options\n`);
    return 2;
  }
  const options = read.ok;
  if (options.help) {
    context.out(HELP);
    return 0;
  }
  const { stacks, problems } = await readyStacks(options, context);
  try {
    if (problems.length > 0) {
      context.err(`${problems.join("\n")}\n`);
      return 2;
    }
    return await measured(stacks, options, context);
  } finally {
    stacks.forEach(({ close }) => {
      close();
    });
  }
}

/** The stacks with the means to run, and the problems of all that have none. */
async function readyStacks(
  { stacks: names, person }: WorkloadOptions,
  context: WorkloadContext,
): Promise<{ readonly stacks: readonly ReadyStack[]; readonly problems: readonly string[] }> {
  try {
    const stored = await context.stored(names);
    const results = await Promise.all(stored.map((one) => readiness(one, person, context)));
    const stacks = results.flatMap((one) => ("ok" in one ? [one.ok] : []));
    const problems = results.flatMap((one) => ("problem" in one ? [one.problem] : []));
    const isCluster = stored.some(({ deployment: { target } }) => isOnNodes(target));
    const missing = isCluster ? await context.withoutKubectl() : undefined;
    return { stacks, problems: [...problems, ...(missing === undefined ? [] : [missing])] };
  } catch (error) {
    return { stacks: [], problems: [messageOf(error)] };
  }
}

/** True for a target whose runs are Jobs of a cluster. */
function isOnNodes(target: string | undefined): boolean {
  const known = TARGET_NAMES.find((name) => name === target);
  return known !== undefined && profileOf(known).capacity.kind === "nodes";
}

async function readiness(
  stored: StoredStack,
  person: string | undefined,
  { ready }: WorkloadContext,
): Promise<Result<ReadyStack>> {
  try {
    return await ready(stored, person);
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

/** @throws the error itself when it is one of the program. */
function messageOf(error: unknown): string {
  if (error instanceof SettingsError) {
    return error.message;
  }
  throw error;
}

/** Results of all stacks. */
interface Results {
  readonly runs: TrainingRun[];
  readonly failed: FailedRun[];
}

async function measured(
  stacks: readonly ReadyStack[],
  options: WorkloadOptions,
  context: WorkloadContext,
): Promise<number> {
  const results: Results = { runs: [], failed: [] };
  const id = Math.floor(context.now().getTime() / 1000).toString(36);
  await Promise.all(stacks.map((stack) => runsOf(stack, id, { options, context, results })));
  const { runs, failed } = results;
  const sorted = stacks.flatMap(({ stack }) => runs.filter((run) => run.stack === stack));
  if (options.json) {
    context.out(`${runsJson(sorted, failed)}\n`);
  } else if (runs.length + failed.length > 0) {
    const { width, paint } = context;
    context.out(`${asText(runsBlocks(sorted, failed), { width, paint })}\n`);
  }
  return context.signal.aborted ? 130 : failed.length > 0 ? 1 : 0;
}

/** The runs of one stack, one after the other until one of them fails. */
async function runsOf(
  ready: ReadyStack,
  id: string,
  {
    options: { size, runs },
    context,
    results,
  }: {
    readonly options: WorkloadOptions;
    readonly context: WorkloadContext;
    readonly results: Results;
  },
): Promise<void> {
  const { stack, person } = ready;
  for (let index = 1; index <= runs && !context.signal.aborted; index += 1) {
    // Nine characters at most, as names of training jobs demand.
    const request: RunRequest = { run: `${id}-${index}`, person, size };
    const step = (text: string): void => {
      context.err(`${stack} ${index} of ${runs}: ${text}\n`);
    };
    const failure = (reason: string, log: readonly string[] = []): void => {
      results.failed.push({ stack, run: request.run, reason, log });
    };
    const end = await follow(ready.runner, request, { ...context, step });
    if (end.kind === "stopped") {
      failure(end.left ?? "stopped");
      return;
    }
    if (end.kind === "failed") {
      failure(end.reason, end.log);
      return;
    }
    try {
      results.runs.push(await kept(ready, request, end.times));
    } catch (error) {
      failure(
        `it is done, but its metrics cannot be read or its result kept: ${sentenceOf(error)}`,
      );
      return;
    }
  }
}

/** The result of a run that is done, which it also keeps in the stack's bucket. */
async function kept(
  { stack, target, region, store, hourly }: ReadyStack,
  { run, person, size }: RunRequest,
  { asked, placed, ended, billedSeconds, machine }: RunTimes,
): Promise<TrainingRun> {
  const { begun, accuracy, seconds: own } = await store.metrics(person, run);
  const seconds = {
    queue: since(asked, placed.getTime()),
    // Clocks of two machines may differ by more than it takes.
    start: since(placed, begun * 1000),
    data: own.data,
    training: own.training,
    database: own.database,
    total: since(asked, ended.getTime()),
  };
  const base = { target, seconds, machine, billedSeconds };
  const cost = hourly === undefined ? undefined : runCost(base, hourly, priceBook(region, USD));
  const result: TrainingRun = {
    ...{ run, stack, target, person, size },
    asked: asked.toISOString(),
    ...{ seconds, accuracy, machine, billedSeconds },
    usd: cost !== undefined && "ok" in cost ? cost.ok : null,
  };
  await store.save(result);
  return result;
}

function since(from: Date, to: number): number {
  return Math.max(0, Math.round(to - from.getTime()) / 1000);
}

async function main(): Promise<void> {
  const folder = join(__dirname, "..");
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    // Again and again: npm passes on what the terminal has sent already, and what runs must be stopped nevertheless.
    process.on(signal, () => {
      if (!stop.signal.aborted) {
        standardError("stopping what was started\n");
        stop.abort();
      }
    });
  }
  const sources = {
    now: new Date(),
    kubeconfig: (stack: string) => secretOutput(folder, stack, "kubeconfig"),
    access: (stack: string) => accessOf(folder, stack),
  };
  process.exitCode = await workload(process.argv.slice(2), {
    now: () => new Date(),
    stored: (only) => storedStacks(folder, { only, all: true }),
    ready: (stack, person) => readyStack(stack, person, sources),
    withoutKubectl: () =>
      runKubectl(["version", "--client"]).then(
        () => undefined,
        (error: unknown) => (error instanceof SettingsError ? error.message : KUBECTL_IS_MISSING),
      ),
    signal: stop.signal,
    interval: 2000,
    ...terminal(),
  });
}

if (require.main === module) {
  void main();
}
