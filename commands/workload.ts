import { USD } from "../cost/currency";
import { priceBook } from "../cost/price-book";
import { runCost, type TrainingRun } from "../cost/training-run";
import { runsBlocks, runsJson, type FailedRun } from "../reports/training-runs";
import { withOptions } from "./arguments";
import { commandContext } from "./workload/command-context";
import { resultOf } from "./workload/one-run";
import {
  TRAINING_COMMAND,
  TRAINING_HELP,
  readTrainingOptions,
  type TrainingOptions,
} from "./workload/training-options";
import type { ReadyStack } from "./workload/ready-stack";
import { onStacks, type WorkloadContext } from "./workload/ready-stacks";
import type { RunTimes, TrainingRequest } from "./workload/runner";
import { printed } from "./workload/stack-command";

/**
 * Runs the workload on stacks side by side and prints what it took.
 *
 * @returns the exit status: 0; 1 for a failed run; 2 for wrong arguments or a stack that cannot run it; 130 when it
 *   was stopped.
 */
export async function workload(argv: readonly string[], context: WorkloadContext): Promise<number> {
  const command = {
    script: TRAINING_COMMAND.script,
    help: TRAINING_HELP,
    read: readTrainingOptions,
  };
  return withOptions(command, argv, context, (options) =>
    onStacks(options, context, (stacks) => measured(stacks, options, context)),
  );
}

/** Results of all stacks. */
interface Results {
  readonly runs: TrainingRun[];
  readonly failed: FailedRun[];
}

async function measured(
  stacks: readonly ReadyStack[],
  options: TrainingOptions,
  context: WorkloadContext,
): Promise<number> {
  const results: Results = { runs: [], failed: [] };
  const id = Math.floor(context.now().getTime() / 1000).toString(36);
  await Promise.all(stacks.map((stack) => runsOf(stack, id, { options, context, results })));
  const { runs, failed } = results;
  const sorted = stacks.flatMap(({ stack }) => runs.filter((run) => run.stack === stack));
  const report = { blocks: runsBlocks, json: runsJson };
  return printed({ done: sorted, failed }, report, options.json, context);
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
    readonly options: TrainingOptions;
    readonly context: WorkloadContext;
    readonly results: Results;
  },
): Promise<void> {
  const { stack, person } = ready;
  for (let index = 1; index <= runs && !context.signal.aborted; index += 1) {
    // Nine characters at most, as names of training jobs demand.
    const request: TrainingRequest = { run: `${id}-${index}`, person, size };
    const step = (text: string): void => {
      context.err(`${stack} ${index} of ${runs}: ${text}\n`);
    };
    const found = await resultOf(
      ready.runner,
      request,
      { ...context, stack, step },
      {
        what: "metrics",
        keep: (times) => kept(ready, request, times),
      },
    );
    if ("failed" in found) {
      results.failed.push(found.failed);
      return;
    }
    results.runs.push(found.ok);
  }
}

/** The result of a run that is done, which it also keeps in the stack's bucket. */
async function kept(
  { stack, target, region, store, hourly }: ReadyStack,
  { run, person, size }: TrainingRequest,
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
    run,
    stack,
    target,
    person,
    size,
    asked: asked.toISOString(),
    seconds,
    accuracy,
    machine,
    billedSeconds,
    usd: cost !== undefined && "ok" in cost ? cost.ok : null,
  };
  await store.save(result);
  return result;
}

function since(from: Date, to: number): number {
  return Math.max(0, Math.round(to - from.getTime()) / 1000);
}

if (require.main === module) {
  void workload(process.argv.slice(2), commandContext()).then((status) => {
    process.exitCode = status;
  });
}
