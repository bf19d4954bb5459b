import assert from "node:assert/strict";
import type { Stack } from "@pulumi/pulumi/automation";
import {
  audited,
  Colleague,
  configure,
  NOTHING,
  resourcesIn,
  storedResource,
} from "./engine-stack";
import { comeUp, destroy, up } from "./recovery";

/** A region of its own: see stacks.test.ts. */
const REGION = "eu-north-1";

/** Changes that the guard refuses. */
const REFUSED = {
  "aws:region": "eu-west-3",
  "network.cidr": "10.1.0.0/16",
  "database.engineVersion": "16",
  "kubernetes.podCidr": "10.245.0.0/16",
  "kubernetes.serviceCidr": "10.97.0.0/16",
};

/** Changes in place, those of ec2 that the emulator knows. */
const IN_PLACE = {
  allowedCidrs: "81.2.69.128/25",
  "bucket.noncurrentDays": "60",
  "database.instanceClass": "db.t4g.small",
  "database.storageGib": "50",
  "database.multiAz": "true",
  "database.backupRetentionDays": "14",
  "userPool.mfa": "off",
  "nodes.instanceType": "t3.xlarge",
  "nodes.count": "4",
};

/** The same the other way round, as far as there is one. */
const BACK = {
  "bucket.noncurrentDays": "30",
  "database.instanceClass": "db.t4g.micro",
  "database.multiAz": "false",
  "database.backupRetentionDays": "7",
  "userPool.mfa": "on",
  "nodes.instanceType": "t3.large",
  "nodes.count": "3",
};

/** More changes in place, which reach nodes at once or later. */
const GROWN = {
  ec2: { "nodes.diskGib": "60", "network.nat": "perZone" },
  eks: {
    "nodes.diskGib": "60",
    "kubernetes.version": "1.36",
    adminArns: "arn:aws:iam::123456789012:role/platform",
    "kubernetes.logDays": "90",
  },
};

/** Changes that replace the node group of eks. */
const REPLACING = [
  { "nodes.architecture": "arm64", "nodes.instanceType": "t4g.large" },
  { "nodes.instanceType": "t4g.xlarge" },
  { "nodes.capacity": "spot" },
];

/** Makes a change; returns the names of the resources that exist before and after it with different ids. */
async function replacedBy(
  who: Colleague,
  stack: Stack,
  changed: Readonly<Record<string, string>>,
): Promise<string[]> {
  const before = new Map(resourcesIn(who.state(stack.name)).map(({ urn, id }) => [urn, id]));
  await configure(stack, changed);
  await up(who, stack);
  return resourcesIn(who.state(stack.name))
    .filter(({ urn, id }) => before.has(urn) && before.get(urn) !== id)
    .map(({ urn }) => urn.split("::").at(-1) ?? "")
    .sort();
}

describe("changes of settings of ec2", function () {
  this.timeout("15m");
  const ada = new Colleague();
  let stack: Stack;
  const ids = (): (string | undefined)[] =>
    (
      [
        ["ec2/instance:Instance", "ec2-nodes-control-plane"],
        ["ec2/instance:Instance", "ec2-nodes-worker-1"],
        ["rds/instance:Instance", "database-instance"],
        ["s3/bucket:Bucket", "data-bucket"],
        ["cognito/userPool:UserPool", "users-pool"],
      ] as const
    ).map(([type, name]) => storedResource(ada.state("ec2"), type, name).id);

  before(async () => {
    stack = await ada.ownStack("ec2");
    await stack.setConfig("aws:region", { value: REGION });
    await comeUp(ada, stack);
  });

  after(() => {
    ada.leave();
  });

  it("are refused in the preview where they would replace people's data", async () => {
    await configure(stack, REFUSED);
    await assert.rejects(stack.preview(), ({ message }: Error) => {
      for (const key of Object.keys(REFUSED)) {
        assert.ok(message.includes(`- ${key} cannot change from `), `${key}: ${message}`);
      }
      return true;
    });
    await stack.setConfig("aws:region", { value: REGION });
    for (const key of Object.keys(REFUSED).filter((one) => !one.includes(":"))) {
      await stack.removeConfig(`ml-platform:${key}`);
    }
  });

  it("are made in place, and back", async () => {
    const before = ids();
    await configure(stack, IN_PLACE);
    const isReplaced = async (): Promise<boolean> =>
      "replace" in ((await up(ada, stack)).summary.resourceChanges ?? {});
    assert.equal(await isReplaced(), false);
    assert.deepEqual(ids(), before);
    await configure(stack, BACK);
    assert.equal(await isReplaced(), false);
    assert.deepEqual(ids(), before);
  });

  it("replace machines with their addresses, and nothing else, where settings.md says so", async () => {
    assert.deepEqual(await replacedBy(ada, stack, GROWN.ec2), []);
    await configure(stack, { "nodes.architecture": "arm64", "nodes.instanceType": "t4g.large" });
    await assert.rejects(stack.preview(), /nodes\.architecture cannot change from amd64 to arm64/);
    const attached = ["ec2-front-door-node-1", "ec2-front-door-node-2", "ec2-nodes-api-address"];
    const machines = ["ec2-nodes-control-plane", "ec2-nodes-worker-1", "ec2-nodes-worker-2"];
    const replaced = await replacedBy(ada, stack, { "nodes.renew": "all" });
    assert.deepEqual(replaced, [...attached, ...machines]);
  });

  it("leave nothing behind after a destroy", async () => {
    await destroy(stack);
    assert.deepEqual(resourcesIn(ada.state("ec2")), []);
    assert.deepEqual(await audited(ada, "ec2", REGION), NOTHING);
  });
});

describe("changes of settings of eks", function () {
  this.timeout("15m");
  const ada = new Colleague();
  let stack: Stack;

  before(async () => {
    stack = await ada.ownStack("eks");
    await configure(stack, { "aws:region": REGION, "kubernetes.version": "1.35" });
    await comeUp(ada, stack);
  });

  after(() => {
    ada.leave();
  });

  it("are made in place: disks of nodes, the next version, administrators and logs", async () => {
    assert.deepEqual(await replacedBy(ada, stack, GROWN.eks), []);
  });

  it("replace the node group and its place behind the front door, and nothing else, where settings.md says so", async () => {
    for (const changed of REPLACING) {
      const replaced = await replacedBy(ada, stack, changed);
      assert.deepEqual(replaced, ["eks-front-door-nodes", "eks-nodes-group"]);
    }
  });

  it("leave nothing behind after a destroy", async () => {
    await destroy(stack);
    assert.deepEqual(resourcesIn(ada.state("eks")), []);
    assert.deepEqual(await audited(ada, "eks", REGION), NOTHING);
  });
});
