/**
 * A stack cannot be priced, and its owner can mend it: a price is missing, a resource type is
 * unknown, an input is not plain. Shown without a stack trace.
 */
export class CostError extends Error {
  override readonly name = "CostError";
}
