import { createHash } from "node:crypto";
import type { Identity } from "./admission";
import { Denial, nameOf } from "./denial";
import { idTokenVerifier, type VerifierArgs } from "./id-token";
import { limited } from "./limited-fetch";

/** Inputs of `identityProvider`. */
export interface IdentityProviderArgs extends VerifierArgs {
  /** Base address of the login pages. */
  readonly loginUrl: string;
  /** Base address of the broker, to which the login pages redirect people. */
  readonly brokerUrl: string;
}

/** Cognito's login pages for the broker: authorisation code flow with PKCE, public client. */
export interface IdentityProvider {
  /** The address of the login page. */
  authorizeUrl(login: {
    readonly state: string;
    readonly nonce: string;
    readonly verifier: string;
  }): string;
  /** The address for logging out; the login pages then redirect to the first page of the broker. */
  readonly logoutUrl: string;
  /**
   * Exchanges the code from the browser for a verified identity.
   *
   * @throws Denial when code or token are not valid, or the provider does not answer.
   */
  identify(login: {
    readonly code: string;
    readonly nonce: string;
    readonly verifier: string;
  }): Promise<Identity>;
}

/** Path of the broker to which the login pages redirect. */
export const CALLBACK_PATH = "/callback";

/** Milliseconds within which the token endpoint must answer. */
const TOKEN_TIMEOUT = 3_000;

/** Creates the identity provider for a user pool. */
export function identityProvider(args: IdentityProviderArgs): IdentityProvider {
  const { loginUrl, brokerUrl, clientId } = args;
  const redirectUri = brokerUrl + CALLBACK_PATH;
  const verify = idTokenVerifier(args);
  return {
    authorizeUrl: ({ state, nonce, verifier }) =>
      withQuery(`${loginUrl}/oauth2/authorize`, {
        response_type: "code",
        client_id: clientId,
        redirect_uri: redirectUri,
        scope: "openid email",
        state,
        nonce,
        code_challenge_method: "S256",
        code_challenge: createHash("sha256").update(verifier).digest("base64url"),
      }),
    logoutUrl: withQuery(`${loginUrl}/logout`, {
      client_id: clientId,
      logout_uri: `${brokerUrl}/`,
    }),
    identify: async ({ code, nonce, verifier }) => {
      const grant = { client_id: clientId, redirect_uri: redirectUri, code };
      return verify(await idToken(args, { ...grant, code_verifier: verifier }), nonce);
    },
  };
}

async function idToken(
  { loginUrl, fetch }: IdentityProviderArgs,
  grant: Readonly<Record<string, string>>,
): Promise<string> {
  const { status, body } = await post(fetch, `${loginUrl}/oauth2/token`, {
    grant_type: "authorization_code",
    ...grant,
  });
  // The code is used, expired, invented or for another verifier. Any other error is a failure of a service.
  if (status === 400 && body["error"] === "invalid_grant") {
    throw new Denial("code-refused");
  }
  const token = body["id_token"];
  if (status !== 200 || typeof token !== "string") {
    throw new Denial("provider-unavailable", { detail: `token: HTTP ${status}` });
  }
  // The other tokens are dropped: the broker makes no request on behalf of the user.
  return token;
}

async function post(
  fetch: VerifierArgs["fetch"],
  url: string,
  form: Readonly<Record<string, string>>,
): Promise<{ status: number; body: Readonly<Record<string, unknown>> }> {
  try {
    const response = await limited(fetch)(url, {
      method: "POST",
      body: new URLSearchParams(form),
      redirect: "error",
      signal: AbortSignal.timeout(TOKEN_TIMEOUT),
    });
    const { status } = response;
    return { status, body: status < 500 ? asObject(await response.json()) : {} };
  } catch (error) {
    throw new Denial("provider-unavailable", { detail: `token: ${nameOf(error)}` });
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function withQuery(url: string, query: Readonly<Record<string, string>>): string {
  return `${url}?${new URLSearchParams(query).toString()}`;
}
