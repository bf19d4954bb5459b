import { RUN_SIZES, type RunSize } from "../../cost/training-run";
import { problemsOf, type Result } from "../../settings/contract";
import { quoted } from "../../settings/foreign-text";
import { FLAG, readArguments } from "../arguments";
import { readStacks, STACK_OPTIONS } from "../stack-names";

/** Most runs of one command, one after the other on each stack. */
const MOST_RUNS = 20;

/** Printed for `--help`. */
export const TRAINING_HELP = `Usage: npm run workload -- --stacks a,b [options]

Trains the same model on live stacks, side by side, and measures each run: a Job in the person's
namespace on ec2 and eks, a training job on sagemaker. The table at the end says what the runs cost.

Options:
  --stacks a,b       stacks to run on, or --stack a
  --as NAME          person to run as (default: the stack's only person)
  --size SIZE        small (default), medium or large: about 10 seconds, 1 minute and 6 minutes of
                     training on one core
  --runs NUMBER      runs on each stack, one after the other (default: 1, at most ${MOST_RUNS})
  --json             print JSON; docs/json.md describes it
  --help             print this text

Ctrl-C stops what the command started. Needs pulumi, and kubectl for ec2 and eks.
Exit status: 0 all runs done; 1 a run failed; 2 wrong arguments, or a stack cannot run it;
130 stopped.
`;

/** Options of the command. */
export interface TrainingOptions {
  readonly stacks: readonly string[];
  /** @default the only person of each stack */
  readonly person: string | undefined;
  readonly size: RunSize;
  readonly runs: number;
  readonly json: boolean;
  readonly help: boolean;
}

/** The command, as npm runs it. */
export const TRAINING_COMMAND = {
  script: "workload",
  options: {
    ...STACK_OPTIONS,
    as: { type: "string" },
    size: { type: "string", default: RUN_SIZES[0] },
    runs: { type: "string", default: "1" },
    json: FLAG,
    help: { ...FLAG, short: "h" },
  },
} as const;

/** Reads the options; the problem has a line for each fault. */
export function readTrainingOptions(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
): Result<TrainingOptions> {
  const read = readArguments(TRAINING_COMMAND, argv, env);
  if ("problem" in read) {
    return read;
  }
  const { as: person, size, runs, json, help } = read.ok.values;
  const stacks = stacksOf(readStacks(read.ok.values));
  const known = sizeOf(size);
  const count = numberOf("--runs", runs, MOST_RUNS);
  const problems = problemsOf([stacks, known, count]);
  return problems.length > 0 && !help
    ? { problem: problems.join("\n") }
    : {
        ok: {
          stacks: "ok" in stacks ? stacks.ok : [],
          size: "ok" in known ? known.ok : RUN_SIZES[0],
          runs: "ok" in count ? count.ok : 0,
          person,
          json,
          help,
        },
      };
}

/** The stacks that were named, at least one. */
export function stacksOf(named: Result<readonly string[] | undefined>): Result<readonly string[]> {
  if ("problem" in named) {
    return named;
  }
  return named.ok === undefined
    ? { problem: "name stacks with --stacks, such as --stacks ec2" }
    : { ok: named.ok };
}

/** The size with a name. */
export function sizeOf(name: string): Result<RunSize> {
  const known = RUN_SIZES.find((size) => size === name);
  return known === undefined
    ? { problem: `--size must be ${RUN_SIZES.join(", ")}; got ${quoted(name)}` }
    : { ok: known };
}

/**
 * A whole number from 1 on.
 *
 * @param most 999 at most.
 */
export function numberOf(option: string, text: string, most: number): Result<number> {
  const number = /^[1-9]\d{0,2}$/.test(text) ? Number(text) : 0;
  return number > 0 && number <= most
    ? { ok: number }
    : { problem: `${option} must be a whole number from 1 to ${most}; got ${quoted(text)}` };
}
