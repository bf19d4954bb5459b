import assert from "node:assert/strict";
import { sweepCluster, type SweepClusterInputs } from "../../actions/sweep-cluster";
import { listening, world } from "../support/world";
import { NetworkService } from "./network-service";

const OURS = "vpc-ours";
const THEIRS = "vpc-theirs";
const SERVICE_GROUP = "CloudFront-VPCOrigins-Service-SG";

describe("cleaning up after a front door", () => {
  let aws: NetworkService;
  let inputs: SweepClusterInputs;

  beforeEach(async () => {
    aws = new NetworkService();
    const url = `http://127.0.0.1:${await listening(aws.server)}`;
    inputs = {
      clusterName: "test-0a1b2c3d",
      vpcId: OURS,
      ownGroups: ["sg-own"],
      sweepData: false,
      aws: {
        region: "eu-west-3",
        accessKey: "AKIA",
        secretKey: "secret",
        endpoints: [{ ec2: url, elb: url, elbv2: url }],
      },
    };
    aws.groups.push({ id: "sg-own", name: "nodes", vpc: OURS });
    leave(OURS, "a");
    leave(THEIRS, "b");
  });

  afterEach(() => {
    aws.server.closeAllConnections();
    aws.server.close();
  });

  /** What CloudFront has in a network with a VPC origin. */
  function leave(vpc: string, key: string): void {
    aws.groups.push({ id: `sg-cf-${key}`, name: SERVICE_GROUP, vpc });
    aws.interfaces.push(
      { id: `eni-1-${key}`, vpc, description: "", group: SERVICE_GROUP },
      { id: `eni-2-${key}`, vpc, description: "", tag: "aws.cloudfront.vpcorigin" },
      { id: `eni-other-${key}`, vpc, description: "somebody's", group: "nodes" },
    );
  }

  /** A world in which CloudFront takes its interfaces away after so many minutes. */
  const freeAfter = (minutes: number) =>
    world((now) => {
      if (now >= minutes) {
        aws.interfaces = aws.interfaces.filter(({ id }) => !/^eni-[12]-a$/.test(id));
      }
    });
  const groups = () => aws.groups.map(({ id }) => id);
  const deleted = () => aws.calls.filter((call) => call.startsWith("Delete"));

  it("waits until CloudFront has taken its interfaces away, then deletes its group", async () => {
    const time = freeAfter(7);
    await sweepCluster(inputs, time);
    assert.ok(time.now() >= 7 * 60_000);
    assert.deepEqual(groups(), ["sg-own", "sg-cf-b"]);
    assert.deepEqual(deleted(), ["DeleteSecurityGroup"]);
    assert.ok(
      time.said.includes("network interface eni-1-a, made by CloudFront, is being deleted"),
    );
    assert.ok(time.said.includes("deleting security group sg-cf-a, made by CloudFront"));
  });

  it("touches nothing in another network, and nobody else's interface in ours", async () => {
    await sweepCluster(inputs, freeAfter(0));
    assert.deepEqual(
      aws.interfaces.map(({ id }) => id),
      ["eni-other-a", "eni-1-b", "eni-2-b", "eni-other-b"],
    );
    assert.ok(groups().includes("sg-cf-b"));
  });

  it("has nothing to do where CloudFront has cleaned up, or never was", async () => {
    aws.groups = aws.groups.filter(({ vpc }) => vpc === THEIRS);
    aws.interfaces = aws.interfaces.filter(({ vpc }) => vpc === THEIRS);
    const time = world();
    await sweepCluster(inputs, time);
    assert.deepEqual([time.said, deleted()], [[], []]);
  });

  it("may run again after it was interrupted", async () => {
    await sweepCluster(inputs, freeAfter(0));
    await sweepCluster(inputs, world());
    assert.deepEqual(deleted(), ["DeleteSecurityGroup"]);
  });

  it("gives up after twenty minutes, and says what CloudFront still has", async () => {
    const time = freeAfter(Infinity);
    await assert.rejects(
      sweepCluster(inputs, time),
      /still there after 20 minutes, .*: network interface eni-1-a of CloudFront, network interface eni-2-a of CloudFront\./,
    );
    assert.deepEqual(deleted(), []);
  });
});
