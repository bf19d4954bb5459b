import assert from "node:assert/strict";
import { beginnings, exported } from "../../support/deployments";
import { AuditFixture, EC2, ID } from "../audit-fixture";

describe("leftovers without tags", () => {
  let seen: AuditFixture;

  beforeEach(() => {
    seen = new AuditFixture();
  });

  it("are found by name or description, and told apart by the state", async () => {
    const Description = `cluster dev-${ID}`;
    const Domain = `ml-platform-${ID}`;
    seen.states = {
      dev: {
        resources: [...beginnings("eu-west-3", ID), exported("aws:ec2/vpc:Vpc", "network", {})],
      },
    };
    seen.tag(`${EC2}:vpc/network-id`);
    seen.account.accessControls = [
      { Id: "E0", Description: "cluster dev" },
      { Id: "E2", Description: `${Description}-2` },
      { Id: "E1", Description },
    ];
    seen.account.answers = { [Domain]: { DomainDescription: { UserPoolId: "pool" } } };
    assert.deepEqual(await seen.found(["--stack", "dev"]), { interrupted: [Domain, "E1"] });
    const { out } = await seen.run(["--stack", "dev"]);
    assert.match(
      out,
      /delete-user-pool-domain --user-pool-id pool --domain ml-platform-0123abcd$/m,
    );
    assert.match(out, /delete-origin-access-control --id E1 --if-match "\$\(aws .*\)"$/m);
    // Both services have ways of their own to say that there is none.
    seen.account.gone = [Domain];
    seen.account.accessControls = [];
    assert.equal((await seen.run(["--stack", "dev"])).status, 0);
    [seen.account.answers, seen.account.gone] = [{}, []];
    assert.equal((await seen.run(["--stack", "dev"])).status, 0);
  });

  it("of a deleted Studio domain are reported as orphans", async () => {
    seen.states = {
      dev: {
        resources: [...beginnings("eu-west-3", ID), exported("aws:ec2/vpc:Vpc", "network", {})],
      },
    };
    seen.tag(`${EC2}:vpc/network-id`);
    const GroupName = "security-group-for-inbound-nfs-d-1";
    seen.account.groups.push({ GroupId: "sg-nfs", GroupName, VpcId: "network-id" });
    assert.deepEqual(await seen.found(["--stack", "dev"]), { interrupted: ["sg-nfs"] });
    seen.account.domains = [{ DomainId: "d-1" }];
    assert.deepEqual(await seen.found(["--stack", "dev"]), {});
  });

  it("include a log group that EKS recreated after the stack was deleted", async () => {
    seen.account.logGroups.push(
      `/aws/eks/dev-${ID}/cluster`,
      "/aws/eks/dev-2-22222222/cluster",
      "/aws/eks/dev-mine/cluster",
    );
    assert.deepEqual(await seen.found(["--stack", "dev"]), {
      leftover: [`/aws/eks/dev-${ID}/cluster`],
    });
    const { out } = await seen.run(["--stack", "dev"]);
    assert.match(out, /is named as EKS names those of cluster dev-0123abcd: 1/);
    // A name alone is not enough where nobody has said which stack it is.
    assert.deepEqual(await seen.found(["--account"]), {});
  });
});
