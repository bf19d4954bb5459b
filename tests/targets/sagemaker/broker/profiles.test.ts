import assert from "node:assert/strict";
import {
  Browser,
  PROFILES,
  assertDenied,
  assertOpened,
  eachWithBroker,
  type Seen,
} from "./broker-server";

describe("login broker: profiles", () => {
  const at = eachWithBroker();
  const as = (user: string, ...groups: string[]) => {
    at.server.provider.login = { user, groups };
  };

  it("opens the user's own profile", async () => {
    for (const user of ["ada", "grace", "linus"] as const) {
      as(user, user === "ada" ? "ml-admins" : "ml-users");
      at.server.opened.length = 0;
      const seen = await new Browser(at.server).open();
      assertOpened(at.server, seen, { user, profile: PROFILES[user] });
      assert.equal(at.server.log.at(-1)?.reason, "own-profile");
    }
  });

  it("opens the user's own profile by name", async () => {
    const seen = await at.browser.open("/?profile=grace-studio");
    assertOpened(at.server, seen, { user: "grace", profile: "grace-studio" });
  });

  it("refuses other users' profiles", async () => {
    for (const profile of ["ada-studio", "linus-studio"]) {
      const seen = await at.browser.open(`/?profile=${profile}`);
      assertDenied(at.server, seen, { status: 403, reason: "profile-foreign" });
      assert.match(seen.body, new RegExp(`as grace and may not open ${profile}`));
    }
  });

  it("does not reveal which profiles exist", async () => {
    const seen = await at.browser.open("/?profile=nobody-studio");
    assertDenied(at.server, seen, { status: 403, reason: "profile-foreign" });
  });

  it("opens any existing profile for an administrator, who is asked first", async () => {
    as("ada", "ml-users", "ml-admins");
    for (const asBase64 of [true, false]) {
      at.server.asBase64 = asBase64;
      const asked = await at.browser.open("/?profile=linus-studio");
      assertAsked(asked);
      assert.equal(at.browser.cookie, undefined);
      const seen = await at.browser.press(asked);
      assertOpened(at.server, seen, { user: "ada", profile: "linus-studio" });
      assert.equal(at.server.log.at(-1)?.reason, "administrator");
      assert.equal(at.browser.question, undefined);
      at.server.opened.length = 0;
    }
  });

  const BROKEN_OFF = { status: 400 } as const;

  it("opens nothing by a link, or by a form of another site", async () => {
    as("ada", "ml-admins");
    const asked = await at.browser.open("/?profile=linus-studio");
    const denied = (seen: Seen, reason: "cookie-missing" | "form-mismatch") => {
      assertDenied(at.server, seen, { ...BROKEN_OFF, reason });
    };
    denied(await at.browser.press(asked, true), "cookie-missing");
    for (const body of ["", "form=", "form=of-another-page", "form=a&form=b", "x".repeat(300)]) {
      denied(await at.browser.get("/open", { method: "POST", body }), "form-mismatch");
    }
    for (const method of ["GET", "HEAD", "PUT"]) {
      const seen = await at.browser.get("/open", { method });
      assert.equal(seen.status, 405);
      assert.equal(seen.headers.get("allow"), "POST");
    }
    const other = new Browser(at.server);
    denied(await other.press(asked), "cookie-missing");
    assert.deepEqual(at.server.opened, []);
  });

  it("does not take the cookie of a login for an answer, nor one that was altered or is old", async () => {
    as("ada", "ml-admins");
    const denied = async (seen: Promise<Seen>, reason: "cookie-forged" | "cookie-expired") => {
      assertDenied(at.server, await seen, { ...BROKEN_OFF, reason });
    };
    const asked = await at.browser.open("/?profile=linus-studio");
    const { question } = at.browser;
    await at.browser.get("/?profile=grace-studio");
    at.browser.question = at.browser.cookie?.replace("-login=", "-question=");
    await denied(at.browser.press(asked), "cookie-forged");
    at.browser.question = `${question}x`;
    await denied(at.browser.press(asked), "cookie-forged");
    at.browser.question = question;
    at.server.ahead = 121_000;
    await denied(at.browser.press(asked), "cookie-expired");
  });

  it("asks nobody else, and opens nothing for somebody who leaves before the answer", async () => {
    as("ada", "ml-admins");
    const own = await at.browser.open("/?profile=ada-studio");
    assertOpened(at.server, own, { user: "ada", profile: "ada-studio" });
    at.server.opened.length = 0;
    const asked = await at.browser.open("/?profile=linus-studio");
    const { ada, ...others } = PROFILES;
    assert.equal(ada, "ada-studio");
    at.server.profiles = others;
    at.server.handleRequests();
    const seen = await at.browser.press(asked);
    assertDenied(at.server, seen, { status: 403, reason: "profile-missing" });
  });

  function assertAsked({ status, location, headers, body }: Seen): void {
    assert.equal(status, 200);
    assert.equal(location, "");
    assert.deepEqual(at.server.opened, []);
    const { outcome, reason, user, profile } = at.server.log.at(-1)!;
    assert.deepEqual(
      [outcome, reason, user, profile],
      ["asked", "administrator", "ada", "linus-studio"],
    );
    assert.match(body, /linus-studio belongs to another person/);
    const policy = headers.get("content-security-policy") ?? "";
    assert.match(policy, /form-action 'self' https:\/\/\*\.sagemaker\.aws; frame-ancestors 'none'/);
    assert.equal(headers.get("cache-control"), "no-store");
  }

  it("refuses a profile that does not exist", async () => {
    as("ada", "ml-admins");
    for (const profile of ["nobody-studio", "ada"]) {
      const seen = await at.browser.open(`/?profile=${profile}`);
      assertDenied(at.server, seen, { status: 404, reason: "profile-unknown" });
    }
  });

  it("refuses users without a group of the platform", async () => {
    as("grace", "ml-user", "Everybody");
    assertDenied(at.server, await at.browser.open(), { status: 403, reason: "group-missing" });
    at.server.provider.login = { user: "grace" };
    assertDenied(at.server, await at.browser.open(), { status: 403, reason: "group-missing" });
  });

  it("tells a user without a profile", async () => {
    // The second is no name of a person but one of every object.
    for (const user of ["eve", "constructor"]) {
      as(user, "ml-users");
      const seen = await at.browser.open();
      assertDenied(at.server, seen, { status: 403, reason: "profile-missing" });
      assert.match(seen.body, new RegExp(`as ${user},`));
    }
  });

  it("opens nothing for an administrator who is not in the list, such as one who has left", async () => {
    as("eve", "ml-admins");
    for (const path of ["/", "/?profile=linus-studio", "/?profile=nobody-studio"]) {
      const seen = await at.browser.open(path);
      assertDenied(at.server, seen, { status: 403, reason: "profile-missing" });
    }
  });

  it("reads the profile from the signed cookie, not from the callback address", async () => {
    const back = await at.browser.logIn();
    const seen = await at.browser.get(`${back}&profile=linus-studio`);
    assertOpened(at.server, seen, { user: "grace", profile: "grace-studio" });
  });

  it("accepts one well-formed profile name only", async () => {
    for (const query of [
      "profile=",
      "profile=-ada",
      "profile=ada%0d%0alocation:x",
      "profile=%3Cscript%3E",
      `profile=${"a".repeat(64)}`,
      `profile=a${"-".repeat(63)}b`,
      "profile=grace-studio&profile=ada-studio",
    ]) {
      const seen = await at.browser.get(`/?${query}`);
      assertDenied(at.server, seen, { status: 400, reason: "profile-name-invalid" });
    }
  });

  it("reports that Studio does not answer", async () => {
    at.server.presignFault = new Error("arn:aws:sagemaker:… token=abc");
    const seen = await at.browser.open();
    assertDenied(at.server, seen, { status: 502, reason: "studio-unavailable" });
    assert.doesNotMatch(seen.body + JSON.stringify(at.server.log), /token=abc/);
  });
});
