import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { declaredPlatform, inputsOf, ofType, TAGS } from "../../support/declared";

const INSTANCE = "ec2/instance:Instance";
type Overrides = Readonly<Record<string, string>>;

describe("ec2 machines", () => {
  const machine = async (name: string, overrides: Overrides = {}) =>
    inputsOf(await declaredPlatform(overrides), INSTANCE, `ec2-nodes-${name}`);

  it("are as many as nodes.count, one of them the control plane", async () => {
    for (const count of [2, 3, 50]) {
      const names = ofType(await declaredPlatform({ "nodes.count": String(count) }), INSTANCE).map(
        ({ name }) => name,
      );
      assert.equal(names.length, count);
      assert.equal(names.filter((name) => name === "ec2-nodes-control-plane").length, 1);
    }
  });

  it("require IMDSv2 with a hop limit that keeps pods out", async () => {
    for (const { name, inputs } of ofType(await declaredPlatform(), INSTANCE)) {
      assert.deepEqual(
        inputs["metadataOptions"],
        { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
        name,
      );
    }
  });

  it("have encrypted, fully tagged root disks that are deleted on termination", async () => {
    const disk = (await machine("worker-1", { "nodes.diskGib": "80" }))["rootBlockDevice"];
    assert.deepEqual(disk, {
      volumeType: "gp3",
      volumeSize: 80,
      encrypted: true,
      deleteOnTermination: true,
      tags: { ...TAGS, Name: "ec2-nodes-worker-1" },
    });
  });

  it("run in private subnets, spread over the zones, without public addresses", async () => {
    for (const [worker, zone] of [
      ["worker-1", "a"],
      ["worker-2", "b"],
    ] as const) {
      const inputs = await machine(worker);
      assert.equal(inputs["subnetId"], `network-private-${zone}-id`);
      assert.equal(inputs["associatePublicIpAddress"], undefined);
    }
    assert.equal((await machine("control-plane"))["subnetId"], "network-public-a-id");
    assert.equal((await machine("control-plane"))["associatePublicIpAddress"], undefined);
  });

  it("run in public subnets with public addresses when NAT is off", async () => {
    const inputs = await machine("worker-1", { "network.nat": "none" });
    assert.equal(inputs["subnetId"], "network-public-a-id");
    assert.equal(inputs["associatePublicIpAddress"], true);
  });

  it("have the cluster's security group, and the control plane also the API's", async () => {
    const groups = async (name: string) => (await machine(name))["vpcSecurityGroupIds"];
    assert.deepEqual(await groups("worker-1"), ["ec2-firewall-nodes-id"]);
    assert.deepEqual(await groups("control-plane"), [
      "ec2-firewall-nodes-id",
      "ec2-firewall-api-id",
    ]);
  });

  it("are tagged for the cloud controller", async () => {
    const tags = (await machine("worker-1"))["tags"] as Record<string, string>;
    assert.equal(tags["kubernetes.io/cluster/test-0a1b2c3d"], "owned");
  });

  it("boot with the values of the program, and are replaced where nodes.renew asks for others", async () => {
    const worker = await machine("worker-1", { "kubernetes.version": "1.35" });
    assert.equal(worker["userDataReplaceOnChange"], true);
    const lines = Buffer.from(String(worker["userDataBase64"]), "base64").toString().split("\n");
    assert.equal(lines[0], "#!/bin/bash");
    assert.deepEqual(lines.filter((line) => /^export [A-Z_]+='/.test(line)).slice(0, 3), [
      "export KUBERNETES_VERSION='1.35.9'",
      "export API_ENDPOINT='api.ml-platform.internal:6443'",
      "export PARAMETERS='/ml-platform/test-0a1b2c3d'",
    ]);
    const packed = (await machine("control-plane"))["userDataBase64"];
    const script = gunzipSync(Buffer.from(String(packed), "base64")).toString();
    for (const line of [
      "export CLUSTER_NAME='test-0a1b2c3d'",
      "export POD_SUBNET='10.244.0.0/16'",
      "export API_CERT_SANS='api.ml-platform.internal,198.51.100.10'",
      "export SERVICE_ACCOUNT_ISSUER='https://d111.cloudfront.net'",
      "export ETCD_BACKUP_BUCKET='data-bucket-0000000'",
    ]) {
      assert.ok(script.includes(`\n${line}\n`), line);
    }
  });

  it("have no secret in their user data", async () => {
    const resources = await declaredPlatform();
    const secrets = ofType(resources, "ssm/parameter:Parameter")
      .map(({ inputs }) => String(inputs["value"]).trim())
      .filter((value) => value.length > 0);
    assert.equal(secrets.length, 10);
    for (const { name, inputs } of ofType(resources, INSTANCE)) {
      const sent = Buffer.from(String(inputs["userDataBase64"]), "base64");
      const script = (name.endsWith("control-plane") ? gunzipSync(sent) : sent).toString();
      assert.match(script, /^#!\/bin\/bash\n/, name);
      assert.doesNotMatch(script, /PRIVATE KEY|BEGIN CERTIFICATE/, name);
      for (const secret of secrets) {
        assert.ok(!script.includes(secret), `${name}: ${secret.slice(0, 8)}…`);
      }
    }
  });

  it("find the API server by a name in a private zone", async () => {
    const resources = await declaredPlatform();
    const zone = inputsOf(resources, "route53/zone:Zone");
    assert.deepEqual(zone["vpcs"], [{ vpcId: "network-vpc-id" }]);
    const record = inputsOf(resources, "route53/record:Record");
    assert.equal(record["name"], "api.ml-platform.internal");
    assert.deepEqual(record["records"], ["10.0.128.10"]);
  });
});
