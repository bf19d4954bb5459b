import assert from "node:assert/strict";
import { record } from "../../../cost/resources/record";
import type { DeclaredResource } from "../../../cost/rule";
import { declarePlatform } from "../../../platform";
import { loadSettings } from "../../../settings";
import { config, declaredPlatform, inputsOf, ofType, REGION } from "../../support/declared";
import { awsOutputs } from "../../support/outputs";
import { registrations } from "../../support/registrations";
import { TODAY } from "../../support/resources";

type Overrides = Readonly<Record<string, string>>;
const studio = (overrides: Overrides = {}): Promise<readonly DeclaredResource[]> =>
  declaredPlatform({ target: "sagemaker", ...overrides });
const domain = async (overrides: Overrides = {}) =>
  inputsOf(await studio(overrides), "sagemaker/domain:Domain");
type Values = Readonly<Record<string, unknown>>;
const user = async (overrides: Overrides = {}) =>
  (await domain(overrides))["defaultUserSettings"] as Values;
const profile = async (overrides: Overrides = {}) =>
  inputsOf(await studio(overrides), "sagemaker/userProfile:UserProfile", "sagemaker-profiles-ada")[
    "userSettings"
  ] as Values;

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
    const settings = await profile({ "notebooks.idleMinutes": "90" });
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
    const settings = await profile({ "notebooks.homeGib": "20", "studio.maxSpaceGib": "50" });
    assert.deepEqual(settings["spaceStorageSettings"], {
      defaultEbsStorageSettings: { defaultEbsVolumeSizeInGb: 20, maximumEbsVolumeSizeInGb: 50 },
    });
    assert.deepEqual(
      (settings["jupyterLabAppSettings"] as Record<string, unknown>)["defaultResourceSpec"],
      { instanceType: "ml.t3.medium" },
    );
    const { hiddenAppTypes } = (await user())["studioWebPortalSettings"] as {
      hiddenAppTypes: string[];
    };
    assert.ok(hiddenAppTypes.includes("Canvas"));
    assert.deepEqual((await domain())["domainSettings"], {
      dockerSettings: { enableDockerAccess: "DISABLED" },
    });
  });

  it("propagates its tags to apps and disks", async () => {
    assert.equal((await domain())["tagPropagation"], "ENABLED");
  });

  it("retains homes itself; the janitor deletes them unless the stack is kept", async () => {
    for (const [lifecycle, sweepData] of [
      ["experiment", true],
      ["keep", false],
      ["retire", true],
    ] as const) {
      const overrides = { lifecycle, "database.multiAz": "true" };
      assert.deepEqual((await domain(overrides))["retentionPolicy"], {
        homeEfsFileSystem: "Retain",
      });
      assert.equal(inputsOf(await studio(overrides), "SweepDomain")["sweepData"], sweepData);
    }
  });

  it("has nothing on it that a setting changes, and ignores what AWS cannot change", async () => {
    const changed = {
      lifecycle: "retire",
      "network.zones": "3",
      "network.nat": "perZone",
      "notebooks.homeGib": "20",
      "notebooks.idleMinutes": "90",
      "studio.instanceType": "ml.m5.large",
      "studio.instanceTypes": "ml.m5.large",
      "studio.maxSpaceGib": "50",
      "studio.sweepUserJobs": "true",
      allowedCidrs: "81.2.69.128/25",
      users: JSON.stringify([{ name: "mary", email: "m@your-company.com", group: "ml-users" }]),
    };
    const { ignoreChanges = [] } =
      (await registrations({ target: "sagemaker" })).find(
        ({ name }) => name === "sagemaker-studio-domain",
      ) ?? {};
    const unignored = (inputs: Values) =>
      Object.entries(inputs).filter(([name]) => !ignoreChanges.includes(name));
    assert.deepEqual(unignored(await domain(changed)), unignored(await domain()));
    assert.deepEqual(ignoreChanges, [
      "subnetIds",
      "defaultUserSettings",
      "defaultSpaceSettings",
      "retentionPolicy",
    ]);
    assert.equal(((await domain(changed))["subnetIds"] as unknown[]).length, 3);
  });

  it("lets apps of one person reach each other, and nothing else reach an app", async () => {
    const rules = ofType(
      await studio(),
      "vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    ).filter(({ name }) => name.startsWith("sagemaker-firewall-"));
    assert.deepEqual(
      rules.map(({ inputs }) => [
        inputs["securityGroupId"],
        inputs["referencedSecurityGroupId"],
        inputs["fromPort"],
        inputs["toPort"],
      ]),
      [
        ["sagemaker-firewall-apps-id", "sagemaker-firewall-apps-id", 2049, 2049],
        ...["ada", "grace"].map((person) => {
          const group = `sagemaker-firewall-person-${person}-id`;
          return [group, group, 8192, 65535];
        }),
      ],
    );
    for (const person of ["ada", "grace"]) {
      const { userSettings } = inputsOf(
        await studio(),
        "sagemaker/userProfile:UserProfile",
        `sagemaker-profiles-${person}`,
      ) as { userSettings: Values };
      assert.deepEqual(userSettings["securityGroups"], [`sagemaker-firewall-person-${person}-id`]);
    }
    const { ownGroups } = inputsOf(await studio(), "SweepDomain");
    assert.deepEqual(
      ownGroups,
      ["apps", "person-ada", "person-grace"].map((group) => `sagemaker-firewall-${group}-id`),
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
    assert.equal(inputs["userPoolId"], "users-pool-id");
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
