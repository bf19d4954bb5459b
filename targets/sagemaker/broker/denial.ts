/** Everything for which the broker does not let somebody through. `pages.ts` says it to people. */
export type Reason =
  | "address-not-allowed"
  | "page-unknown"
  | "method-refused"
  | "profile-name-invalid"
  | "cookie-missing"
  | "cookie-forged"
  | "cookie-expired"
  | "state-mismatch"
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

/** What is known of the person when it happens. Nothing here is secret: it is logged and shown. */
export interface Facts {
  /** Verified name; absent before the token is. */
  readonly user?: string;
  readonly profile?: string;
  /** For the log only: the name of an error, never its text. */
  readonly detail?: string;
}

/** Ends a request with a page instead of a redirect. */
export class Denial extends Error {
  constructor(
    readonly reason: Reason,
    readonly facts: Facts = {},
  ) {
    super(reason);
  }
}

/** The name of whatever was thrown. Texts of errors may quote what was sent, names do not. */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
