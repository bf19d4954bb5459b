import assert from "node:assert/strict";
import { Browser, PROFILES, assertDenied, assertOpened, eachWithBroker } from "./broker-server";

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

  it("opens any existing profile for an administrator", async () => {
    as("ada", "ml-users", "ml-admins");
    const seen = await at.browser.open("/?profile=linus-studio");
    assertOpened(at.server, seen, { user: "ada", profile: "linus-studio" });
    assert.equal(at.server.log.at(-1)?.reason, "administrator");
  });

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

  it("opens other profiles for an administrator without a profile", async () => {
    as("eve", "ml-admins");
    const seen = await at.browser.open("/?profile=linus-studio");
    assertOpened(at.server, seen, { user: "eve", profile: "linus-studio" });
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
