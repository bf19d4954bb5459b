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

  it("leave nothing behind after a destroy", async () => {
    await destroy(stack);
    assert.deepEqual(resourcesIn(ada.state("ec2")), []);
    assert.deepEqual(await audited(ada, "ec2", REGION), NOTHING);
  });
});
