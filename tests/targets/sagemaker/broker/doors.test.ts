import assert from "node:assert/strict";
import { assertDenied, assertOpened, eachWithBroker } from "./broker-server";
import { CLIENT_ID } from "./oidc-provider";

const OUTSIDE = "81.2.69.192";
const PATHS = ["/", "/callback?code=a&state=b", "/open", "/logout", "/anything"];

describe("login broker: callers", () => {
  const at = eachWithBroker();

  it("from other networks are denied", async () => {
    for (const address of [
      OUTSIDE,
      "81.2.69.159",
      "192.0.2.6",
      "127.0.0.1",
      "::1",
      "",
      "unknown",
    ]) {
      at.server.sourceIp = address;
      for (const path of PATHS) {
        const seen = await at.browser.get(path);
        assertDenied(at.server, seen, { status: 403, reason: "address-not-allowed" });
        assert.equal(at.browser.cookie, undefined);
      }
      assert.equal(at.server.log.at(-1)?.address, address);
    }
  });

  it("from both ends of an allowed network are admitted", async () => {
    for (const address of ["81.2.69.160", "81.2.69.191", "192.0.2.7"]) {
      at.server.sourceIp = address;
      assert.equal((await at.browser.get("/")).status, 302, address);
    }
  });

  it("are not admitted by forwarding headers", async () => {
    at.server.sourceIp = OUTSIDE;
    const inside = "81.2.69.170";
    const headers = {
      "x-forwarded-for": inside,
      "x-real-ip": inside,
      "cf-connecting-ip": inside,
      "true-client-ip": inside,
      "x-client-ip": inside,
      forwarded: `for=${inside}`,
    };
    const seen = await at.browser.get("/", { headers });
    assertDenied(at.server, seen, { status: 403, reason: "address-not-allowed" });
    assert.match(seen.body, new RegExp(OUTSIDE));
  });

  it("cannot finish a login from another network", async () => {
    const back = await at.browser.logIn();
    at.server.sourceIp = OUTSIDE;
    const seen = await at.browser.get(back);
    assertDenied(at.server, seen, { status: 403, reason: "address-not-allowed" });
  });

  it("see their address escaped", async () => {
    at.server.sourceIp = `<script>alert("1")</script>&'`;
    const { body } = await at.browser.get("/");
    assert.match(body, /&lt;script&gt;alert\(&quot;1&quot;\)&lt;\/script&gt;&amp;&#39;/);
    assert.doesNotMatch(body, /<script/);
  });
});

describe("login broker: pages", () => {
  const at = eachWithBroker();

  it("are four, and others are not found", async () => {
    for (const path of ["/index.html", "/callback/", "/Logout", "//evil.example"]) {
      const seen = await at.browser.get(at.server.url + path);
      assertDenied(at.server, seen, { status: 404, reason: "page-unknown" });
    }
  });

  it("accept GET only, where nothing is answered", async () => {
    const back = await at.browser.logIn();
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"]) {
      for (const path of ["/", back, "/logout"]) {
        const seen = await at.browser.get(path, { method });
        assertDenied(at.server, seen, { status: 405, reason: "method-refused" });
        assert.equal(seen.headers.get("allow"), "GET");
      }
    }
    // A mail program that looks ahead at a link must not use it up.
    const ahead = await at.browser.get(back, { method: "HEAD" });
    assert.equal(ahead.status, 405);
    const seen = await at.browser.get(back);
    assertOpened(at.server, seen, { user: "grace", profile: "grace-studio" });
  });

  it("forbid caching, referrers and scripts", async () => {
    const answers = [
      await at.browser.get("/"),
      await at.browser.open(),
      await at.browser.get("/logout"),
      await at.browser.get("/anything"),
    ];
    for (const { headers } of answers) {
      assert.equal(headers.get("cache-control"), "no-store");
      assert.equal(headers.get("referrer-policy"), "no-referrer");
    }
    const { headers, body } = answers[3]!;
    const policy = headers.get("content-security-policy") ?? "";
    assert.match(policy, /^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; /);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.match(body, /<a href="\/">/);
  });

  it("log out here and at the login pages", async () => {
    await at.browser.get("/");
    assert.notEqual(at.browser.cookie, undefined);
    const { status, location } = await at.browser.get("/logout");
    assert.equal(status, 302);
    assert.equal(at.browser.cookie, undefined);
    assert.equal(new URL(location).origin, at.server.provider.url);
    assert.equal(new URL(location).searchParams.get("client_id"), CLIENT_ID);
    const back = await at.browser.get(location);
    assert.equal(back.location, `${at.server.url}/`);
  });

  it("do not redirect to an address of the caller", async () => {
    const evil = "https%3A%2F%2Fevil.example%2F";
    const names = ["redirect_uri", "logout_uri", "next", "url", "return_to", "state", "client_id"];
    const query = names.map((name) => `${name}=${evil}`).join("&");
    const headers = { "x-forwarded-host": "evil.example", "x-original-url": "//evil.example" };
    for (const path of ["/", "/logout"]) {
      const { location } = await at.browser.get(`${path}?${query}`, { headers });
      assert.equal(new URL(location).origin, at.server.provider.url);
      assert.doesNotMatch(location, /evil/);
    }
    const back = await at.browser.logIn(`/?${query}`);
    const seen = await at.browser.get(`${back}&redirect_uri=${evil}&next=${evil}`, { headers });
    assertOpened(at.server, seen, { user: "grace", profile: "grace-studio" });
  });
});

describe("login broker: the log", () => {
  const at = eachWithBroker();

  it("has one line per request with decision, user and address", async () => {
    await at.browser.open();
    await at.browser.open("/?profile=ada-studio");
    await at.browser.get("/logout");
    const address = "81.2.69.170";
    assert.deepEqual(at.server.log, [
      { outcome: "redirected", reason: "login", address },
      ...[
        {
          outcome: "opened",
          reason: "own-profile",
          user: "grace",
          profile: "grace-studio",
          address,
        },
      ],
      { outcome: "redirected", reason: "login", address },
      {
        outcome: "refused",
        reason: "profile-foreign",
        user: "grace",
        profile: "ada-studio",
        address,
      },
      { outcome: "redirected", reason: "logout", address },
    ]);
  });
});
