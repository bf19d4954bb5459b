import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import type { ServerResponse } from "node:http";
import { mock } from "node:test";
import { SignJWT } from "jose";
import { assertDenied, assertOpened, eachWithBroker } from "./broker-server";
import { CLIENT_ID, json, signingKey, type SigningKey } from "./oidc-provider";

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

describe("login broker: tokens", () => {
  const at = eachWithBroker();

  const refused = async (detail: string) => {
    const seen = await at.browser.open();
    assertDenied(at.server, seen, { status: 403, reason: "token-refused" });
    assert.equal(at.server.log.at(-1)?.detail, detail);
    assert.equal(at.server.log.at(-1)?.user, undefined, "a name that is not verified");
  };
  const signedBy = (key: SigningKey, alg: string) => {
    at.server.provider.sign = (claims) =>
      new SignJWT(claims).setProtectedHeader({ alg, kid: key.kid }).sign(key.privateKey);
  };
  const saying = (changes: Readonly<Record<string, unknown>>) => {
    at.server.provider.claims = (claims) => ({ ...claims, ...changes });
  };

  it("are accepted when valid", async () => {
    assertOpened(at.server, await at.browser.open(), { user: "grace", profile: "grace-studio" });
  });

  it("must be within their validity period", async () => {
    const now = at.server.provider.now();
    saying({ exp: now - 1 });
    await refused("exp");
    saying({ exp: undefined });
    await refused("exp");
    saying({ nbf: now + 60 });
    await refused("nbf");
  });

  it("must be issued for this client", async () => {
    saying({ aud: "6client0of0somebody0else0" });
    await refused("aud");
    saying({ aud: undefined });
    await refused("aud");
    for (const aud of [[CLIENT_ID, "6client0of0somebody0else0"], [CLIENT_ID], ""]) {
      saying({ aud });
      await refused("aud");
    }
    saying({ azp: "6client0of0somebody0else0" });
    await refused("azp");
    saying({ azp: CLIENT_ID });
    assertOpened(at.server, await at.browser.open(), { user: "grace", profile: "grace-studio" });
  });

  it("must have a subject", async () => {
    for (const sub of [undefined, "", 7]) {
      saying({ sub });
      await refused("sub");
    }
  });

  it("must be issued by this user pool", async () => {
    saying({ iss: "https://cognito-idp.eu-west-3.amazonaws.com/eu-west-3_Other" });
    await refused("iss");
    saying({ iss: undefined });
    await refused("iss");
  });

  it("must be ID tokens", async () => {
    saying({ token_use: "access" });
    await refused("token_use");
  });

  it("must carry this login's nonce", async () => {
    saying({ nonce: "of-another-login" });
    await refused("nonce");
    saying({ nonce: undefined });
    await refused("nonce");
  });

  it("must name a user, and groups as a list", async () => {
    saying({ "cognito:username": undefined });
    await refused("cognito:username");
    saying({ "cognito:groups": "ml-admins" });
    await refused("cognito:groups");
  });

  it("must be signed", async () => {
    at.server.provider.sign = (claims) =>
      Promise.resolve(`${base64url({ alg: "none" })}.${base64url(claims)}.`);
    await refused("ERR_JOSE_ALG_NOT_ALLOWED");
  });

  it("must not be signed by HMAC with the public key", async () => {
    const { kid, publicKey } = at.server.provider.keys[0]!;
    at.server.provider.sign = (claims) => {
      const signed = `${base64url({ alg: "HS256", kid })}.${base64url(claims)}`;
      const pem = publicKey.export({ type: "spki", format: "pem" });
      const signature = createHmac("sha256", pem).update(signed).digest("base64url");
      return Promise.resolve(`${signed}.${signature}`);
    };
    await refused("ERR_JOSE_ALG_NOT_ALLOWED");
  });

  it("must be signed with RS256 only", async () => {
    for (const alg of ["RS512", "PS256"]) {
      signedBy(at.server.provider.keys[0]!, alg);
      await refused("ERR_JOSE_ALG_NOT_ALLOWED");
    }
  });

  it("must be signed with a key of the user pool", async () => {
    signedBy(signingKey(), "RS256");
    await refused("ERR_JWKS_NO_MATCHING_KEY");
    signedBy({ ...signingKey(), kid: at.server.provider.keys[0]!.kid }, "RS256");
    await refused("ERR_JWS_SIGNATURE_VERIFICATION_FAILED");
  });

  it("must not be altered after signing", async () => {
    const { sign } = at.server.provider;
    at.server.provider.sign = async (claims) => {
      const [header = "", , signature = ""] = (await sign(claims)).split(".");
      const other = { ...claims, "cognito:username": "ada", "cognito:groups": ["ml-admins"] };
      return `${header}.${base64url(other)}.${signature}`;
    };
    await refused("ERR_JWS_SIGNATURE_VERIFICATION_FAILED");
  });

  it("must be well-formed", async () => {
    at.server.provider.sign = () => Promise.resolve("not-a-token");
    await refused("ERR_JWS_INVALID");
  });
});

describe("login broker: user pool", () => {
  const at = eachWithBroker();
  const unavailable = async (detail: string) => {
    const seen = await at.browser.open();
    assertDenied(at.server, seen, { status: 502, reason: "provider-unavailable" });
    assert.equal(at.server.log.at(-1)?.detail, detail);
  };

  it("has its keys fetched once", async () => {
    await at.browser.open();
    await at.browser.open();
    assert.equal(at.server.provider.keyRequests, 1);
  });

  it("has its old keys rejected after a rotation", async () => {
    const { provider } = at.server;
    await at.browser.open();
    const [old] = provider.keys;
    provider.keys = [signingKey()];
    at.server.opened.length = 0;
    assertOpened(at.server, await at.browser.open(), { user: "grace", profile: "grace-studio" });
    at.server.opened.length = 0;
    provider.sign = (claims) =>
      new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: old!.kid }).sign(old!.privateKey);
    const seen = await at.browser.open();
    assertDenied(at.server, seen, { status: 403, reason: "token-refused" });
  });

  it("is reported unavailable when a response is too large, and the rest is not read", async () => {
    const { provider } = at.server;
    const endless = (response: ServerResponse): void => {
      const part = `{"keys":[],"x":"${"x".repeat(10_000)}`;
      response.writeHead(200, { "content-type": "application/json" });
      const write = (): void => {
        while (response.writable && response.write(part));
        response.once("drain", write);
      };
      write();
    };
    provider.keysFault = endless;
    await unavailable("keys: ResponseTooLargeError");
    provider.tokenFault = endless;
    await unavailable("token: ResponseTooLargeError");
  });

  it("is reported unavailable without keys", async () => {
    at.server.provider.keysFault = (response) => response.writeHead(503).end();
    await unavailable("keys: JOSEError");
    at.server.provider.keysFault = (response) => {
      json(response, 200, { keys: "none" });
    };
    await unavailable("keys: JWKSInvalid");
    at.server.provider.keysFault = (response) => response.destroy();
    await unavailable("keys: TypeError");
  });

  it("is reported unavailable without a token, and a later attempt works", async () => {
    const { provider } = at.server;
    const faults: [string, NonNullable<typeof provider.tokenFault>][] = [
      ["token: TypeError", (response) => response.destroy()],
      ["token: HTTP 500", (response) => response.writeHead(500).end("<html>")],
      ["token: SyntaxError", (response) => response.writeHead(200).end("<html>")],
      [
        "token: HTTP 200",
        (response) => {
          json(response, 200, {});
        },
      ],
      [
        "token: HTTP 400",
        (response) => {
          json(response, 400, { error: "invalid_client" });
        },
      ],
      [
        "token: HTTP 403",
        (response) => {
          json(response, 403, { id_token: "x" });
        },
      ],
      // It must not be sent elsewhere with the code.
      ["token: TypeError", (response) => response.writeHead(307, { location: "/stolen" }).end()],
    ];
    for (const [detail, fault] of faults) {
      provider.tokenFault = fault;
      await unavailable(detail);
    }
    provider.tokenFault = undefined;
    assertOpened(at.server, await at.browser.open(), { user: "grace", profile: "grace-studio" });
  });

  it("is given up after three seconds without an answer", async () => {
    at.server.provider.tokenFault = () => undefined;
    const soon = AbortSignal.timeout(10);
    const limit = mock.method(AbortSignal, "timeout", () => soon);
    try {
      await unavailable("token: TimeoutError");
      assert.deepEqual(
        limit.mock.calls.map((call) => call.arguments),
        [[3_000]],
      );
    } finally {
      limit.mock.restore();
    }
  });
});
