/** A refresh ends, and its message says why. The price file is as it was. Shown without a stack trace. */
export class RefreshError extends Error {
  override readonly name = "RefreshError";
}
