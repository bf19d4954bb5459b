import assert from "node:assert/strict";
import { decodeJwt, SignJWT, type JWTPayload } from "jose";
import { randomBytes } from "node:crypto";
import { Browser, assertDenied, assertOpened, eachWithBroker } from "./broker-server";

const BROKEN_OFF = { status: 400 } as const;

describe("login broker: a login", () => {
  const at = eachWithBroker();
  const GRACE = { user: "grace", profile: "grace-studio" };

  it("is finished only by the browser that began it", async () => {
    const victim = new Browser(at.server);
    await victim.logIn();
    const stolen = await at.browser.logIn();
    // Somebody sends a link to log others in under a name of theirs.
    const seen = await victim.get(stolen);
    assertDenied(at.server, seen, { ...BROKEN_OFF, reason: "state-mismatch" });
    const fresh = await new Browser(at.server).get(stolen);
    assertDenied(at.server, fresh, { ...BROKEN_OFF, reason: "cookie-missing" });
    assertOpened(at.server, await at.browser.get(stolen), GRACE);
  });

  it("requires the exact state, once", async () => {
    const back = new URL(await at.browser.logIn());
    const state = back.searchParams.get("state")!;
    const code = back.searchParams.get("code")!;
    for (const query of [
      `code=${code}`,
      `code=${code}&state=`,
      `code=${code}&state=${state.slice(0, -1)}`,
      `code=${code}&state=${state}&state=${state}`,
    ]) {
      const seen = await at.browser.get(`/callback?${query}`);
      assertDenied(at.server, seen, { ...BROKEN_OFF, reason: "state-mismatch" });
    }
  });

  it("requires exactly one code", async () => {
    const state = new URL(await at.browser.logIn()).searchParams.get("state")!;
    for (const query of [
      `state=${state}`,
      `state=${state}&code=`,
      `state=${state}&code=a&code=b`,
    ]) {
      const seen = await at.browser.get(`/callback?${query}`);
      assertDenied(at.server, seen, { ...BROKEN_OFF, reason: "code-missing" });
    }
    const seen = await at.browser.get(`/callback?state=${state}&code=made-up`);
    assertDenied(at.server, seen, { ...BROKEN_OFF, reason: "code-refused" });
  });

  it("cannot be finished twice", async () => {
    const back = await at.browser.logIn();
    const { cookie } = at.browser;
    assertOpened(at.server, await at.browser.get(back), GRACE);
    assert.equal(at.browser.cookie, undefined);
    at.server.opened.length = 0;
    const again = await at.browser.get(back);
    assertDenied(at.server, again, { ...BROKEN_OFF, reason: "cookie-missing" });
    at.browser.cookie = cookie;
    const replayed = await at.browser.get(back);
    assertDenied(at.server, replayed, { ...BROKEN_OFF, reason: "code-refused" });
  });

  it("sends the PKCE verifier to the provider", async () => {
    // The code of one login with the state and cookie of another: the verifier does not fit.
    const code = new URL(await new Browser(at.server).logIn()).searchParams.get("code")!;
    const back = new URL(await at.browser.logIn());
    back.searchParams.set("code", code);
    const seen = await at.browser.get(back.href);
    assertDenied(at.server, seen, { ...BROKEN_OFF, reason: "code-refused" });
  });

  it("expires after ten minutes", async () => {
    const back = await at.browser.logIn();
    at.server.ahead = 600_000;
    const late = await at.browser.get(back);
    assertDenied(at.server, late, { ...BROKEN_OFF, reason: "cookie-expired" });
    at.server.ahead = 590_000;
    at.server.provider.claims = (claims) => ({ ...claims, exp: Date.now() / 1000 + 900 });
    assertOpened(at.server, await at.browser.get(back), GRACE);
  });

  it("rejects a forged cookie", async () => {
    const back = await at.browser.logIn();
    const [name = "", value = ""] = at.browser.cookie!.split("=");
    const [header = "", payload = "", signature = ""] = value.split(".");
    const attempt = decodeJwt(value);
    const { exp, ...endless } = attempt;
    assert.ok(exp !== undefined);
    const key = await at.server.key();
    const token = (claims: JWTPayload, signingKey: Uint8Array, alg = "HS256"): Promise<string> =>
      new SignJWT(claims).setProtectedHeader({ alg }).sign(signingKey);
    const other = Buffer.from(JSON.stringify({ ...attempt, profile: "ada-studio" }));
    const none = Buffer.from(JSON.stringify({ alg: "none" })).toString("base64url");
    const swapped = signature.startsWith("A") ? "B" : "A";
    for (const forged of [
      `${header}.${other.toString("base64url")}.${signature}`,
      await token(attempt, randomBytes(32)),
      // Signed with the right key: another algorithm, or a login that would never expire.
      await token(attempt, key, "HS512"),
      await token(endless, key),
      `${none}.${payload}.`,
      `${none}.${payload}.${signature}`,
      `${header}.${payload}.${swapped}${signature.slice(1)}`,
      `${value}.x`,
      `${header}.${payload}.`,
      `${payload}.${signature}`,
      payload,
      `..${signature}`,
      "",
    ]) {
      at.browser.cookie = `${name}=${forged}`;
      const seen = await at.browser.get(back);
      assertDenied(at.server, seen, { ...BROKEN_OFF, reason: "cookie-forged" });
    }
  });

  it("sets a cookie that expires with it and is hidden from scripts and other sites", async () => {
    const { headers } = await at.browser.get("/");
    const [cookie, ...others] = headers.getSetCookie();
    assert.deepEqual(others, []);
    assert.deepEqual(cookie?.split("; ").slice(1).sort(), [
      "HttpOnly",
      "Max-Age=600",
      "Path=/",
      "SameSite=Lax",
      "Secure",
    ]);
  });

  it("shares no value with another login", async () => {
    const seen = new Set<string>();
    for (let index = 0; index < 3; index += 1) {
      const { searchParams } = new URL((await at.browser.get("/")).location);
      ["state", "nonce", "code_challenge"].forEach((name) => seen.add(searchParams.get(name)!));
    }
    assert.equal(seen.size, 9);
  });

  it("ends when the login page reports an error", async () => {
    const state = new URL(await at.browser.logIn()).searchParams.get("state")!;
    const query = `error=access_denied&error_description=%3Cb%3Eno&state=${state}`;
    const seen = await at.browser.get(`/callback?${query}`);
    assertDenied(at.server, seen, { ...BROKEN_OFF, reason: "provider-refused" });
    assert.doesNotMatch(seen.body, /<b>/);
  });

  it("does not begin without a signing key", async () => {
    at.server.key = () => Promise.reject(new Error("key of AKIAIOSFODNN7EXAMPLE"));
    for (const path of ["/", "/callback?code=a&state=b"]) {
      const seen = await at.browser.get(path);
      assertDenied(at.server, seen, { status: 500, reason: "fault" });
      assert.doesNotMatch(seen.body + JSON.stringify(at.server.log), /AKIA/);
    }
  });
});
