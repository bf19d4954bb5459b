import { createRemoteJWKSet, customFetch, errors, jwtVerify, type JWTPayload } from "jose";
import type { Identity } from "./admission";
import { Denial, nameOf } from "./denial";

export interface VerifierArgs {
  /** Address of the user pool as it stands in tokens. */
  readonly issuer: string;
  readonly clientId: string;
  readonly fetch: typeof fetch;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Milliseconds that the issuer has to hand out its keys. */
const KEYS_TIMEOUT = 3_000;

/**
 * A function that verifies an ID token and tells whom it is about. The issuer's keys are fetched
 * when they are first needed and kept for ten minutes.
 *
 * It rejects with `Denial`: `token-refused`, or `provider-unavailable` when the keys cannot be had.
 */
export function idTokenVerifier({
  issuer,
  clientId,
  fetch,
  now,
}: VerifierArgs): (token: string, nonce: string) => Promise<Identity> {
  const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`), {
    timeoutDuration: KEYS_TIMEOUT,
    // A key that is not known yet is asked for at once. Tokens come from the issuer's own endpoint
    // only, so nobody else can make the broker ask.
    cooldownDuration: 0,
    [customFetch]: fetch,
  });
  return async (token, nonce) => {
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience: clientId,
        algorithms: ["RS256"],
        requiredClaims: ["exp"],
        currentDate: new Date(now()),
      });
      return identity(payload, nonce);
    } catch (error) {
      throw error instanceof Denial ? error : denial(error);
    }
  };
}

/** What Cognito's tokens have beside the registered claims. Source:
 * https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-id-token.html */
function identity(payload: JWTPayload, nonce: string): Identity {
  const groups = payload["cognito:groups"] ?? [];
  const user = payload["cognito:username"];
  if (payload["nonce"] !== nonce) {
    throw refused("nonce");
  }
  if (payload["token_use"] !== "id") {
    throw refused("token_use");
  }
  if (typeof user !== "string" || user === "") {
    throw refused("cognito:username");
  }
  if (!Array.isArray(groups)) {
    throw refused("cognito:groups");
  }
  return { user, groups: groups.filter((group) => typeof group === "string") };
}

function refused(claim: string): Denial {
  return new Denial("token-refused", { detail: claim });
}

/** Errors of jose that speak of the issuer's keys and not of the token. */
const ABOUT_KEYS = [
  errors.JOSEError.code,
  errors.JWKSTimeout.code,
  errors.JWKSInvalid.code,
] as readonly string[];

function denial(error: unknown): Denial {
  if (!(error instanceof errors.JOSEError) || ABOUT_KEYS.includes(error.code)) {
    return new Denial("provider-unavailable", { detail: `keys: ${nameOf(error)}` });
  }
  const claim =
    error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired
      ? error.claim
      : error.code;
  return refused(claim);
}
