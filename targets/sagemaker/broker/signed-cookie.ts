import { errors, jwtVerify, SignJWT, type JWTPayload } from "jose";
import { Denial } from "./denial";

/** A cookie with a signed token (JWT) in it: the browser can read it and cannot change it. */
export interface SignedCookie {
  /** The prefix makes browsers accept the cookie only from this host, over HTTPS, for all of its paths. */
  readonly name: `__Host-${string}`;
  /** Seconds for which it is valid. */
  readonly seconds: number;
  /**
   * `Lax` cookies are sent when the login page redirects to the broker. `Strict` ones are sent only by pages of the
   * broker itself.
   */
  readonly sameSite: "Lax" | "Strict";
}

/** HMAC with SHA-256. No other algorithm is accepted, whatever the header of a token says. */
const ALGORITHM = "HS256";

/** `Set-Cookie` that deletes a cookie. */
export function cleared(cookie: SignedCookie): string {
  return `${cookie.name}=; Max-Age=0; ${attributes(cookie)}`;
}

/**
 * `Set-Cookie` that keeps values in the browser.
 *
 * @param now milliseconds since 1970.
 */
export async function signed(
  cookie: SignedCookie,
  values: object,
  key: Buffer,
  now: number,
): Promise<string> {
  const { name, seconds } = cookie;
  const token = await new SignJWT({ ...values })
    .setProtectedHeader({ alg: ALGORITHM })
    // Otherwise one cookie would pass for another.
    .setAudience(name)
    .setExpirationTime(new Date(now + seconds * 1000))
    .sign(key);
  return `${name}=${token}; Max-Age=${seconds}; ${attributes(cookie)}`;
}

/**
 * Reads the values of a cookie, as `signed` wrote them.
 *
 * @param cookies `name=value` each.
 * @param now milliseconds since 1970.
 * @throws Denial when there is no such cookie, or it is forged or has expired.
 */
export async function readSigned<T extends object>(
  { name }: SignedCookie,
  cookies: readonly string[],
  key: Buffer,
  now: number,
): Promise<T> {
  const cookie = cookies.find((text) => text.startsWith(`${name}=`));
  if (cookie === undefined) {
    throw new Denial("cookie-missing");
  }
  try {
    const { payload } = await jwtVerify<T & JWTPayload>(cookie.slice(name.length + 1), key, {
      algorithms: [ALGORITHM],
      audience: name,
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

function attributes({ sameSite }: SignedCookie): string {
  return `Path=/; Secure; HttpOnly; SameSite=${sameSite}`;
}
