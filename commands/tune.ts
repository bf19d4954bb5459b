import { USD } from "../cost/currency";
import { priceBook } from "../cost/price-book";
import { bestOf, priced, tuningCost, type TuningRun } from "../cost/tuning-run";
import { tuningsBlocks, tuningsJson } from "../reports/tuning-runs";
import { profileOf } from "../settings/targets";
import { withOptions } from "./arguments";
import { commandContext } from "./workload/command-context";
import { parted, resultOf, type Kept } from "./workload/one-run";
import { turnOn, type ReadyStack } from "./workload/ready-stack";
import { onStacks, type WorkloadContext } from "./workload/ready-stacks";
import type { RunTimes, TuningRequest } from "./workload/runner";
import { searchSpace, type SearchSpace } from "./workload/search-space";
import { printed } from "./workload/stack-command";
import {
  readTuningOptions,
  TUNING_COMMAND,
  TUNING_HELP,
  type TuningOptions,
} from "./workload/tuning-options";

/**
 * Tunes the workload on stacks side by side and prints what it found and took.
 *
 * @returns the exit status: 0; 1 for a failed tuning; 2 for wrong arguments or a wrong search space, or for a stack
 *   that cannot tune; 130 when it was stopped.
 */
export async function tune(argv: readonly string[], context: WorkloadContext): Promise<number> {
  const command = { script: TUNING_COMMAND.script, help: TUNING_HELP, read: readTuningOptions };
  return withOptions(command, argv, context, async (options) => {
    const space = searchSpace();
    if ("problem" in space) {
      context.err(`${space.problem}\n`);
      return 2;
    }
    return onStacks(options, context, (stacks) => {
      const without = options.katib ? stacks.filter(({ katib }) => katib === undefined) : [];
      if (without.length > 0) {
        context.err(`${without.map(withoutKatib).join("\n")}\n`);
        return Promise.resolve(2);
      }
      return tuned(stacks, asked(space.ok, options), { options, context });
    });
  });
}

function withoutKatib({ stack, target }: ReadyStack): string {
  const { katib } = profileOf(target);
  return katib === undefined
    ? `stack ${stack} has no Katib, and target ${target} cannot have it; leave out --katib`
    : `stack ${stack} has no Katib; to install it, run ${turnOn(katib, stack)}`;
}

/** The search space with the numbers of the command line. */
function asked(space: SearchSpace, { trials, parallel }: TuningOptions): SearchSpace {
  return { ...space, trials: trials ?? space.trials, parallel: parallel ?? space.parallel };
}

async function tuned(
  stacks: readonly ReadyStack[],
  space: SearchSpace,
  {
    options: { size, json, katib },
    context,
  }: { readonly options: TuningOptions; readonly context: WorkloadContext },
): Promise<number> {
  // Six characters until 2038, as names of tuning jobs demand.
  const run = Math.floor(context.now().getTime() / 1000).toString(36);
  const results = await Promise.all(
    stacks.map((ready) => {
      const tuner = (katib ? ready.katib : undefined) ?? ready.tuner;
      return oneTuning({ ...ready, tuner }, { run, person: ready.person, size, space }, context);
    }),
  );
  return printed(parted(results), { blocks: tuningsBlocks, json: tuningsJson }, json, context);
}

/** Tunes on one stack. */
function oneTuning(
  ready: ReadyStack,
  request: TuningRequest,
  context: WorkloadContext,
): Promise<Kept<TuningRun>> {
  const { stack, tuner } = ready;
  const step = (text: string): void => {
    context.err(`${stack}: ${text}\n`);
  };
  return resultOf(
    tuner.runner,
    request,
    { ...context, stack, step },
    {
      what: "trials",
      keep: (times) => kept(ready, request, times),
    },
  );
}

/** The result of a tuning that is done, which it also keeps in the stack's bucket. */
async function kept(
  { stack, target, region, tuner, store, hourly }: ReadyStack,
  request: TuningRequest,
  { asked: begun, ended, billedSeconds, machine }: RunTimes,
): Promise<TuningRun> {
  const { run, person, size, space } = request;
  const book = priceBook(region, USD);
  const trials = priced(await tuner.trials(request), { machine, target }, book);
  const seconds = { total: Math.round(ended.getTime() - begun.getTime()) / 1000 };
  const base = { target, seconds, machine, billedSeconds, trials };
  const cost = hourly === undefined ? undefined : tuningCost(base, hourly, book);
  const result: TuningRun = {
    run,
    stack,
    target,
    person,
    size,
    asked: begun.toISOString(),
    objective: space.objective,
    wanted: space.trials,
    parallel: space.parallel,
    seconds,
    machine,
    billedSeconds,
    trials,
    best: bestOf(trials, space.objective.direction) ?? null,
    usd: cost !== undefined && "ok" in cost ? cost.ok : null,
  };
  await store.saveTuning(result);
  await tuner.clear?.(request);
  return result;
}

if (require.main === module) {
  void tune(process.argv.slice(2), commandContext()).then((status) => {
    process.exitCode = status;
  });
}
