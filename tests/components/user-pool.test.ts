import assert from "node:assert/strict";
import { UserPool, type UserPoolArgs } from "../../components/user-pool";
import { LIFECYCLE_FLAGS } from "../../settings/lifecycle";
import { declared, inputsOf, ofType } from "../support/declared";

describe("UserPool", () => {
  const declare = (overrides: Partial<UserPoolArgs> = {}) =>
    declared(
      () =>
        new UserPool("login", {
          retention: LIFECYCLE_FLAGS.experiment,
          mfa: "optional",
          region: "eu-west-3",
          stackId: "0a1b2c3d",
          ...overrides,
        }),
    );
  const pool = async (overrides: Partial<UserPoolArgs> = {}) =>
    inputsOf(await declare(overrides), "cognito/userPool:UserPool");

  it("disables self sign-up and requires strong passwords", async () => {
    const inputs = await pool();
    assert.deepEqual(inputs["adminCreateUserConfig"], { allowAdminCreateUserOnly: true });
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
