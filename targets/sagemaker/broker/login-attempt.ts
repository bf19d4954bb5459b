import { errors, jwtVerify, SignJWT } from "jose";
import { timingSafeEqual } from "node:crypto";
import { Denial } from "./denial";

/** A login that a browser has begun; the browser keeps it in a cookie. */
export interface LoginAttempt {
  /** Returned in the address: shows that this browser began this login. */
  readonly state: string;
  /** Returned in the token: shows that the token was issued for this login. */
  readonly nonce: string;
  /** PKCE secret: only its owner can exchange the code for a token. */
  readonly verifier: string;
  /** Profile that was asked for. @default the person's own */
  readonly profile?: string;
}

/** Time for the whole login, including second factor and new password. */
const ATTEMPT_SECONDS = 600;

/** The prefix makes browsers accept the cookie only from this host, over HTTPS, for all of its paths. */
const NAME = "__Host-ml-platform-login";

/** `Lax`, since browsers do not send a `Strict` cookie when the login page redirects to the broker. */
const ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Lax";

/** HMAC with SHA-256. No other algorithm is accepted, whatever the header of a token says. */
const ALGORITHM = "HS256";

/** `Set-Cookie` that deletes the cookie. */
export const CLEARED_COOKIE = `${NAME}=; Max-Age=0; ${ATTRIBUTES}`;

/**
 * `Set-Cookie` that keeps an attempt in the browser as a signed token (JWT): the browser can read it and
 * cannot change it.
 *
 * @param now milliseconds since 1970.
 */
export async function attemptCookie(
  attempt: LoginAttempt,
  key: Buffer,
  now: number,
): Promise<string> {
  const token = await new SignJWT({ ...attempt })
    .setProtectedHeader({ alg: ALGORITHM })
    .setExpirationTime(new Date(now + ATTEMPT_SECONDS * 1000))
    .sign(key);
  return `${NAME}=${token}; Max-Age=${ATTEMPT_SECONDS}; ${ATTRIBUTES}`;
}

/**
 * Reads the attempt from the cookies of a request.
 *
 * @param now milliseconds since 1970.
 * @throws Denial when there is no cookie, or it is forged or has expired.
 */
export async function readAttempt(
  cookies: readonly string[],
  key: Buffer,
  now: number,
): Promise<LoginAttempt> {
  const cookie = cookies.find((text) => text.startsWith(`${NAME}=`));
  if (cookie === undefined) {
    throw new Denial("cookie-missing");
  }
  try {
    const token = cookie.slice(NAME.length + 1);
    const { payload } = await jwtVerify<LoginAttempt>(token, key, {
      algorithms: [ALGORITHM],
      requiredClaims: ["exp"],
      currentDate: new Date(now),
    });
    // The broker signed it, so it has this shape.
    return payload;
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) {
      throw error;
    }
    throw new Denial(error instanceof errors.JWTExpired ? "cookie-expired" : "cookie-forged");
  }
}

/** Compares two texts in a time that does not depend on where they differ. */
export function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
