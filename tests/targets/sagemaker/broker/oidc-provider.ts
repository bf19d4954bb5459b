import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, randomBytes, type KeyObject } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { SignJWT } from "jose";

/** Person that the login page logs in. */
export interface Login {
  readonly user: string;
  readonly groups?: readonly string[];
}

/** Key pair of the provider. */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

interface Grant extends Login {
  readonly challenge: string;
  readonly nonce: string;
  readonly redirectUri: string;
}

export const CLIENT_ID = "5client0of0the0broker0000";

/** First key of every provider, since the creation of one takes longer than a test. */
const FIRST_KEY = signingKey();

export function signingKey(): SigningKey {
  const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { kid: randomBytes(8).toString("hex"), ...pair };
}

/** An OpenID Connect provider on loopback that does what Cognito's login pages and issuer do. */
export class OidcProvider {
  /** Base address of pages and issuer, also in the tokens. */
  url = "";
  /** The next person to log in. */
  login: Login = { user: "grace", groups: ["ml-users"] };
  keys = [FIRST_KEY];
  /** Changes the claims of a token before the provider signs it. A test may replace it. */
  claims: (claims: Readonly<Record<string, unknown>>) => Record<string, unknown> = (same) => same;
  /** Creates the token of its claims. A test may sign with another key, or not at all. */
  sign = (claims: Readonly<Record<string, unknown>>): Promise<string> =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: "RS256", kid: this.keys[0]!.kid })
      .sign(this.keys[0]!.privateKey);
  /** Answers at the token endpoint instead of the provider, if set. */
  tokenFault: ((response: ServerResponse) => void) | undefined;
  keysFault: ((response: ServerResponse) => void) | undefined;
  /** Seconds since 1970. */
  now = (): number => Math.floor(Date.now() / 1000);
  /** Number of requests for the keys. */
  keyRequests = 0;
  /** Addresses to which the login pages may send people, once the broker is there. */
  registered = { callback: "", logout: "" };
  /** All issued secrets, which no log may contain. */
  readonly secrets: string[] = [];

  private readonly codes = new Map<string, Grant>();
  private readonly server = createServer((request, response) => {
    this.answer(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "", this.url);
    switch (pathname) {
      case "/oauth2/authorize":
        this.authorize(searchParams, response);
        return;
      case "/oauth2/token":
        await this.token(new URLSearchParams(await text(request)), response);
        return;
      case "/.well-known/jwks.json":
        this.keyRequests += 1;
        (this.keysFault ?? this.publishKeys)(response);
        return;
      case "/logout":
        assert.equal(searchParams.get("client_id"), CLIENT_ID);
        assert.equal(searchParams.get("logout_uri"), this.registered.logout);
        response.writeHead(302, { location: this.registered.logout }).end();
        return;
      default:
        response.writeHead(404).end();
    }
  }

  private authorize(query: URLSearchParams, response: ServerResponse): void {
    assert.equal(query.get("response_type"), "code");
    assert.equal(query.get("client_id"), CLIENT_ID);
    assert.equal(query.get("redirect_uri"), this.registered.callback);
    assert.equal(query.get("code_challenge_method"), "S256");
    assert.ok(query.get("scope")?.split(" ").includes("openid"));
    const [code, state, nonce] = [
      randomBytes(16).toString("hex"),
      query.get("state") ?? "",
      query.get("nonce") ?? "",
    ];
    for (const secret of [state, nonce]) {
      assert.ok(secret.length >= 43, "32 random bytes");
    }
    this.codes.set(code, {
      ...this.login,
      nonce,
      challenge: query.get("code_challenge") ?? "",
      redirectUri: this.registered.callback,
    });
    this.secrets.push(code, state, nonce);
    const back = new URLSearchParams({ code, state }).toString();
    response.writeHead(302, { location: `${this.registered.callback}?${back}` }).end();
  }

  private async token(form: URLSearchParams, response: ServerResponse): Promise<void> {
    if (this.tokenFault !== undefined) {
      this.tokenFault(response);
      return;
    }
    const code = form.get("code") ?? "";
    const grant = this.codes.get(code);
    this.codes.delete(code);
    const verifier = form.get("code_verifier") ?? "";
    this.secrets.push(verifier);
    const good =
      grant !== undefined &&
      form.get("grant_type") === "authorization_code" &&
      form.get("client_id") === CLIENT_ID &&
      form.get("redirect_uri") === grant.redirectUri &&
      createHash("sha256").update(verifier).digest("base64url") === grant.challenge;
    if (!good) {
      json(response, 400, { error: "invalid_grant" });
      return;
    }
    const issued = {
      id_token: await this.sign(this.claims(this.claimsOf(grant))),
      access_token: `access-${randomBytes(16).toString("hex")}`,
      refresh_token: `refresh-${randomBytes(16).toString("hex")}`,
    };
    this.secrets.push(...Object.values(issued));
    json(response, 200, { ...issued, token_type: "Bearer", expires_in: 300 });
  }

  private claimsOf({ user, groups, nonce }: Grant): Record<string, unknown> {
    return {
      iss: this.url,
      aud: CLIENT_ID,
      sub: `sub-of-${user}`,
      iat: this.now(),
      exp: this.now() + 300,
      token_use: "id",
      "cognito:username": user,
      ...(groups && { "cognito:groups": groups }),
      nonce,
    };
  }

  private readonly publishKeys = (response: ServerResponse): void => {
    // Without `alg`, so that only the broker decides which algorithms it accepts.
    const keys = this.keys.map(({ kid, publicKey }) => {
      const { kty, n, e } = publicKey.export({ format: "jwk" });
      return { kid, kty, n, e, use: "sig" };
    });
    json(response, 200, { keys });
  };
}

export function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
