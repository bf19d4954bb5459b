import assert from "node:assert/strict";
import { networkFindings } from "../../../aws/finders/cluster";
import { FakeAccount } from "../../leftovers/fake-account";

describe("network interfaces left by a cluster", () => {
  it("are those tagged `owned`, not those tagged `shared`", async () => {
    const account = new FakeAccount();
    const clusterName = "test-0a1b2c3d";
    for (const Value of ["owned", "shared"]) {
      const TagSet = [{ Key: `kubernetes.io/cluster/${clusterName}`, Value }];
      account.interfaces.push({ NetworkInterfaceId: `eni-${Value}`, TagSet, VpcId: "vpc-1" });
    }
    const scope = { clusterName, vpcId: "vpc-1", ownGroups: [] };
    const kinds = networkFindings({ ...scope, ...account.clients("eu-west-3") });
    const found = (await Promise.all(kinds)).flat().map(({ id }) => id);
    assert.deepEqual(found, ["eni-owned"]);
  });

  it("are deleted when detached and waited for while in use", async () => {
    const account = new FakeAccount();
    const clusterName = "test-0a1b2c3d";
    const TagSet = [{ Key: "cluster.k8s.amazonaws.com/name", Value: clusterName }];
    for (const [NetworkInterfaceId, Status] of [
      ["eni-free", "available"],
      ["eni-used", "in-use"],
      ["eni-going", "detaching"],
    ]) {
      account.interfaces.push({ NetworkInterfaceId, Status, TagSet, VpcId: "vpc-1" });
    }
    const scope = { clusterName, vpcId: "vpc-1", ownGroups: [] };
    const kinds = networkFindings({ ...scope, ...account.clients("eu-west-3") });
    assert.deepEqual(
      (await Promise.all(kinds)).flat().map(({ id, remove }) => [id, remove !== undefined]),
      [
        ["eni-free", true],
        ["eni-used", false],
        ["eni-going", false],
      ],
    );
  });
});
