import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import { record } from "../../../cost/resources/record";
import type { DeclaredResource } from "../../../cost/rule";
import { declarePlatform } from "../../../platform";
import { loadSettings } from "../../../settings";
import { config, declaredPlatform, inputsOf, ofType, REGION } from "../../support/declared";
import { awsOutputs } from "../../support/outputs";
import { allows, listOf, policyOf } from "../../support/policy";
import { registrations } from "../../support/registrations";
import { TODAY } from "../../support/resources";

type Overrides = Readonly<Record<string, string>>;
const studio = (overrides: Overrides = {}): Promise<readonly DeclaredResource[]> =>
  declaredPlatform({ target: "sagemaker", ...overrides });
const domain = async (overrides: Overrides = {}) =>
  inputsOf(await studio(overrides), "sagemaker/domain:Domain");
const user = async (overrides: Overrides = {}) =>
  (await domain(overrides))["defaultUserSettings"] as Readonly<Record<string, unknown>>;
const KEEP = { lifecycle: "keep", "database.multiAz": "true" };

describe("Studio domain", () => {
  it("runs VPC-only in the private subnets and reaches the database", async () => {
    const inputs = await domain();
    assert.equal(inputs["appNetworkAccessType"], "VpcOnly");
    assert.equal(inputs["authMode"], "IAM");
    assert.deepEqual(inputs["subnetIds"], ["network-private-a-id", "network-private-b-id"]);
    assert.equal(inputs["domainName"], "test-0a1b2c3d");
    const rule = inputsOf(
      await studio(),
      "vpc/securityGroupIngressRule:SecurityGroupIngressRule",
      "database-from-sagemaker-apps",
    );
    assert.equal(rule["referencedSecurityGroupId"], "sagemaker-firewall-apps-id");
  });

  it("derives a valid domain name from any stack name", async () => {
    const named = async (stack: string): Promise<unknown> => {
      const source = config({ target: "sagemaker" });
      const { settings } = loadSettings(stack, source, TODAY);
      const options = { stack, region: REGION, preview: false, outputs: awsOutputs };
      const resources = await record(() => declarePlatform(settings, source), options);
      return inputsOf(resources, "sagemaker/domain:Domain")["domainName"];
    };
    for (const [stack, name] of [
      ["my_team", "my-team-0a1b2c3d"],
      ["a.b", "a-b-0a1b2c3d"],
      ["a--b-", "a--b--0a1b2c3d"],
      ["_.a", "a-0a1b2c3d"],
      ["__", "0a1b2c3d"],
      ["x".repeat(100), `${"x".repeat(40)}-0a1b2c3d`],
    ] as const) {
      assert.equal(await named(stack), name);
      assert.match(name, /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/);
    }
  });

  it("opens Studio as landing page, with the apps' security group in every kind of space", async () => {
    const settings = await user();
    assert.equal(settings["defaultLandingUri"], "studio::");
    const space = (await domain())["defaultSpaceSettings"] as Readonly<Record<string, unknown>>;
    for (const { securityGroups, executionRole } of [settings, space]) {
      assert.deepEqual(securityGroups, ["sagemaker-firewall-apps-id"]);
      assert.match(String(executionRole), /role\/sagemaker-studio-fallback-role$/);
    }
  });

  it("stops idle apps of both kinds, with lifecycle management enabled", async () => {
    const settings = await user({ "notebooks.idleMinutes": "90" });
    for (const kind of ["jupyterLabAppSettings", "codeEditorAppSettings"]) {
      const app = settings[kind] as { appLifecycleManagement: { idleSettings: object } };
      assert.deepEqual(app.appLifecycleManagement.idleSettings, {
        lifecycleManagement: "ENABLED",
        idleTimeoutInMinutes: 90,
        minIdleTimeoutInMinutes: 60,
        maxIdleTimeoutInMinutes: 90,
      });
    }
  });

  it("limits disk sizes and disables apps that are billed extra", async () => {
    const settings = await user({ "notebooks.homeGib": "20", "studio.maxSpaceGib": "50" });
    assert.deepEqual(settings["spaceStorageSettings"], {
      defaultEbsStorageSettings: { defaultEbsVolumeSizeInGb: 20, maximumEbsVolumeSizeInGb: 50 },
    });
    assert.deepEqual(
      (settings["jupyterLabAppSettings"] as Record<string, unknown>)["defaultResourceSpec"],
      { instanceType: "ml.t3.medium" },
    );
    const { hiddenAppTypes } = settings["studioWebPortalSettings"] as { hiddenAppTypes: string[] };
    assert.ok(hiddenAppTypes.includes("Canvas"));
    assert.deepEqual((await domain())["domainSettings"], {
      dockerSettings: { enableDockerAccess: "DISABLED" },
    });
  });

  it("propagates its tags to apps and disks", async () => {
    assert.equal((await domain())["tagPropagation"], "ENABLED");
  });

  it("deletes or retains homes at destroy, as set from the first up", async () => {
    assert.deepEqual((await domain())["retentionPolicy"], { homeEfsFileSystem: "Delete" });
    assert.deepEqual((await domain(KEEP))["retentionPolicy"], { homeEfsFileSystem: "Retain" });
  });

  it("allows ingress to apps only from apps", async () => {
    const rules = ofType(
      await studio(),
      "vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    ).filter(({ inputs }) => inputs["securityGroupId"] === "sagemaker-firewall-apps-id");
    assert.deepEqual(
      rules.map(({ inputs }) => [
        inputs["referencedSecurityGroupId"],
        inputs["fromPort"],
        inputs["toPort"],
      ]),
      [
        ["sagemaker-firewall-apps-id", 2049, 2049],
        ["sagemaker-firewall-apps-id", 8192, 65535],
      ],
    );
  });

  it("has a janitor before and after it", async () => {
    const all = await registrations({ target: "sagemaker" });
    const needs = (name: string) => all.find((one) => one.name === name)?.dependencies ?? [];
    assert.ok(needs("sagemaker-studio-domain").includes("sagemaker-domain-janitor"));
    assert.ok(needs("sagemaker-studio-domain").includes("network-private-a-internet"));
    assert.ok(needs("sagemaker-domain-janitor").includes("network-nat-a"));
    for (const name of ["sagemaker-studio-domain", "sagemaker-profiles-ada"]) {
      assert.ok(needs("sagemaker-studio-janitor").includes(name), name);
    }
    const inputs = inputsOf(await studio({ "studio.sweepUserJobs": "true" }), "SweepStudio");
    assert.deepEqual(inputs["ownProfiles"], ["ada", "grace"]);
    assert.equal(inputs["sweepUserJobs"], true);
  });
});

describe("a user in Studio", () => {
  it("has a profile of their name with their role", async () => {
    const profiles = ofType(await studio(), "sagemaker/userProfile:UserProfile");
    assert.deepEqual(
      profiles.map(({ inputs }) => [inputs["userProfileName"], inputs["userSettings"]]),
      ["ada", "grace"].map((name) => [
        name,
        { executionRole: `arn:aws:iam::123456789012:role/sagemaker-people-${name}-role` },
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

  it("has their permissions before their profile, and a login limited to allowedCidrs", async () => {
    const profile = (await registrations({ target: "sagemaker" })).find(
      ({ name }) => name === "sagemaker-profiles-ada",
    );
    assert.ok(profile?.dependencies.includes("sagemaker-profiles-ada-studio"));
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

describe("settings of Studio", () => {
  const fault = async (overrides: Overrides): Promise<string> => {
    try {
      await studio(overrides);
    } catch (error) {
      return (error as Error).message;
    }
    return assert.fail("accepted");
  };

  it("refuse unknown types with the nearest known, duplicates and an empty list", async () => {
    assert.match(
      await fault({ "studio.instanceTypes": "ml.t3.medim" }),
      /"ml\.t3\.medim" is not known; the nearest known name is ml\.t3\.medium/,
    );
    assert.match(
      await fault({ "studio.instanceTypes": "ml.t3.medium,ml.t3.medium" }),
      /is listed twice/,
    );
    assert.match(await fault({ "studio.instanceTypes": "[]" }), /1 to 40 Studio instance types/);
    await fault({ "studio.instanceType": "t3.medium" });
  });

  it("refuse a default type that is not allowed, a disk above its limit, and no NAT", async () => {
    assert.match(
      await fault({ "studio.instanceType": "ml.m5.2xlarge" }),
      /must be one of studio\.instanceTypes .*got "ml\.m5\.2xlarge"/,
    );
    assert.match(
      await fault({ "notebooks.homeGib": "200" }),
      /at most studio\.maxSpaceGib \(100\); got 200/,
    );
    assert.match(await fault({ "network.nat": "none" }), /network\.nat must be .* on sagemaker/);
  });
});
