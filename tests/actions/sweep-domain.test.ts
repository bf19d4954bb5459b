import assert from "node:assert/strict";
import { sweepDomain, type SweepDomainInputs } from "../../actions/sweep-domain";
import { fakeClock, listening } from "../support/fake-clock";
import { withoutBackoff } from "../support/no-backoff";
import { NetworkService } from "./network-service";

const DOMAIN = "d-0123456789ab";
const ARN = `arn:aws:sagemaker:eu-west-3:123456789012:domain/${DOMAIN}`;
const OURS = "vpc-ours";
const THEIRS = "vpc-theirs";

describe("SweepDomain", () => {
  withoutBackoff();
  let aws: NetworkService;
  let inputs: SweepDomainInputs;

  beforeEach(async () => {
    aws = new NetworkService();
    const url = `http://127.0.0.1:${await listening(aws.server)}`;
    inputs = {
      vpcId: OURS,
      ownGroups: ["sg-own"],
      sweepData: true,
      tags: { Project: "ml-platform", StackId: "0123abcd" },
      aws: {
        region: "eu-west-3",
        accessKey: "AKIA",
        secretKey: "secret",
        endpoints: [{ ec2: url, efs: url, sagemaker: url }],
      },
    };
    leave(DOMAIN, OURS, "a");
    leave("d-theirs", THEIRS, "b");
    aws.groups.push({ id: "sg-own", name: "apps", vpc: OURS });
    aws.rules.push({ id: "sgr-own", group: "sg-own", names: "sg-in-a", egress: false });
    // In our network, of a user without a domain.
    aws.systems.push({ id: "fs-plain", owner: undefined });
  });

  afterEach(() => {
    aws.server.closeAllConnections();
    aws.server.close();
  });

  /** Adds the things that a deleted domain leaves in a network. */
  function leave(domain: string, vpc: string, key: string): void {
    aws.groups.push(
      { id: `sg-in-${key}`, name: `security-group-for-inbound-nfs-${domain}`, vpc },
      { id: `sg-out-${key}`, name: `security-group-for-outbound-nfs-${domain}`, vpc },
    );
    aws.rules.push(
      { id: `sgr-1-${key}`, group: `sg-in-${key}`, names: `sg-out-${key}`, egress: false },
      { id: `sgr-2-${key}`, group: `sg-out-${key}`, names: `sg-in-${key}`, egress: true },
    );
    aws.systems.push({ id: `fs-${key}`, owner: ARN.replace(DOMAIN, domain) });
    for (const zone of [1, 2]) {
      const id = `fsmt-${zone}-${key}`;
      const group = `sg-in-${key}`;
      aws.targets.push({ id, system: `fs-${key}`, vpc, group, state: "available" });
    }
    const description = `[DO NOT DELETE] ENI managed by SageMaker for Studio Domain(${domain}) - 1`;
    aws.interfaces.push({ id: `eni-${key}`, vpc, description });
    aws.interfaces.push({ id: `eni-other-${key}`, vpc, description: "somebody's" });
  }

  const targets = () => aws.targets.map(({ id, state }) => `${id} ${state}`);
  const THEIR_TARGETS = ["fsmt-1-b available", "fsmt-2-b available"];
  const passing = () =>
    fakeClock((minutes) => {
      aws.pass(minutes);
    });
  it("deletes mount targets, the file system, interfaces and security groups that reference each other", async () => {
    await sweepDomain(inputs, passing());
    assert.deepEqual(
      aws.groups.map(({ id }) => id),
      ["sg-in-b", "sg-out-b", "sg-own"],
    );
    assert.deepEqual(targets(), THEIR_TARGETS);
    assert.deepEqual(
      aws.interfaces.map(({ id }) => id),
      ["eni-other-a", "eni-b", "eni-other-b"],
    );
    assert.ok(!aws.systems.some(({ id }) => id === "fs-a"));
  });

  it("leaves other VPCs and unrelated file systems alone", async () => {
    const before = aws.rules.filter(({ id }) => id.endsWith("-b"));
    await sweepDomain(inputs, passing());
    assert.deepEqual(
      aws.systems.map(({ id }) => id),
      ["fs-b", "fs-plain"],
    );
    assert.deepEqual(
      aws.rules.filter(({ id }) => id.endsWith("-b")),
      before,
    );
  });

  it("retains and tags the file system when sweepData is false, and still frees the network", async () => {
    const time = passing();
    await sweepDomain({ ...inputs, sweepData: false }, time);
    assert.ok(aws.systems.some(({ id }) => id === "fs-a"));
    assert.deepEqual(targets(), THEIR_TARGETS);
    assert.ok(!aws.groups.some(({ id }) => id === "sg-in-a"));
    const kept = time.said.filter((line) => line.startsWith("retaining"));
    assert.equal(kept.length, 1);
    assert.match(kept[0] ?? "", /home file system fs-a, 3\.0 GiB/);
    // By these it is found when nothing else is left of the stack.
    assert.deepEqual(aws.tagged, [
      {
        system: "fs-a",
        tags: [
          { Key: "Project", Value: "ml-platform" },
          { Key: "StackId", Value: "0123abcd" },
        ],
      },
    ]);
  });

  it("leaves a live domain in the VPC alone, fails naming it, and cleans up the rest", async () => {
    leave("d-alive", OURS, "c");
    aws.domains = ["d-elsewhere-1", "d-elsewhere-2", "d-alive"];
    const time = passing();
    await assert.rejects(
      sweepDomain(inputs, time),
      /Studio domain d-alive is in the stack's network vpc-ours but not part of the stack; nothing of it was touched/,
    );
    assert.equal(time.now() < 60_000, true);
    const ofC = (things: readonly { readonly id: string }[]) =>
      things.map(({ id }) => id).filter((id) => id.endsWith("-c"));
    assert.deepEqual(ofC(aws.groups), ["sg-in-c", "sg-out-c"]);
    assert.deepEqual(ofC(aws.targets), ["fsmt-1-c", "fsmt-2-c"]);
    assert.deepEqual(ofC(aws.systems), ["fs-c"]);
    assert.deepEqual(ofC(aws.interfaces), ["eni-c", "eni-other-c"]);
    assert.ok(!aws.systems.some(({ id }) => id === "fs-a"));
  });

  it("ignores a file system that disappears between list and query", async () => {
    aws.vanished = "fs-b";
    await sweepDomain(inputs, passing());
    assert.ok(!aws.systems.some(({ id }) => id === "fs-a"));
  });

  it("waits for slow mount targets and retries throttled requests", async () => {
    aws.targetMinutes = 3;
    aws.throttled = 2;
    const time = passing();
    await sweepDomain(inputs, time);
    assert.ok(time.now() >= 3 * 60_000);
    assert.equal(aws.calls.filter((call) => call === "DELETE mount-targets").length, 2);
    assert.ok(!aws.groups.some(({ id }) => id === "sg-in-a"));
  });

  it("continues an interrupted run without mount targets", async () => {
    aws.targets = [];
    await sweepDomain(inputs, passing());
    assert.ok(!aws.systems.some(({ id }) => id === "fs-a"));
    assert.ok(aws.systems.some(({ id }) => id === "fs-b"));
  });

  it("does nothing when nothing is left", async () => {
    aws.groups = [{ id: "sg-own", name: "apps", vpc: OURS }];
    aws.targets = [];
    aws.interfaces = [];
    const time = passing();
    await sweepDomain(inputs, time);
    assert.deepEqual([time.said, time.now()], [[], 0]);
  });

  it("fails after 20 minutes, naming what is left", async () => {
    aws.targetMinutes = 60;
    const time = passing();
    await assert.rejects(
      // A look a minute; each takes a dozen requests.
      sweepDomain(inputs, { ...time, sleep: () => time.sleep(60_000) }),
      /still there after 20 minutes, created by the Studio domain in vpc-ours: mount target fsmt-1-a/,
    );
  });
});
