import assert from "node:assert/strict";
import { UserPool, type UserPoolArgs } from "../../components/user-pool";
import { LIFECYCLE_FLAGS } from "../../settings/lifecycle";
import { declared, declaredPlatform, inputsOf, ofType } from "../support/declared";
import { registrations } from "../support/registrations";

type Values = Readonly<Record<string, unknown>>;

describe("UserPool", () => {
  const declare = (overrides: Partial<UserPoolArgs> = {}) =>
    declared(
      () =>
        new UserPool("login", {
          retention: LIFECYCLE_FLAGS.experiment,
          mfa: "optional",
          email: { identity: "cognito", from: "identity" },
          address: "https://login.example",
          region: "eu-west-3",
          stackId: "0a1b2c3d",
          ...overrides,
        }),
    );
  const pool = async (overrides: Partial<UserPoolArgs> = {}) =>
    inputsOf(await declare(overrides), "cognito/userPool:UserPool");

  it("disables self sign-up and requires strong passwords", async () => {
    const inputs = await pool();
    const { allowAdminCreateUserOnly } = inputs["adminCreateUserConfig"] as Values;
    assert.equal(allowAdminCreateUserOnly, true);
    const policy = inputs["passwordPolicy"] as Record<string, unknown>;
    assert.equal(policy["minimumLength"], 15);
    for (const kind of ["Lowercase", "Uppercase", "Numbers", "Symbols"]) {
      assert.equal(policy[`require${kind}`], true, kind);
    }
  });

  it("configures the second factor, and a method only where it is enabled", async () => {
    for (const [mfa, expected] of [
      ["off", "OFF"],
      ["optional", "OPTIONAL"],
      ["on", "ON"],
    ] as const) {
      const inputs = await pool({ mfa });
      assert.equal(inputs["mfaConfiguration"], expected);
      const method = inputs["softwareTokenMfaConfiguration"];
      assert.deepEqual(method, mfa === "off" ? undefined : { enabled: true });
    }
  });

  it("invites people with the address at which they log in, if there is one", async () => {
    const message = async (address: string | undefined) => {
      const { inviteMessageTemplate } = (await pool({ address }))[
        "adminCreateUserConfig"
      ] as Values;
      const { emailSubject, emailMessage } = inviteMessageTemplate as Readonly<
        Record<string, string>
      >;
      assert.ok((emailSubject ?? "").length <= 140);
      // Cognito refuses a text without both.
      assert.match(emailMessage ?? "", /\{username\}.*\{####\}(?!\.)/s);
      assert.match(emailMessage ?? "", /valid for 7 days/);
      return emailMessage ?? "";
    };
    assert.match(await message("https://a.example"), /Log in at <a href="https:\/\/a\.example">/);
    const without = await message(undefined);
    assert.doesNotMatch(without, /https|undefined/);
    assert.match(without, /administrators tell you where/);
  });

  it("invites people to the address of the target's application, also in a preview", async () => {
    for (const [overrides, address] of [
      [{ target: "sagemaker" }, /https:\/\/a1b2c3d4e5\.execute-api/],
      [{ target: "ec2" }, /https:\/\/d111\.cloudfront\.net/],
      [{ target: "eks" }, /https:\/\/d111\.cloudfront\.net/],
      [{ target: "eks", frontDoor: "none" }, /http:\/\/localhost:8000/],
    ] as const) {
      const { adminCreateUserConfig } = inputsOf(
        await declaredPlatform(overrides),
        "cognito/userPool:UserPool",
      );
      const { inviteMessageTemplate } = adminCreateUserConfig as Values;
      assert.match(String((inviteMessageTemplate as Values)["emailMessage"]), address);
      assert.ok(inputsOf(await declaredPlatform(overrides, true), "cognito/userPool:UserPool"));
    }
  });

  it("sends e-mails by Cognito, or as the identity of SES in the settings", async () => {
    const email = async (settings: UserPoolArgs["email"]) =>
      (await pool({ email: settings }))["emailConfiguration"];
    assert.deepEqual(await email({ identity: "cognito", from: "identity" }), {
      emailSendingAccount: "COGNITO_DEFAULT",
    });
    const identity = "arn:aws:ses:eu-west-3:123456789012:identity/your-company.com";
    assert.deepEqual(await email({ identity, from: "ml@your-company.com" }), {
      emailSendingAccount: "DEVELOPER",
      sourceArn: identity,
      fromEmailAddress: "ml@your-company.com",
    });
    const address = identity.replace("your", "ml@your");
    assert.deepEqual(await email({ identity: address, from: "identity" }), {
      emailSendingAccount: "DEVELOPER",
      sourceArn: address,
    });
  });

  it("does not distinguish upper and lower case in names, and never replaces a pool for that", async () => {
    assert.deepEqual((await pool())["usernameConfiguration"], { caseSensitive: false });
    const { ignoreChanges } =
      (await registrations()).find(({ name }) => name === "users-pool") ?? {};
    assert.deepEqual(ignoreChanges, ["usernameConfiguration"]);
  });

  it("enables deletion protection only when kept", async () => {
    assert.equal((await pool())["deletionProtection"], "INACTIVE");
    assert.equal((await pool({ retention: LIFECYCLE_FLAGS.keep }))["deletionProtection"], "ACTIVE");
  });

  it("has a login domain that is unique and contains no reserved word", async () => {
    const domain = inputsOf(await declare(), "cognito/userPoolDomain:UserPoolDomain");
    assert.equal(domain["domain"], "ml-platform-0a1b2c3d");
    assert.equal(domain["managedLoginVersion"], 2);
    assert.equal((await pool())["userPoolTier"], "ESSENTIALS", "managed login needs it");
  });

  it("declares both groups, administrators first", async () => {
    const groups = ofType(await declare(), "cognito/userGroup:UserGroup").map(({ inputs }) => [
      inputs["name"],
      inputs["precedence"],
    ]);
    assert.deepEqual(groups, [
      ["ml-admins", 0],
      ["ml-users", 1],
    ]);
  });

  it("declares no app client", async () => {
    assert.deepEqual(ofType(await declare(), "cognito/userPoolClient:UserPoolClient"), []);
  });
});
