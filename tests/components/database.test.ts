import assert from "node:assert/strict";
import { Database, type DatabaseArgs } from "../../components/database";
import { LIFECYCLE_FLAGS } from "../../settings/lifecycle";
import { POSTGRES_VERSIONS } from "../../settings/shared";
import { declared, inputsOf, ofType } from "../support/declared";
import { registrations } from "../support/registrations";

describe("Database", () => {
  const args: DatabaseArgs = {
    retention: LIFECYCLE_FLAGS.experiment,
    vpcId: "vpc-1",
    subnetIds: ["subnet-a", "subnet-b"],
    engineVersion: "17",
    instanceClass: "db.t4g.micro",
    storageGib: 50,
    multiAz: false,
    backupRetentionDays: 7,
    stackId: "0a1b2c3d",
  };
  const declare = (overrides: Partial<DatabaseArgs> = {}, clients: readonly string[] = []) =>
    declared(() => {
      const database = new Database("db", { ...args, ...overrides });
      clients.forEach((client) => {
        database.allow(client, `sg-${client}`);
      });
    });
  const instance = async (overrides: Partial<DatabaseArgs> = {}) =>
    inputsOf(await declare(overrides), "rds/instance:Instance");

  it("is private, encrypted and of the configured size", async () => {
    const inputs = await instance({ multiAz: true });
    assert.equal(inputs["publiclyAccessible"], false);
    assert.equal(inputs["storageEncrypted"], true);
    assert.equal(inputs["allocatedStorage"], 50);
    assert.equal(inputs["storageType"], "gp3");
    assert.equal(inputs["multiAz"], true);
  });

  it("keeps the password out of Pulumi's state and accepts IAM logins", async () => {
    const inputs = await instance();
    assert.equal(inputs["manageMasterUserPassword"], true);
    assert.equal(inputs["password"], undefined);
    assert.equal(inputs["passwordWo"], undefined);
    assert.equal(inputs["iamDatabaseAuthenticationEnabled"], true);
  });

  it("requires TLS, in the parameter family of its version", async () => {
    for (const engineVersion of ["16", "17", "18"] as const) {
      const resources = await declare({ engineVersion });
      const used = String(inputsOf(resources, "rds/instance:Instance")["parameterGroupName"]);
      const group = inputsOf(resources, "rds/parameterGroup:ParameterGroup", used);
      assert.equal(group["family"], `postgres${engineVersion}`);
      assert.deepEqual(group["parameters"], [
        { name: "rds.force_ssl", value: "1" },
        { name: "log_connections", value: "1" },
      ]);
    }
  });

  it("writes its log into a group with a retention, which exists before it and outlives it", async () => {
    const inputs = await instance();
    assert.equal(inputs["identifier"], "ml-platform-0a1b2c3d");
    assert.deepEqual(inputs["enabledCloudwatchLogsExports"], ["postgresql"]);
    const group = inputsOf(await declare(), "cloudwatch/logGroup:LogGroup");
    assert.equal(group["name"], `/aws/rds/instance/${inputs["identifier"]}/postgresql`);
    assert.equal(group["retentionInDays"], 90);
    const { dependencies = [], ignoreChanges } =
      (await registrations()).find(({ name }) => name === "database-instance") ?? {};
    assert.ok(dependencies.includes("database-logs"));
    // An instance that exists keeps its endpoint, and writes into no group that nobody deletes.
    assert.deepEqual(ignoreChanges, ["identifier", "enabledCloudwatchLogsExports"]);
  });

  it("allows a higher major version, and deletes no parameter group for it", async () => {
    assert.equal((await instance())["allowMajorVersionUpgrade"], true);
    const groups = async (engineVersion: DatabaseArgs["engineVersion"]) =>
      ofType(await declare({ engineVersion }), "rds/parameterGroup:ParameterGroup")
        .map(({ name, inputs }) => `${name} ${JSON.stringify(inputs)}`)
        .sort();
    assert.deepEqual(await groups("18"), await groups("17"));
    assert.equal((await groups("17")).length, POSTGRES_VERSIONS.length);
  });

  it("opts out of paid extended support", async () => {
    const inputs = await instance();
    assert.equal(inputs["engineLifecycleSupport"], "open-source-rds-extended-support-disabled");
  });

  it("opens its port only to the security groups of its clients", async () => {
    const type = "vpc/securityGroupIngressRule:SecurityGroupIngressRule";
    assert.deepEqual(ofType(await declare(), type), []);
    const rules = ofType(await declare({}, ["nodes", "studio"]), type);
    assert.deepEqual(
      rules.map(({ name, inputs }) => [name, inputs["referencedSecurityGroupId"]]),
      [
        ["db-from-nodes", "sg-nodes"],
        ["db-from-studio", "sg-studio"],
      ],
    );
    for (const { inputs } of rules) {
      assert.equal(inputs["ipProtocol"], "tcp"); // With "-1" AWS ignores the ports.
      assert.equal(inputs["fromPort"], 5432);
      assert.equal(inputs["toPort"], 5432);
      assert.equal(inputs["cidrIpv4"], undefined);
    }
  });

  it("is deleted without snapshot or backups in an experiment", async () => {
    const inputs = await instance();
    assert.equal(inputs["skipFinalSnapshot"], true);
    assert.equal(inputs["finalSnapshotIdentifier"], undefined);
    assert.equal(inputs["deletionProtection"], false);
    assert.equal(inputs["deleteAutomatedBackups"], true);
    assert.equal(inputs["applyImmediately"], true);
  });

  it("is protected when kept, with a uniquely named final snapshot", async () => {
    const inputs = await instance({ retention: LIFECYCLE_FLAGS.keep });
    assert.equal(inputs["skipFinalSnapshot"], false);
    assert.equal(inputs["finalSnapshotIdentifier"], "db-0a1b2c3d-final");
    assert.equal(inputs["deletionProtection"], true);
    assert.equal(inputs["deleteAutomatedBackups"], false);
    assert.equal(inputs["applyImmediately"], false);
  });
});
