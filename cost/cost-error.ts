/**
 * The reason why a stack cannot be priced, for its owner to correct: a price is missing, a resource type is
 * unknown, or an input is not a plain value. Printed without a stack trace.
 */
export class CostError extends Error {
  override readonly name = "CostError";
}
