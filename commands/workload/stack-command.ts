import { asText, type Block } from "../../reports/document";
import type { FailedRun } from "../../reports/training-runs";
import type { WorkloadContext } from "./ready-stacks";

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
