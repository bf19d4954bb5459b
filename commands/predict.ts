import { USD } from "../cost/currency";
import { servingCost, type Load, type PredictionRun } from "../cost/prediction-run";
import { priceBook } from "../cost/price-book";
import { predictionsBlocks, predictionsJson } from "../reports/prediction-runs";
import { problemsOf, valuesOf, type Result } from "../settings/contract";
import { sentenceOf } from "../settings/foreign-text";
import { profileOf } from "../settings/targets";
import { withOptions } from "./arguments";
import { commandContext } from "./workload/command-context";
import { parted, resultOf, type Kept } from "./workload/one-run";
import {
  PREDICTION_COMMAND,
  PREDICTION_HELP,
  readPredictionOptions,
  type PredictionOptions,
} from "./workload/prediction-options";
import { turnOn, type ReadyStack } from "./workload/ready-stack";
import { onStacks, type WorkloadContext } from "./workload/ready-stacks";
import type { PredictionRequest, RunTimes } from "./workload/runner";
import { printed } from "./workload/stack-command";

/**
 * Puts a load on the model servers of stacks, side by side, and prints how they answer and what that costs.
 *
 * @returns the exit status: 0; 1 for a failed run; 2 for wrong arguments, or for a stack whose model server is not
 *   there or not ready; 130 when it was stopped.
 */
export async function predict(argv: readonly string[], context: WorkloadContext): Promise<number> {
  const command = {
    script: PREDICTION_COMMAND.script,
    help: PREDICTION_HELP,
    read: readPredictionOptions,
  };
  return withOptions(command, argv, context, (options) =>
    onStacks(options, context, async (ready) => {
      const stacks = await Promise.all(ready.map(serving));
      const problems = problemsOf(stacks);
      if (problems.length > 0) {
        context.err(`${problems.join("\n")}\n`);
        return 2;
      }
      return asked(valuesOf(stacks), options, context);
    }),
  );
}

/** A stack with the machines of its model server. */
interface ServingStack extends ReadyStack {
  readonly server: PredictionRun["server"];
}

async function serving(ready: ReadyStack): Promise<Result<ServingStack>> {
  const { stack, target, modelServer } = ready;
  if (modelServer === undefined) {
    return {
      problem:
        `stack ${stack} has no model server; to create one, run ` +
        turnOn(profileOf(target).modelServer, stack),
    };
  }
  try {
    return { ok: { ...ready, server: await modelServer() } };
  } catch (error) {
    return { problem: `stack ${stack}: ${sentenceOf(error)}` };
  }
}

async function asked(
  stacks: readonly ServingStack[],
  { load, json }: PredictionOptions,
  context: WorkloadContext,
): Promise<number> {
  const run = Math.floor(context.now().getTime() / 1000).toString(36);
  const results = await Promise.all(stacks.map((stack) => oneRun(stack, { run, load }, context)));
  const report = { blocks: predictionsBlocks, json: predictionsJson };
  return printed(parted(results), report, json, context);
}

function oneRun(
  ready: ServingStack,
  { run, load }: { readonly run: string; readonly load: Load },
  context: WorkloadContext,
): Promise<Kept<PredictionRun>> {
  const { stack, person } = ready;
  const request: PredictionRequest = { run, person, load };
  const step = (text: string): void => {
    context.err(`${stack}: ${text}\n`);
  };
  return resultOf(
    ready.runner,
    request,
    { ...context, stack, step },
    { what: "measurements", keep: (times) => measured(ready, request, times) },
  );
}

/** The result of a run that is done. */
async function measured(
  { stack, target, region, store, server }: ServingStack,
  { run, person, load }: PredictionRequest,
  { asked: at, placed, machine }: RunTimes,
): Promise<PredictionRun> {
  const { begun, requests, predictions, seconds, latency, accuracy } = await store.predictions(
    person,
    run,
  );
  const rate = predictions / seconds;
  const startSeconds = Math.max(0, begun - placed.getTime() / 1000);
  const base = { target, rate, server };
  const cost = servingCost(base, { machine, startSeconds }, priceBook(region, USD));
  return {
    run,
    stack,
    person,
    ...base,
    load,
    requests,
    latency,
    accuracy,
    asked: at.toISOString(),
    usd: "ok" in cost ? cost.ok.usd : null,
    breakEven: "ok" in cost ? cost.ok.breakEven : null,
  };
}

if (require.main === module) {
  void predict(process.argv.slice(2), commandContext()).then((status) => {
    process.exitCode = status;
  });
}
