import assert from "node:assert/strict";
import { assertGolden } from "../support/golden";
import { beginnings, exported } from "../support/deployments";
import { AuditFixture, cluster, EC2, ID, tags } from "./audit-fixture";

describe("the audit of leftovers", () => {
  let seen: AuditFixture;

  beforeEach(() => {
    seen = new AuditFixture();
  });

  it("exits with 0 when nothing of a destroyed stack is left", async () => {
    const { status, out } = await seen.run(["--stack", "dev"]);
    assert.equal(status, 0);
    assert.match(out, /Nothing was found\./);
  });

  it("finds what users and services created by tags and names, and no look-alikes", async () => {
    seen.placeLookAlikes();
    assert.deepEqual(await seen.found(["--stack", "dev"]), {
      leftover: [
        "classic-1",
        `/aws/eks/dev-${ID}/cluster`,
        "eni-1",
        "sg-1",
        "vol-1",
        "snap-1",
        "vpc-1",
      ],
    });
    const { status, out } = await seen.run(["--stack", "dev", "--id", ID]);
    assert.equal(status, 1);
    assertGolden("leftovers.txt", out);
  });

  it("prints the same as JSON, with ARNs and whole cents", async () => {
    seen.placeLookAlikes();
    const { out } = await seen.run(["--stack", "dev", "--json"]);
    assertGolden("leftovers.json", out);
    const { stacks } = JSON.parse(out) as { stacks: { remains: { monthCents: unknown }[] }[] };
    // 1 GB × 0.0315 of logs, 20 GB × 0.0928 = 1.856, 8 GB × 0.053 = 0.424 of snapshots
    const amounts = stacks[0]?.remains.map(({ monthCents }) => monthCents);
    assert.deepEqual(amounts, [null, 3, 0, 0, 186, 42, 0]);
  });

  it("ignores resources without all of the project's tags", async () => {
    const withoutId = { Project: "ml-platform", Stack: "dev" };
    seen.account.resources.push(
      { arn: `${EC2}:vpc/vpc-a`, tags: withoutId },
      { arn: `${EC2}:vpc/vpc-b`, tags: { ...tags(ID), Project: "other" } },
      { arn: `${EC2}:vpc/vpc-c`, tags: { ...tags(ID), StackId: "not-an-id" } },
      { arn: `${EC2}:vpc/vpc-d`, tags: tags("11111111", "dev-2") },
      { arn: "arn:aws:ec2:us-west-2:123456789012:vpc/vpc-e", tags: tags(ID) },
    );
    seen.account.roles.push(
      { name: "ec2-people-ada-role-1", tags: withoutId },
      { name: "ec2-people-ada-role-2", tags: { ...tags(ID), Project: "other" } },
      { name: "somebody", tags: tags(ID) },
    );
    assert.deepEqual(await seen.found(["--stack", "dev"]), {});
    assert.ok(!seen.account.calls.includes("tags ListRoleTags"));
    assert.equal(seen.account.calls.filter((call) => call === "iam ListRoleTags").length, 2);
  });

  it("reads every page and global resources", async () => {
    for (let n = 0; n < 5; n += 1) {
      seen.tag(`${EC2}:subnet/subnet-${n}`);
      seen.account.roles.push({ name: `ec2-role-${n}`, tags: tags(ID) });
    }
    seen.tag("arn:aws:cloudfront::123456789012:distribution/E1");
    seen.tag("arn:aws:s3:::data-bucket-1");
    seen.account.resources.push({
      arn: "arn:aws:s3:::bucket-of-another-region",
      tags: tags(ID),
      inVirginia: true,
    });
    const { leftover } = await seen.found(["--stack", "dev"]);
    assert.equal(leftover?.length, 12);
    assert.ok(leftover.includes("E1") && leftover.includes("data-bucket-1"));
  });

  it("counts resources in the state without listing them", async () => {
    seen.states = {
      dev: {
        resources: [
          ...beginnings("eu-west-3", ID),
          exported("aws:ec2/vpc:Vpc", "network", { outputs: {} }),
          exported("aws:rds/instance:Instance", "database", {
            outputs: { arn: "arn:aws:rds:eu-west-3:123456789012:db:database-1" },
          }),
        ],
      },
    };
    seen.tag(`${EC2}:vpc/network-id`);
    seen.tag("arn:aws:rds:eu-west-3:123456789012:db:database-1");
    seen.account.databases.push({ DBInstanceIdentifier: "database-1" });
    // A colleague's stack of the same name, with its state elsewhere.
    seen.tag(`${EC2}:vpc/vpc-of-grace`, "99999999");
    const clean = await seen.run(["--stack", "dev"]);
    assert.equal(clean.status, 0);
    assert.match(
      clean.out,
      /Stack dev \(0123abcd, owner ml-team\): 2 resources in its state, and nothing else/,
    );
    // The audit names resources of an interrupted run or a user, but no leftovers, since the stack is up.
    seen.tag(`${EC2}:subnet/subnet-interrupted`);
    seen.account.volumes.push({
      VolumeId: "vol-claim",
      Size: 5,
      VolumeType: "gp3",
      Tags: cluster(`dev-${ID}`),
    });
    assert.equal((await seen.run(["--stack", "dev"])).status, 1);
    const { out } = await seen.run(["--stack", "dev"]);
    assert.match(out, /^ {2}aws ec2 delete-subnet --subnet-id subnet-interrupted$/m);
    // The destroy deletes what a user created: no command is printed for it.
    assert.deepEqual(await seen.found(["--stack", "dev"]), {
      interrupted: ["subnet-interrupted"],
      "user-made": ["vol-claim"],
    });
    assert.doesNotMatch(out, /delete-volume/);
    // A name tag of a security group names its owner.
    const group = { arn: `${EC2}:security-group/sg-claim`, tags: tags(ID) };
    const ours = {
      arn: `${EC2}:security-group/sg-interrupted`,
      tags: { ...tags(ID), Name: "database" },
    };
    seen.account.resources.push(group, ours);
    seen.account.groups.push({ GroupId: "sg-claim" }, { GroupId: "sg-interrupted" });
    assert.deepEqual(await seen.found(["--stack", "dev"]), {
      interrupted: ["sg-interrupted", "subnet-interrupted"],
      "user-made": ["sg-claim", "vol-claim"],
    });
    seen.account.groups = [];
    seen.account.gone = ["subnet-interrupted"];
    assert.equal((await seen.run(["--stack", "dev"])).status, 0);
  });

  it("lists rules of an interrupted run in groups of the state, which would block the next one", async () => {
    seen.states = {
      dev: {
        resources: [
          ...beginnings("eu-west-3", ID),
          exported("aws:ec2/securityGroup:SecurityGroup", "database", { outputs: {} }),
          exported("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "known", {
            outputs: {},
          }),
        ],
      },
    };
    for (const id of ["known-id", "sgr-interrupted", "sgr-gone", "sgr-elsewhere"]) {
      seen.tag(`${EC2}:security-group-rule/${id}`);
    }
    seen.account.rules.push(
      { SecurityGroupRuleId: "known-id", GroupId: "database-id" },
      { SecurityGroupRuleId: "sgr-interrupted", GroupId: "database-id" },
      { SecurityGroupRuleId: "sgr-elsewhere", GroupId: "sg-unknown" },
    );
    const { status, out } = await seen.run(["--stack", "dev"]);
    assert.equal(status, 1);
    assert.match(out, /revoke-security-group-\$way --group-id \$group .* sgr-interrupted/);
    assert.deepEqual(await seen.found(["--stack", "dev"]), { interrupted: ["sgr-interrupted"] });
  });

  it("lists a database of an interrupted run although the state has a login page of that name", async () => {
    const name = `ml-platform-${ID}`;
    const page = exported("aws:cognito/userPoolDomain:UserPoolDomain", "domain", { outputs: {} });
    seen.states = {
      dev: { resources: [...beginnings("eu-west-3", ID), { ...page, id: name }] },
    };
    seen.tag(`arn:aws:rds:eu-west-3:123456789012:db:${name}`);
    seen.account.databases.push({ DBInstanceIdentifier: name });
    assert.deepEqual(await seen.found(["--stack", "dev"]), { interrupted: [name] });
  });

  it("ignores the security group that EKS deletes with its cluster", async () => {
    const vpcConfig = { clusterSecurityGroupId: "sg-of-eks" };
    seen.states = {
      dev: {
        resources: [
          ...beginnings("eu-west-3", ID),
          exported("aws:ec2/vpc:Vpc", "network", { outputs: {} }),
          exported("aws:eks/cluster:Cluster", "cluster", { outputs: { vpcConfig } }),
        ],
      },
    };
    seen.account.groups.push({
      GroupId: "sg-of-eks",
      VpcId: "network-id",
      Tags: cluster(`dev-${ID}`),
    });
    assert.deepEqual(await seen.found(["--stack", "dev"]), {});
  });

  it("reports another stack id of the same name as a leftover", async () => {
    seen.states = { dev: { resources: beginnings("eu-west-3", ID) } };
    seen.tag(`${EC2}:vpc/vpc-2`, "22222222");
    seen.tag(`${EC2}:natgateway/nat-1`, "11111111");
    assert.deepEqual(await seen.found(["--stack", "dev", "--id", "22222222"]), {
      leftover: ["vpc-2"],
    });
    // What nobody asked about is not looked into.
    assert.ok(!seen.account.calls.includes("ec2 DescribeNatGateways"));
  });

  it("finds data once after the network is gone, and retains that of a kept stack", async () => {
    for (let n = 0; n < 201; n += 1) {
      seen.account.volumes.push({
        VolumeId: `vol-${n}`,
        Size: 1,
        VolumeType: "gp3",
        State: "available",
        Tags: cluster(`dev-${ID}`),
      });
    }
    seen.tag(`${EC2}:volume/vol-0`);
    const { leftover } = await seen.found(["--stack", "dev"]);
    assert.equal(leftover?.length, 201);
    assert.ok(!seen.account.calls.includes("balancers DescribeTargetGroups"));
    seen.tag(`${EC2}:volume/vol-1`, ID, "keep");
    assert.equal((await seen.found(["--stack", "dev"]))["kept"]?.length, 200);
  });

  it("finds contents of a live Studio domain and what a deleted one left", async () => {
    const DomainId = "d-1";
    seen.account.domains = [{ DomainId }];
    seen.tag(`arn:aws:sagemaker:eu-west-3:123456789012:domain/${DomainId}`);
    seen.tag(`arn:aws:sagemaker:eu-west-3:123456789012:user-profile/${DomainId}/ada`);
    seen.tag(`${EC2}:vpc/vpc-1`);
    seen.account.profiles.push(
      { DomainId, UserProfileName: "ada" },
      { DomainId, UserProfileName: "late" },
    );
    seen.account.spaces.push(
      { DomainId, SpaceName: "work" },
      { DomainId: "d-2", SpaceName: "theirs" },
    );
    seen.account.apps.push({
      DomainId,
      SpaceName: "work",
      AppName: "default",
      AppType: "JupyterLab",
      Status: "InService",
    });
    seen.account.apps.push({
      DomainId,
      UserProfileName: "ada",
      AppName: "kernel",
      AppType: "KernelGateway",
      Status: "InService",
    });
    seen.account.groups.push({
      GroupId: "sg-nfs",
      GroupName: "security-group-for-inbound-nfs-d-1",
      VpcId: "vpc-1",
    });
    const { out } = await seen.run(["--stack", "dev", "--id", ID]);
    assert.match(
      out,
      /delete-app --domain-id d-1 --space-name work --app-type JupyterLab --app-name default/,
    );
    assert.match(
      out,
      /delete-app --domain-id d-1 --user-profile-name ada --app-type KernelGateway --app-name kernel$/m,
    );
    // The commands delete the content of a resource before the resource.
    const order = [
      "delete-app --domain-id d-1 --space-name work ",
      "describe-app --domain-id d-1 --space-name work ",
      "delete-space --domain-id d-1 --space-name work",
      "delete-user-profile --domain-id d-1 --user-profile-name late",
      "delete-domain --domain-id d-1 ",
    ].map((command) => out.indexOf(command));
    assert.ok(!order.includes(-1), order.join());
    assert.deepEqual(
      order,
      order.toSorted((one, other) => one - other),
    );
    assert.doesNotMatch(out, /theirs|sg-nfs/);
    // The audit finds a deleted domain's leftovers even if the list of tags still names the domain.
    seen.account.gone = [DomainId];
    seen.account.domains = [];
    assert.ok((await seen.found(["--stack", "dev"]))["leftover"]?.includes("sg-nfs"));
    seen.account.gone = [];
    // The audit finds Pulumi's profile by its tags, and not once more as a user's.
    assert.equal(out.match(/delete-user-profile .*--user-profile-name ada$/gm)?.length, 1);
    seen.account.resources = seen.account.resources.filter(({ arn }) => !arn.includes("sagemaker"));
    seen.account.domains = [];
    assert.deepEqual(await seen.found(["--stack", "dev"]), { leftover: ["sg-nfs", "vpc-1"] });
  });

  it("lists a home file system with its mount targets and security groups", async () => {
    seen.tag(`${EC2}:vpc/vpc-1`);
    seen.account.groups.push({
      GroupId: "sg-nfs",
      GroupName: "security-group-for-inbound-nfs-d-1",
      VpcId: "vpc-1",
    });
    const Tags = [
      {
        Key: "ManagedByAmazonSageMakerResource",
        Value: "arn:aws:sagemaker:eu-west-3:1:domain/d-1",
      },
    ];
    seen.account.fileSystems.push({ FileSystemId: "fs-1", Tags, SizeInBytes: { Value: 0 } });
    seen.account.mountTargets.push({
      FileSystemId: "fs-1",
      MountTargetId: "fsmt-1",
      VpcId: "vpc-1",
    });
    assert.deepEqual(await seen.found(["--stack", "dev"]), {
      leftover: ["fs-1", "fsmt-1", "sg-nfs", "vpc-1"],
    });
  });

  it("sends only read requests", async () => {
    seen.placeLookAlikes();
    await seen.run(["--account"]);
    assert.deepEqual(
      seen.account.calls.filter((call) => !/ (Get|List|Describe)/.test(call)),
      [],
    );
  });
});
