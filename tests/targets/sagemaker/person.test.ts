import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import type { DeclaredResource } from "../../../cost/rule";
import { declaredPlatform, inputsOf, ofType } from "../../support/declared";
import { allows, listOf, policyOf } from "../../support/policy";
import { registrations } from "../../support/registrations";

type Overrides = Readonly<Record<string, string>>;
const studio = (overrides: Overrides = {}): Promise<readonly DeclaredResource[]> =>
  declaredPlatform({ target: "sagemaker", ...overrides });
type Values = Readonly<Record<string, unknown>>;

describe("a user in Studio", () => {
  it("has a profile of their name with their role", async () => {
    const profiles = ofType(await studio(), "sagemaker/userProfile:UserProfile");
    assert.deepEqual(
      profiles.map(({ inputs }) => [
        inputs["userProfileName"],
        (inputs["userSettings"] as Values)["executionRole"],
      ]),
      ["ada", "grace"].map((name) => [
        name,
        `arn:aws:iam::123456789012:role/sagemaker-people-${name}-role`,
      ]),
    );
    const { assumeRolePolicy } = inputsOf(
      await studio(),
      "iam/role:Role",
      "sagemaker-people-ada-role",
    );
    assert.deepEqual(policyOf(assumeRolePolicy)[0]?.Principal, {
      Service: "sagemaker.amazonaws.com",
    });
  });

  it("loses login and permissions before their profile, and has a login limited to allowedCidrs", async () => {
    const all = await registrations({ target: "sagemaker" });
    for (const name of [
      "sagemaker-people-ada",
      "sagemaker-people-ada-group",
      "sagemaker-people-ada-data",
      "sagemaker-profiles-ada-studio",
    ]) {
      const found = all.filter((one) => one.name === name);
      assert.ok(found.length > 0, name);
      for (const { dependencies } of found) {
        assert.ok(dependencies.includes("sagemaker-profiles-ada"), name);
      }
    }
    const { code } = inputsOf(await studio(), "lambda/function:Function");
    const { assets } = code as pulumi.asset.AssetArchive;
    const file = (await assets)["access.json"] as pulumi.asset.StringAsset;
    assert.deepEqual(JSON.parse(await file.text), {
      profiles: { ada: "ada", grace: "grace" },
      allowedCidrs: ["81.2.69.160/27"],
    });
  });

  const policy = async (overrides: Overrides = {}) =>
    policyOf(
      inputsOf(
        await studio(overrides),
        "iam/rolePolicy:RolePolicy",
        "sagemaker-profiles-ada-studio",
      )["policy"],
    );
  const OWN = {
    ArnEquals: {
      "sagemaker:OwnerUserProfileArn":
        "arn:aws:sagemaker:eu-west-3:123456789012:user-profile/sagemaker-studio-domain-id/ada",
    },
    StringEquals: { "sagemaker:SpaceSharingType": "Private" },
  };

  it("may start apps of the allowed instance types only", async () => {
    const start = (await policy({ "studio.instanceTypes": "ml.t3.medium,ml.m5.large" })).filter(
      ({ Action }) => listOf(Action).includes("sagemaker:CreateApp"),
    );
    assert.deepEqual(
      start.map(({ Condition }) => Condition),
      [
        {
          ...OWN,
          "ForAllValues:StringEquals": {
            "sagemaker:InstanceTypes": ["ml.t3.medium", "ml.m5.large"],
          },
          Null: { "sagemaker:InstanceTypes": "false" },
        },
      ],
    );
    const app = (type: string) =>
      `arn:aws:sagemaker:eu-west-3:123456789012:app/sagemaker-studio-domain-id/ada-space/${type}/default`;
    const stop = (await policy()).filter(({ Action }) =>
      listOf(Action).includes("sagemaker:DeleteApp"),
    );
    // AWS writes the type in lower case into the ARN.
    for (const type of ["JupyterLab", "jupyterlab", "CodeEditor", "codeeditor"]) {
      assert.ok(allows(start, "sagemaker:CreateApp", app(type)), type);
      assert.ok(allows(stop, "sagemaker:DeleteApp", app(type)), type);
    }
    for (const type of ["Canvas", "canvas", "kernelgateway"]) {
      assert.ok(!allows(start, "sagemaker:CreateApp", app(type)), type);
    }
  });

  it("may change only their own private spaces", async () => {
    for (const action of ["CreateSpace", "UpdateSpace", "DeleteSpace", "DeleteApp"]) {
      const statements = (await policy()).filter(({ Action }) =>
        listOf(Action).includes(`sagemaker:${action}`),
      );
      assert.deepEqual(
        statements.map(({ Condition }) => Condition),
        [OWN],
        action,
      );
    }
  });

  it("may not start jobs or endpoints, or open another profile", async () => {
    const statements = await policy();
    for (const action of [
      "CreateTrainingJob",
      "CreateEndpoint",
      "CreateUserProfile",
      "DeleteDomain",
    ]) {
      assert.ok(!allows(statements, `sagemaker:${action}`, "*"), action);
    }
    const profile = (name: string) =>
      `arn:aws:sagemaker:eu-west-3:123456789012:user-profile/sagemaker-studio-domain-id/${name}`;
    assert.ok(allows(statements, "sagemaker:CreatePresignedDomainUrl", profile("ada")));
    assert.ok(!allows(statements, "sagemaker:CreatePresignedDomainUrl", profile("grace")));
  });

  it("has no AWS-managed policy, and the fallback role has no permissions", async () => {
    const resources = await studio();
    assert.deepEqual(ofType(resources, "iam/rolePolicyAttachment:RolePolicyAttachment"), []);
    const fallback = resources.filter(
      ({ inputs }) => inputs["role"] === "sagemaker-studio-fallback-role",
    );
    assert.deepEqual(fallback, []);
  });
});
