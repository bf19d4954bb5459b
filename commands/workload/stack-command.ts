import { asText, type Block } from "../../reports/document";
import type { FailedRun } from "../../reports/training-runs";
import type { Result } from "../../settings/contract";
import type { WorkloadContext } from "./ready-stacks";

/** A command of npm that runs something on stacks. */
export interface StackCommand<O> {
  /** Name of the script, such as `tune`. */
  readonly script: string;
  /** Printed for `--help`. */
  readonly help: string;
  /** Reads the options; the problem has a line for each fault. */
  readonly read: (argv: readonly string[], env: NodeJS.ProcessEnv) => Result<O>;
}

/**
 * Acts with the options of a command.
 *
 * @returns the exit status of `act`; 0 after the help, 2 for wrong options.
 */
export async function withOptions<O extends { readonly help: boolean }>(
  { script, help, read }: StackCommand<O>,
  argv: readonly string[],
  context: WorkloadContext,
  act: (options: O) => Promise<number>,
): Promise<number> {
  const options = read(argv, context.env);
  if ("problem" in options) {
    context.err(`${options.problem}\nnpm run ${script} -- --help lists the options\n`);
    return 2;
  }
  if (options.ok.help) {
    context.out(help);
    return 0;
  }
  return act(options.ok);
}

/** Results of one command as text and as JSON. */
export interface Report<T> {
  readonly blocks: (done: readonly T[], failed: readonly FailedRun[]) => readonly Block[];
  readonly json: (done: readonly T[], failed: readonly FailedRun[]) => string;
}

/**
 * Prints what a command has done on its stacks.
 *
 * @returns the exit status: 0 when all is done, 1 when something has failed, 130 when it was stopped.
 */
export function printed<T>(
  { done, failed }: { readonly done: readonly T[]; readonly failed: readonly FailedRun[] },
  report: Report<T>,
  json: boolean,
  { out, width, paint, signal }: WorkloadContext,
): number {
  const blocks = report.blocks(done, failed);
  if (json) {
    out(`${report.json(done, failed)}\n`);
  } else if (blocks.length > 0) {
    out(`${asText(blocks, { width, paint })}\n`);
  }
  return signal.aborted ? 130 : failed.length > 0 ? 1 : 0;
}
