import assert from "node:assert/strict";
import { deploymentOf } from "../../../cost/resources/stack-export";
import { beginnings, exported, exportedEc2 } from "../../support/deployments";

describe("reading a stack export", () => {
  it("returns id, target, region and all resources but the stack itself", () => {
    const { stackId, target, region, resources } = deploymentOf(exportedEc2());
    assert.deepEqual([stackId, target, region], ["0123abcd", "ec2", "eu-west-3"]);
    assert.deepEqual(
      resources.map(({ name }) => name),
      ["aws", "stack", "ec2", "ec2-nodes-control-plane", "data"],
    );
  });

  it("returns when each resource was created and modified", () => {
    const machine = deploymentOf(exportedEc2()).resources[3];
    assert.equal(machine?.created?.toISOString(), "2026-11-13T12:30:00.000Z");
    assert.equal(machine.modified?.toISOString(), "2026-11-20T00:00:00.000Z");
    assert.equal(machine.id, "ec2-nodes-control-plane-id");
  });

  it("copies the inputs of the inner EKS cluster to its component", () => {
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

  it("omits resources that are only read", () => {
    const { resources } = deploymentOf({
      resources: [exported("aws:s3/bucket:Bucket", "theirs", { external: true })],
    });
    assert.deepEqual(resources, []);
  });

  it("returns no resources for a destroyed or new stack", () => {
    const nothing = {
      stackId: undefined,
      target: undefined,
      region: undefined,
      outputs: {},
      resources: [],
    };
    for (const deployment of [undefined, null, {}, { resources: [] }]) {
      assert.deepEqual(deploymentOf(deployment), nothing);
    }
  });

  it("reads only the stack's own id and provider", () => {
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
