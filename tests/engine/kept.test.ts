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

/** Changes that the guard refuses, and the values of the stack file. */
const REFUSED = {
  lifecycle: "experiment",
  "network.cidr": "10.1.0.0/16",
  "network.zones": "2",
  "database.storageGib": "50",
  "database.engineVersion": "16",
  "kubernetes.serviceCidr": "10.97.0.0/16",
};
const BEFORE = {
  lifecycle: "keep",
  "network.cidr": "10.0.0.0/16",
  "network.zones": "3",
  "database.storageGib": "100",
  "database.engineVersion": "17",
  "kubernetes.serviceCidr": "10.96.0.0/16",
};

/** Changes in place, all of those that eks has and the emulator knows. */
const IN_PLACE = {
  lifecycle: "retire",
  allowedCidrs: "81.2.69.128/25",
  "bucket.noncurrentDays": "60",
  "database.instanceClass": "db.t3.medium",
  "database.storageGib": "200",
  "database.multiAz": "false",
  "database.backupRetentionDays": "14",
  "userPool.mfa": "optional",
  "userPool.email.identity": "arn:aws:ses:ca-central-1:123456789012:identity/ml@your-company.com",
  "kubernetes.logs": "audit",
  "kubernetes.logDays": "30",
  "nodes.count": "4",
  "nodes.min": "2",
  "nodes.max": "6",
};

describe("a kept stack", function () {
  this.timeout("20m");
  const ada = new Colleague();
  let stack: Stack;
  const ids = (): Record<string, string | undefined> => ({
    cluster: storedResource(ada.state("prod"), "eks/cluster:Cluster", "eks-cluster-eksCluster").id,
    nodes: storedResource(ada.state("prod"), "eks/nodeGroup:NodeGroup", "eks-nodes-group").id,
    key: storedResource(ada.state("prod"), "kms/key:Key", "eks-cluster-secrets-key").id,
    bucket: storedResource(ada.state("prod"), "s3/bucket:Bucket", "data-bucket").id,
    database: storedResource(ada.state("prod"), "rds/instance:Instance", "database-instance").id,
  });

  before(async () => {
    stack = await ada.ownStack("prod");
    // A region of its own: see stacks.test.ts.
    await stack.setConfig("aws:region", { value: "ca-central-1" });
  });

  after(() => {
    ada.leave();
  });

  it("is created in three zones, and its destroy is refused in the preview", async () => {
    await comeUp(ada, stack);
    await assert.rejects(stack.previewDestroy(), /cannot be deleted\s+because it is protected/);
  });

  it("retains cluster and namespaces at a destroy that excludes protected resources, and is restored by up", async () => {
    await destroy(stack, { excludeProtected: true });
    const left = resourcesIn(ada.state("prod")).map(({ urn }) => urn.split("::").at(-1));
    for (const name of ["eks-cluster-eksCluster", "eks-add-ons-workspaces-ada", "data-bucket"]) {
      assert.ok(left.includes(name), name);
    }
    assert.ok(!left.includes("eks-add-ons-coredns"));
    const { resourceChanges } = (await up(ada, stack)).summary;
    assert.deepEqual(Object.keys(resourceChanges ?? {}).sort(), ["create", "same"]);
  });

  it("refuses in the preview what would replace people's data", async () => {
    await configure(stack, REFUSED);
    await assert.rejects(stack.preview(), ({ message }: Error) => {
      for (const key of Object.keys(REFUSED)) {
        assert.match(message, new RegExp(`- ${key} cannot change from `));
      }
      return true;
    });
    await configure(stack, BEFORE);
  });

  it("is unprotected by `lifecycle: retire`, and changes in place what settings.md says", async () => {
    const before = ids();
    await configure(stack, IN_PLACE);
    const { summary } = await up(ada, stack);
    assert.equal(summary.resourceChanges?.["replace"], undefined);
    assert.equal(summary.resourceChanges?.["delete"], undefined);
    assert.deepEqual(ids(), before);
    await stack.preview({ expectNoChanges: true });
  });

  it("is then destroyed completely", async () => {
    await destroy(stack);
    assert.deepEqual(resourcesIn(ada.state("prod")), []);
    // AWS keeps its key until the waiting period is over, and does not charge for it.
    assert.deepEqual(await audited(ada, "prod", "ca-central-1"), NOTHING);
  });
});
