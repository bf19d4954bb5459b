/** Error that ends a refresh, with the reason as its message. The price file is unchanged. Printed without a stack trace. */
export class RefreshError extends Error {
  override readonly name = "RefreshError";
}
