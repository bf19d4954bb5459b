import assert from "node:assert/strict";
import { deploymentOf } from "../../../cost/resources/stack-export";
import { beginnings, exported, exportedEc2 } from "../../support/deployments";

describe("what a stack's export tells", () => {
  it("has id, target and region, and everything but the stack itself", () => {
    const { stackId, target, region, resources } = deploymentOf(exportedEc2());
    assert.deepEqual([stackId, target, region], ["0123abcd", "ec2", "eu-west-3"]);
    assert.deepEqual(
      resources.map(({ name }) => name),
      ["aws", "stack", "ec2", "ec2-nodes-control-plane", "data"],
    );
  });

  it("has when each thing was made and changed", () => {
    const machine = deploymentOf(exportedEc2()).resources[3];
    assert.equal(machine?.created?.toISOString(), "2026-11-13T12:30:00.000Z");
    assert.equal(machine.modified?.toISOString(), "2026-11-20T00:00:00.000Z");
    assert.equal(machine.id, "ec2-nodes-control-plane-id");
  });

  it("gives the component of a cluster the inputs of the cluster within, which it has none of", () => {
    const parent = "urn:pulumi:live::ml-platform::eks:index:Cluster::eks-cluster";
    const { resources } = deploymentOf({
      resources: [
        exported("eks:index:Cluster", "eks-cluster"),
        exported("aws:iam/role:Role", "eks-cluster-role", { parent, inputs: { path: "/" } }),
        exported("aws:eks/cluster:Cluster", "eks-cluster-eksCluster", {
          parent,
          inputs: { version: "1.36" },
        }),
        exported("aws:eks/cluster:Cluster", "another", { inputs: { version: "1.33" } }),
      ],
    });
    assert.deepEqual(resources[0]?.inputs, { version: "1.36" });
    assert.deepEqual(resources[1]?.inputs, { path: "/" });
  });

  it("leaves out what was only read, and is somebody else's", () => {
    const { resources } = deploymentOf({
      resources: [exported("aws:s3/bucket:Bucket", "theirs", { external: true })],
    });
    assert.deepEqual(resources, []);
  });

  it("is empty for a stack that is down, or was never up", () => {
    const nothing = { stackId: undefined, target: undefined, region: undefined, resources: [] };
    for (const deployment of [undefined, null, {}, { resources: [] }]) {
      assert.deepEqual(deploymentOf(deployment), nothing);
    }
  });

  it("takes only the stack's own id and provider", () => {
    const { stackId, region } = deploymentOf({
      resources: [
        exported("random:index/randomId:RandomId", "other", { outputs: { hex: "ffffffff" } }),
        exported("pulumi:providers:aws", "aws-lookups", { inputs: { region: "us-east-1" } }),
        ...beginnings("eu-west-3", "0123abcd"),
      ],
    });
    assert.deepEqual([stackId, region], ["0123abcd", "eu-west-3"]);
  });
});
