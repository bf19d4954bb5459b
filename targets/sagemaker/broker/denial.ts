/** Reasons for which the broker refuses a request; `pages.ts` explains them to people. */
export type Reason =
  | "address-not-allowed"
  | "page-unknown"
  | "method-refused"
  | "profile-name-invalid"
  | "cookie-missing"
  | "cookie-forged"
  | "cookie-expired"
  | "state-mismatch"
  | "form-mismatch"
  | "provider-refused"
  | "code-missing"
  | "code-refused"
  | "token-refused"
  | "group-missing"
  | "profile-missing"
  | "profile-foreign"
  | "profile-unknown"
  | "provider-unavailable"
  | "key-unavailable"
  | "studio-unavailable"
  | "fault";

/** Facts about a refused request. None is secret: they are logged and shown. */
export interface Facts {
  /** Verified login name; absent until the token is verified. */
  readonly user?: string;
  readonly profile?: string;
  /** Method that the page accepts, when another was used. */
  readonly allow?: "GET" | "POST";
  /** For the log only: the name of an error, never its message. */
  readonly detail?: string;
}

/** An error that ends a request with a page instead of a redirect. */
export class Denial extends Error {
  constructor(
    readonly reason: Reason,
    readonly facts: Facts = {},
  ) {
    super(reason);
  }
}

/** The name of a thrown error. Messages may quote the request, names do not. */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
