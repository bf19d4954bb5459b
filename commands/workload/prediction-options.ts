import type { Load } from "../../cost/prediction-run";
import { problemsOf, type Result } from "../../settings/contract";
import { FLAG, readArguments } from "../arguments";
import { readStacks, STACK_OPTIONS } from "../stack-names";
import { numberOf, stacksOf } from "./training-options";

/** Largest loads. A request with more images than that is a job for a Job. */
const MOST: Load = { clients: 64, seconds: 600, images: 256 };
const DEFAULTS = { clients: "4", seconds: "30", images: "1" };

/** Printed for `--help`. */
export const PREDICTION_HELP = `Usage: npm run predict -- --stacks a,b [options]

Sends the same load to the model servers of live stacks, side by side. On ec2 and eks a Job in the
person's namespace sends it, on sagemaker a training job. Prints how fast the servers answer, and what
predictions cost. You pay for the Jobs and training jobs that the command starts.

Options:
  --stacks a,b       stacks whose model servers get the load, or --stack a
  --as NAME          person to send requests as (default: the stack's only person)
  --clients NUMBER   clients that send requests at the same time (default: ${DEFAULTS.clients}, at most ${MOST.clients})
  --seconds NUMBER   seconds for which they send requests (default: ${DEFAULTS.seconds}, at most ${MOST.seconds})
  --images NUMBER    images in each request (default: ${DEFAULTS.images}, at most ${MOST.images})
  --json             print JSON; docs/json.md describes it
  --help             print this text

Ctrl-C stops what the command started. Needs pulumi, and kubectl for ec2 and eks.
Exit status: 0 all answered; 1 a run failed; 2 wrong arguments, or a stack has no model
server; 130 stopped.
`;

/** Options of the command. */
export interface PredictionOptions {
  readonly stacks: readonly string[];
  /** @default the only person of each stack */
  readonly person: string | undefined;
  readonly load: Load;
  readonly json: boolean;
  readonly help: boolean;
}

/** The command, as npm runs it. */
export const PREDICTION_COMMAND = {
  script: "predict",
  options: {
    ...STACK_OPTIONS,
    as: { type: "string" },
    clients: { type: "string", default: DEFAULTS.clients },
    seconds: { type: "string", default: DEFAULTS.seconds },
    images: { type: "string", default: DEFAULTS.images },
    json: FLAG,
    help: { ...FLAG, short: "h" },
  },
} as const;

/** Reads the options; the problem has a line for each fault. */
export function readPredictionOptions(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
): Result<PredictionOptions> {
  const read = readArguments(PREDICTION_COMMAND, argv, env);
  if ("problem" in read) {
    return read;
  }
  const { as: person, json, help, ...values } = read.ok.values;
  const stacks = stacksOf(readStacks(values));
  const clients = numberOf("--clients", values.clients, MOST.clients);
  const seconds = numberOf("--seconds", values.seconds, MOST.seconds);
  const images = numberOf("--images", values.images, MOST.images);
  const problems = problemsOf([stacks, clients, seconds, images]);
  if (help) {
    return { ok: { stacks: [], person: undefined, load: MOST, json, help } };
  }
  return "ok" in stacks && "ok" in clients && "ok" in seconds && "ok" in images
    ? {
        ok: {
          stacks: stacks.ok,
          load: { clients: clients.ok, seconds: seconds.ok, images: images.ok },
          person,
          json,
          help,
        },
      }
    : { problem: problems.join("\n") };
}
