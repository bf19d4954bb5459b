import { createHmac, timingSafeEqual } from "node:crypto";

/** A login that has been begun, as the browser that began it keeps it. */
export interface LoginAttempt {
  /** Comes back in the address: tells that this browser began this login. */
  readonly state: string;
  /** Comes back in the token: tells that the token was issued for this login. */
  readonly nonce: string;
  /** PKCE secret: only who has it can turn the code into a token. */
  readonly verifier: string;
  /** Profile asked for; absent for the person's own. */
  readonly profile?: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

/** Time from the first click to the last, second factor and new password included. */
export const ATTEMPT_SECONDS = 600;

/** With this prefix browsers take a cookie only from this very host, over HTTPS, for all of its paths. */
const NAME = "__Host-ml-platform-login";

/** `Lax`, since `Strict` is not sent along when the login page sends the browser back. */
const ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Lax";

/** Takes the cookie away. */
export const CLEARED_COOKIE = `${NAME}=; Max-Age=0; ${ATTRIBUTES}`;

/** `Set-Cookie` that keeps an attempt in the browser, signed: readable there, but not to be changed. */
export function attemptCookie(attempt: LoginAttempt, key: Buffer): string {
  const payload = Buffer.from(JSON.stringify(attempt)).toString("base64url");
  return `${NAME}=${payload}.${signatureOf(payload, key)}; Max-Age=${ATTEMPT_SECONDS}; ${ATTRIBUTES}`;
}

/** Reads the attempt back out of the cookies of a request, or tells why there is none to trust. */
export function readAttempt(
  cookies: readonly string[],
  key: Buffer,
  now: number,
): LoginAttempt | "cookie-missing" | "cookie-forged" | "cookie-expired" {
  const cookie = cookies.find((one) => one.startsWith(`${NAME}=`));
  if (cookie === undefined) {
    return "cookie-missing";
  }
  const value = cookie.slice(NAME.length + 1);
  const [payload = ""] = value.split(".");
  if (!sameText(value, `${payload}.${signatureOf(payload, key)}`)) {
    return "cookie-forged";
  }
  // What carries our signature has our shape.
  const attempt = JSON.parse(Buffer.from(payload, "base64url").toString()) as LoginAttempt;
  return now < attempt.expires ? attempt : "cookie-expired";
}

/** Whether two texts are the same, in a time that does not depend on where they differ. */
export function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function signatureOf(payload: string, key: Buffer): string {
  return createHmac("sha256", key).update(payload).digest("base64url");
}
