import assert from "node:assert/strict";
import { sweepCluster, type SweepClusterInputs } from "../../actions/sweep-cluster";
import { fakeClock, listening } from "../support/fake-clock";
import { NetworkService } from "./network-service";

const OURS = "vpc-ours";
const THEIRS = "vpc-theirs";
const SERVICE_GROUP = "CloudFront-VPCOrigins-Service-SG";

async function inputsFor(
  { server }: NetworkService,
  ownGroups: readonly string[],
): Promise<SweepClusterInputs> {
  const url = `http://127.0.0.1:${await listening(server)}`;
  const endpoints = [{ ec2: url, elb: url, elbv2: url }];
  return {
    clusterName: "test-0a1b2c3d",
    vpcId: OURS,
    ownGroups,
    sweepData: false,
    aws: { region: "eu-west-3", accessKey: "AKIA", secretKey: "secret", endpoints },
  };
}

describe("SweepCluster after a front door", () => {
  let aws: NetworkService;
  let inputs: SweepClusterInputs;

  beforeEach(async () => {
    aws = new NetworkService();
    inputs = await inputsFor(aws, ["sg-own"]);
    aws.groups.push({ id: "sg-own", name: "nodes", vpc: OURS });
    leave(OURS, "a");
    leave(THEIRS, "b");
  });

  afterEach(() => {
    aws.server.closeAllConnections();
    aws.server.close();
  });

  /** Adds the resources to a network that CloudFront creates there for a VPC origin. */
  function leave(vpc: string, key: string): void {
    aws.groups.push({ id: `sg-cf-${key}`, name: SERVICE_GROUP, vpc });
    aws.interfaces.push(
      { id: `eni-1-${key}`, vpc, description: "", group: SERVICE_GROUP },
      { id: `eni-2-${key}`, vpc, description: "", tag: "aws.cloudfront.vpcorigin" },
      { id: `eni-other-${key}`, vpc, description: "somebody's", group: "nodes" },
    );
  }

  /** Clock on which CloudFront deletes its interfaces after so many minutes. */
  const freeAfter = (minutes: number) =>
    fakeClock((now) => {
      if (now >= minutes) {
        aws.interfaces = aws.interfaces.filter(({ id }) => !/^eni-[12]-a$/.test(id));
      }
    });
  const groups = () => aws.groups.map(({ id }) => id);
  const deleted = () => aws.calls.filter((call) => call.startsWith("Delete"));

  it("waits until CloudFront has deleted its interfaces, then deletes its group", async () => {
    const time = freeAfter(7);
    await sweepCluster(inputs, time);
    assert.ok(time.now() >= 7 * 60_000);
    assert.deepEqual(groups(), ["sg-own", "sg-cf-b"]);
    assert.deepEqual(deleted(), ["DeleteSecurityGroup"]);
    assert.ok(
      time.said.includes(
        "waiting until AWS deletes network interface eni-1-a, created by CloudFront",
      ),
    );
    assert.ok(time.said.includes("deleting security group sg-cf-a, created by CloudFront"));
  });

  it("leaves other networks and other interfaces in the stack's own alone", async () => {
    await sweepCluster(inputs, freeAfter(0));
    assert.deepEqual(
      aws.interfaces.map(({ id }) => id),
      ["eni-other-a", "eni-1-b", "eni-2-b", "eni-other-b"],
    );
    assert.ok(groups().includes("sg-cf-b"));
  });

  it("does nothing if CloudFront cleaned up or was never there", async () => {
    aws.groups = aws.groups.filter(({ vpc }) => vpc === THEIRS);
    aws.interfaces = aws.interfaces.filter(({ vpc }) => vpc === THEIRS);
    const time = fakeClock();
    await sweepCluster(inputs, time);
    assert.deepEqual([time.said, deleted()], [[], []]);
  });

  it("can run again after an interruption", async () => {
    await sweepCluster(inputs, freeAfter(0));
    await sweepCluster(inputs, fakeClock());
    assert.deepEqual(deleted(), ["DeleteSecurityGroup"]);
  });

  it("fails after twenty minutes and names what CloudFront has not deleted", async () => {
    const time = freeAfter(Infinity);
    await assert.rejects(
      sweepCluster(inputs, time),
      /still there after 20 minutes, .*: network interface eni-1-a of CloudFront, network interface eni-2-a of CloudFront\./,
    );
    assert.deepEqual(deleted(), []);
  });
});

describe("SweepCluster after a cluster whose group is named elsewhere", () => {
  const CLUSTER = "sg-of-cluster";
  let aws: NetworkService;
  let inputs: SweepClusterInputs;

  beforeEach(async () => {
    aws = new NetworkService();
    inputs = await inputsFor(aws, []);
    aws.groups.push(
      {
        id: CLUSTER,
        name: "eks-cluster-sg",
        vpc: OURS,
        tags: { "kubernetes.io/cluster/test-0a1b2c3d": "owned" },
      },
      { id: "sg-database", name: "database", vpc: OURS, tags: { StackId: "0a1b2c3d" } },
      { id: "sg-of-ada", name: "ada", vpc: OURS },
    );
    aws.rules.push(
      { id: "sgr-killed", group: "sg-database", names: CLUSTER, egress: false },
      { id: "sgr-other", group: "sg-database", names: "sg-of-ada", egress: false },
    );
  });

  afterEach(() => {
    aws.server.closeAllConnections();
    aws.server.close();
  });

  const groups = () => aws.groups.map(({ id }) => id);
  const rules = () => aws.rules.map(({ id }) => id);

  it("revokes the rules in the stack's groups that name it, and no others", async () => {
    await sweepCluster(inputs, fakeClock());
    assert.deepEqual([groups(), rules()], [["sg-database", "sg-of-ada"], ["sgr-other"]]);
  });

  it("leaves rules in a person's own group, and says what is still there", async () => {
    aws.rules.push({ id: "sgr-of-ada", group: "sg-of-ada", names: CLUSTER, egress: true });
    await assert.rejects(sweepCluster(inputs, fakeClock()), /security group sg-of-cluster\./);
    assert.deepEqual(rules(), ["sgr-other", "sgr-of-ada"]);
  });
});
