import { createRemoteJWKSet, customFetch, errors, jwtVerify, type JWTPayload } from "jose";
import type { Identity } from "./admission";
import { Denial, nameOf } from "./denial";
import { limited } from "./limited-fetch";

/** Inputs of `idTokenVerifier`. */
export interface VerifierArgs {
  /** Address of the user pool, as tokens contain it. */
  readonly issuer: string;
  readonly clientId: string;
  readonly fetch: typeof fetch;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Milliseconds within which the issuer must return its keys. */
const KEYS_TIMEOUT = 3_000;

/**
 * Returns a function that verifies an ID token and reads the identity from it. The keys of the issuer are
 * fetched when they are first needed and cached for ten minutes.
 *
 * It rejects with `Denial`: `token-refused`, or `provider-unavailable` when the keys cannot be fetched.
 */
export function idTokenVerifier({
  issuer,
  clientId,
  fetch,
  now,
}: VerifierArgs): (token: string, nonce: string) => Promise<Identity> {
  const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`), {
    timeoutDuration: KEYS_TIMEOUT,
    // The keys are fetched at once for an unknown key. Tokens come from the issuer's own endpoint only,
    // so nobody else can cause such requests.
    cooldownDuration: 0,
    [customFetch]: limited(fetch),
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
      return identity(payload, { nonce, clientId });
    } catch (error) {
      throw error instanceof Denial ? error : denial(error);
    }
  };
}

/** Reads the claims of Cognito, besides the registered ones. Source:
 * https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-id-token.html */
function identity(
  payload: JWTPayload,
  { nonce, clientId }: { readonly nonce: string; readonly clientId: string },
): Identity {
  const groups = payload["cognito:groups"] ?? [];
  const user = payload["cognito:username"];
  // A list of audiences passes jose's check if this client is one of them; Cognito names one, as text.
  if (payload.aud !== clientId) {
    throw refused("aud");
  }
  // Party to which the token was issued. https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation
  if (payload["azp"] !== undefined && payload["azp"] !== clientId) {
    throw refused("azp");
  }
  if (typeof payload.sub !== "string" || payload.sub === "") {
    throw refused("sub");
  }
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

/** Errors of jose about the keys of the issuer, not about the token. */
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
