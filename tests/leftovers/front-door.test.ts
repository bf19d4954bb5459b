import assert from "node:assert/strict";
import { beginnings, exported } from "../support/deployments";
import { AuditFixture, EC2, ID, tags } from "./audit-fixture";

const FUNCTION = `ml-platform-${ID}-allowed-cidrs`;
const SERVICE_GROUP = "CloudFront-VPCOrigins-Service-SG";
const ORIGIN = "arn:aws:cloudfront::123456789012:vpcorigin/vo_1";

describe("leftovers of a front door", () => {
  let seen: AuditFixture;

  beforeEach(() => {
    seen = new AuditFixture();
    seen.tag(`${EC2}:vpc/network-id`);
  });

  /** Stores a state of the stack with the network and these resources. */
  function up(...resources: object[]): void {
    seen.states = {
      dev: {
        resources: [
          ...beginnings("eu-west-3", ID),
          exported("aws:ec2/vpc:Vpc", "network", {}),
          ...resources,
        ],
      },
    };
  }

  /** Adds the resources that CloudFront creates for a VPC origin, in the stack's network and in another. */
  function cloudFront(): void {
    for (const [VpcId, key] of [
      ["network-id", "own"],
      ["vpc-other", "other"],
    ] as const) {
      seen.account.groups.push({ GroupId: `sg-${key}`, GroupName: SERVICE_GROUP, VpcId });
      seen.account.interfaces.push({
        NetworkInterfaceId: `eni-${key}`,
        Groups: [{ GroupName: SERVICE_GROUP }],
        Status: "in-use",
        VpcId,
      });
    }
  }

  it("include origin and function by name, of this stack only, from all pages", async () => {
    up();
    seen.account.vpcOrigins = [
      { Id: "vo_other", Name: "ml-platform-22222222-0a1b2c3d", Arn: "arn:other" },
      { Id: "vo_hand", Name: "by hand", Arn: "arn:hand" },
      { Id: "vo_1", Name: `ml-platform-${ID}-0a1b2c3d`, Arn: ORIGIN },
    ];
    seen.account.answers = { [FUNCTION]: { FunctionSummary: { Name: FUNCTION } } };
    assert.deepEqual(await seen.found(["--stack", "dev"]), { interrupted: [FUNCTION, "vo_1"] });
    const { out } = await seen.run(["--stack", "dev"]);
    assert.match(out, /delete-vpc-origin --id vo_1 --if-match/);
    assert.match(out, new RegExp(`delete-function --name ${FUNCTION} --if-match`));
  });

  it("are none where CloudFront has none", async () => {
    up();
    seen.account.gone = [FUNCTION];
    const ask = seen.account.clients.bind(seen.account);
    seen.account.clients = (region) => {
      const clients = ask(region);
      const { cloudfront } = clients;
      const send = cloudfront.send.bind(cloudfront) as (command: unknown) => Promise<unknown>;
      const renamed = (command: unknown): Promise<unknown> =>
        send(command).catch((error: unknown) => {
          throw Object.assign(error as Error, { name: "NoSuchFunctionExists" });
        });
      Object.assign(cloudfront, { send: renamed });
      return clients;
    };
    assert.equal((await seen.run(["--stack", "dev"])).status, 0);
  });

  it("include neither resources of the state nor what CloudFront created for them", async () => {
    const origin = exported("aws:cloudfront/vpcOrigin:VpcOrigin", "origin");
    const filter = exported("aws:cloudfront/function:Function", "filter");
    up({ ...origin, id: "vo_1" }, { ...filter, id: FUNCTION });
    seen.account.vpcOrigins = [{ Id: "vo_1", Name: `ml-platform-${ID}-0a1b2c3d`, Arn: ORIGIN }];
    seen.account.answers = { [FUNCTION]: { FunctionSummary: { Name: FUNCTION } } };
    cloudFront();
    assert.deepEqual(await seen.found(["--stack", "dev"]), {});
  });

  it("include a resource once that has both tags and name", async () => {
    up();
    seen.account.resources.push({ arn: ORIGIN, tags: tags(ID) });
    seen.account.vpcOrigins = [{ Id: "vo_1", Name: `ml-platform-${ID}-0a1b2c3d`, Arn: ORIGIN }];
    assert.deepEqual(await seen.found(["--stack", "dev"]), { interrupted: ["vo_1"] });
  });

  it("include CloudFront's group in the stack's own network, which is removed after its interfaces", async () => {
    cloudFront();
    seen.account.vpcOrigins = [{ Id: "vo_1", Name: `ml-platform-${ID}-0a1b2c3d`, Arn: ORIGIN }];
    seen.tag("arn:aws:cloudfront::123456789012:distribution/E1");
    seen.tag("arn:aws:elasticloadbalancing:eu-west-3:123456789012:loadbalancer/net/door/1");
    const { leftover } = await seen.found(["--stack", "dev"]);
    assert.deepEqual(leftover?.sort(), ["E1", "net/door/1", "network-id", "sg-own", "vo_1"]);
    const { out } = await seen.run(["--stack", "dev", "--id", ID]);
    const order = [
      "delete-distribution --id E1",
      "delete-vpc-origin --id vo_1",
      "delete-load-balancer --load-balancer-arn",
      "--filters Name=group-id,Values=sg-own --query 'NetworkInterfaces",
      "delete-security-group --group-id $group",
      "delete-vpc --vpc-id network-id",
    ].map((line) => out.indexOf(line));
    assert.ok(!order.includes(-1), order.join(" "));
    assert.deepEqual(
      order,
      [...order].sort((one, other) => one - other),
    );
  });

  it("include CloudFront's group in a running stack without an origin", async () => {
    up();
    cloudFront();
    assert.deepEqual(await seen.found(["--stack", "dev"]), { "user-made": ["sg-own"] });
  });

  it("include a network load balancer with the price of its hours", async () => {
    const id = "loadbalancer/net/door/1";
    const arn = `arn:aws:elasticloadbalancing:eu-west-3:123456789012:${id}`;
    seen.tag(arn);
    seen.account.answers = { [arn]: { LoadBalancers: [{ Type: "network" }] } };
    const { out } = await seen.run(["--stack", "dev"]);
    assert.match(out, /19\.32/); // 730 × 0.02646 = 19.3158
  });

  it("are user-made load balancers unless they have a name tag", async () => {
    const balancer = "arn:aws:elasticloadbalancing:eu-west-3:123456789012:loadbalancer/net";
    up();
    seen.tag(`${balancer}/theirs/1`);
    seen.account.resources.push({
      arn: `${balancer}/ours/1`,
      tags: { ...tags(ID), Name: "ec2-front-door-balancer" },
    });
    assert.deepEqual(await seen.found(["--stack", "dev"]), {
      "user-made": ["net/theirs/1"],
      interrupted: ["net/ours/1"],
    });
  });
});
