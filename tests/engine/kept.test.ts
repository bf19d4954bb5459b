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

  it("is unprotected by `lifecycle: retire`, in place", async () => {
    const before = ids();
    await configure(stack, { lifecycle: "retire" });
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
