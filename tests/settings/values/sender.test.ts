import assert from "node:assert/strict";
import { loadSettings } from "../../../settings";
import { config, type Overrides } from "../../support/declared";
import { TODAY } from "../../support/resources";

const DOMAIN = "arn:aws:ses:eu-west-1:123456789012:identity/your-company.com";
const ADDRESS = "arn:aws:ses:eu-west-1:123456789012:identity/ml@your-company.com";

const load = (overrides: Overrides) => loadSettings("test", config(overrides), TODAY);
const fault = (overrides: Overrides): string => {
  try {
    load(overrides);
  } catch (error) {
    return (error as Error).message;
  }
  return assert.fail("accepted");
};
const email = (identity?: string, from?: string): Overrides => ({
  "userPool.email.identity": identity,
  "userPool.email.from": from,
});

describe("sender of e-mails", () => {
  it("is Cognito by default", () => {
    const { userPool } = load({}).settings;
    assert.deepEqual(userPool.email, { identity: "cognito", from: "identity" });
  });

  it("may be a domain with an address of it, or an address", () => {
    for (const [identity, from] of [
      [DOMAIN, "ml@your-company.com"],
      [DOMAIN, "ML@mail.Your-Company.com"],
      [ADDRESS, undefined],
      [ADDRESS, "ml@your-company.com"],
      ["cognito", "identity"],
    ]) {
      assert.ok(load(email(identity, from)), `${identity} ${from}`);
    }
  });

  it("is refused where the address cannot come from it, with the command", () => {
    for (const [identity, from, message] of [
      [DOMAIN, undefined, /must be an address of your-company\.com, .*got "identity"/],
      [DOMAIN, "ml@not-your-company.com", /must be an address of your-company\.com/],
      [DOMAIN, "ml@other.com", /set userPool\.email\.from ml-platform@your-company\.com/],
      [ADDRESS, "x@your-company.com", /must be ml@your-company\.com, or identity/],
      [undefined, "ml@your-company.com", /must be identity while .* is cognito/],
    ] as const) {
      assert.match(fault(email(identity, from)), message);
    }
  });

  it("is refused in another form", () => {
    for (const identity of [
      "your-company.com",
      "arn:aws:sns:eu-west-1:123456789012:identity/x",
      "arn:aws:ses:eu-west-1:12:identity/your-company.com",
    ]) {
      assert.match(fault(email(identity)), /must be the ARN of an identity of SES/, identity);
    }
    for (const from of ["ml", "ML <ml@your-company.com>", "a@b@your-company.com", "ml@host"]) {
      assert.match(fault(email(DOMAIN, from)), /userPool\.email\.from must be/, from);
    }
  });

  it("warns of more people than Cognito sends e-mails in a day", () => {
    const warned = (count: number, identity?: string): boolean => {
      const users = Array.from({ length: count }, (_, index) => ({
        name: `person${index}`,
        email: `person${index}@your-company.com`,
        group: "ml-users",
      }));
      const { warnings } = load({
        users: JSON.stringify(users),
        ...email(identity, identity && "ml@your-company.com"),
      });
      return warnings.some(({ problem }) => problem.includes("50 e-mails a day"));
    };
    assert.deepEqual([warned(50), warned(51), warned(200)], [false, true, true]);
    assert.equal(warned(200, DOMAIN), false);
  });
});
