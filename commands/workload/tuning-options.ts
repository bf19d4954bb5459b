import { RUN_SIZES, type RunSize } from "../../cost/training-run";
import { problemsOf, type Result } from "../../settings/contract";
import { MOST_PARALLEL } from "../../settings/versions/training";
import { FLAG, readArguments } from "../arguments";
import { readStacks, STACK_OPTIONS } from "../stack-names";
import { numberOf, sizeOf, stacksOf } from "./training-options";
import { MOST_TRIALS } from "./search-space";

/** Printed for `--help`. */
export const TUNING_HELP = `Usage: npm run tune -- --stacks a,b [options]

Looks for the best parameters of the workload on live stacks, side by side, in the space of
workload/search-space.json: with Optuna in a Job of the person's namespace on ec2 and eks, with
automatic tuning on sagemaker. The table at the end says what it cost.

Options:
  --stacks a,b       stacks to tune on, or --stack a
  --as NAME          person to tune as (default: the stack's only person)
  --size SIZE        training of a trial: small (default), medium or large
  --trials NUMBER    trials on each stack, at most ${MOST_TRIALS} (default: as in the file)
  --parallel NUMBER  trials at the same time, at most ${MOST_PARALLEL} (default: as in the file)
  --katib            with Katib, on ec2 and eks where tuning.katib is true
  --json             print JSON; docs/json.md describes it
  --help             print this text

Ctrl-C stops what the command started. Needs pulumi, and kubectl for ec2 and eks.
Exit status: 0 all tunings done; 1 one failed; 2 wrong arguments or search space, or a stack cannot
tune; 130 stopped.
`;

/** Options of the command. */
export interface TuningOptions {
  readonly stacks: readonly string[];
  /** @default the only person of each stack */
  readonly person: string | undefined;
  readonly size: RunSize;
  /** @default as in the search space */
  readonly trials: number | undefined;
  /** @default as in the search space */
  readonly parallel: number | undefined;
  /** With Katib in place of Optuna's Job. */
  readonly katib: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

/** The command, as npm runs it. */
export const TUNING_COMMAND = {
  script: "tune",
  options: {
    ...STACK_OPTIONS,
    as: { type: "string" },
    size: { type: "string", default: RUN_SIZES[0] },
    trials: { type: "string" },
    parallel: { type: "string" },
    katib: FLAG,
    json: FLAG,
    help: { ...FLAG, short: "h" },
  },
} as const;

/** Reads the options; the problem has a line for each fault. */
export function readTuningOptions(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
): Result<TuningOptions> {
  const read = readArguments(TUNING_COMMAND, argv, env);
  if ("problem" in read) {
    return read;
  }
  const { as: person, json, katib, help, ...values } = read.ok.values;
  const [stacks, size] = [stacksOf(readStacks(values)), sizeOf(values.size)];
  const trials = atMost("--trials", values.trials, MOST_TRIALS);
  const parallel = atMost("--parallel", values.parallel, MOST_PARALLEL);
  const problems = problemsOf([stacks, size, trials, parallel]);
  if (help) {
    return { ok: { ...NOTHING, help } };
  }
  return "ok" in stacks && "ok" in size && "ok" in trials && "ok" in parallel
    ? {
        ok: {
          stacks: stacks.ok,
          person,
          size: size.ok,
          json,
          katib,
          help,
          trials: trials.ok,
          parallel: parallel.ok,
        },
      }
    : { problem: problems.join("\n") };
}

const NOTHING = {
  stacks: [],
  person: undefined,
  size: RUN_SIZES[0],
  trials: undefined,
  parallel: undefined,
  katib: false,
  json: false,
};

/** A number that may be absent. */
function atMost(
  option: string,
  text: string | undefined,
  most: number,
): Result<number | undefined> {
  return text === undefined ? { ok: undefined } : numberOf(option, text, most);
}
