import { timingSafeEqual } from "node:crypto";
import type { SignedCookie } from "./signed-cookie";

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

/** Cookie of an attempt. Its time is that for the whole login, including second factor and new password. */
export const ATTEMPT: SignedCookie = {
  name: "__Host-ml-platform-login",
  seconds: 600,
  sameSite: "Lax",
};

/** Compares two texts in a time that does not depend on where they differ. */
export function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
