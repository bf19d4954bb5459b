import type { Finding } from "../aws/finding";

/** A finding with the stack that it belongs to. The audit only reads, so it cannot remove one. */
export interface StackFinding extends Omit<Finding, "remove"> {
  readonly stack: string;
  readonly stackId: string;
  /** Tag `Owner` of the stack; empty where the finding does not tell. */
  readonly owner: string;
  /** Reason to take it for the stack's, a clause, e.g. "carries the stack's tags". */
  readonly why: string;
  /** True if the stack retains its data, by its tag `Lifecycle`. */
  readonly keepsData: boolean;
  /** True if only Pulumi, or a resource it created, creates such a thing; false if users create it, too. */
  readonly byPulumi: boolean;
}
