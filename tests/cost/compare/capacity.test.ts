import assert from "node:assert/strict";
import fc from "fast-check";
import { maxPods } from "../../../settings/values/max-pods";
import { nodesFor, notebooksHeld, notebooksPerNode, roomOf } from "../../../cost/compare/capacity";
import { readScenario, type Scenario } from "../../../cost/scenarios/scenario";
import { INSTANCE_TYPES, type InstanceType } from "../../../settings/values/instance-types";
import { CLUSTERS } from "../../support/clusters";

/** Ten notebooks of 1.5 vCPU and 6 GiB. */
const team: Scenario = {
  ...readScenario("team"),
  notebookVcpus: 1.5,
  notebookPeakVcpus: 1.5,
  notebookGib: 6,
};
const type = (name: string): InstanceType => INSTANCE_TYPES.get(name)!;
const { ec2, eks } = CLUSTERS;

describe("allocatable capacity of a node", () => {
  it("on EKS is the machine minus kernel, kubelet and add-ons", () => {
    // 2 vCPU: 2000 − (60 + 10) − 180 = 1750
    // 8 GiB: 8192 × 0.925 = 7577.6 → 7577; kubelet 255 + 11 × 35 pods + 100 = 740; add-ons 120
    assert.deepEqual(roomOf(eks, type("t3.large"), team), {
      millicores: 1750,
      mib: 7577 - 740 - 120,
    });
    // 16 vCPU: 16000 − (60 + 10 + 2 × 5 + 12 × 2.5 = 110) − 180 = 15710
    // 64 GiB: 65536 × 0.925 = 60620.8; kubelet 255 + 11 × 234 + 100 = 2929; add-ons 120
    assert.deepEqual(roomOf(eks, type("m6i.4xlarge"), team), {
      millicores: 15710,
      mib: 60620 - 2929 - 120,
    });
  });

  it("under kubeadm is the machine minus kernel, eviction threshold and add-ons", () => {
    // 2000 − 130; 7577 − 100 − 130
    assert.deepEqual(roomOf(ec2, type("t3.large"), team), { millicores: 1870, mib: 7347 });
  });

  it("has the memory that a scenario says kernel and hypervisor leave", () => {
    // 8192 − 740 − 120, and a tenth less
    const mib = (hiddenMemoryPercent: number): number =>
      roomOf(eks, type("t3.large"), { hiddenMemoryPercent }).mib;
    assert.deepEqual([mib(0), mib(10)], [7332, 7372 - 740 - 120]);
  });

  it("is never more than the machine, for every type", () => {
    for (const one of INSTANCE_TYPES.values()) {
      assert.ok(maxPods(one) >= 4, one.name);
      for (const platform of [ec2, eks]) {
        const { millicores, mib } = roomOf(platform, one, team);
        assert.ok(millicores < one.vcpus * 1000 && mib < one.memoryGib * 1024, one.name);
      }
    }
    assert.throws(() => maxPods({ ...type("t3.large"), name: "t3.huge" }), /t3\.huge/);
  });
});

describe("notebooks on nodes", () => {
  it("are never split across nodes", () => {
    assert.equal(notebooksPerNode(eks, type("t3.large"), team), 1); // 1750 / 1500, 6717 / 6144
    // 15710 / 2000 = 7.9; 57571 / 8192 = 7.03
    assert.equal(notebooksPerNode(eks, type("m6i.4xlarge"), readScenario("company")), 7);
    // 4 GiB less than half of it for a notebook of 6 GiB: none
    assert.equal(notebooksPerNode(eks, type("t4g.medium"), team), 0);
  });

  it("are limited by attachable volumes and pods per node", () => {
    const small = { ...team, notebookVcpus: 0.1, notebookGib: 0.25 };
    assert.equal(notebooksPerNode(eks, type("m6i.16xlarge"), small), 24);
    assert.equal(notebooksPerNode(eks, type("t3.medium"), small), 7); // 17 pods − 10 of ours
  });

  it("need a machine with the processors that they may take for a moment", () => {
    const shared: Scenario = { ...team, notebookVcpus: 0.5, notebookPeakVcpus: 4, notebookGib: 4 };
    assert.equal(notebooksPerNode(eks, type("t3.large"), shared), 0);
    assert.equal(notebooksPerNode(eks, type("t3.xlarge"), shared), 3);
    // What it has at all times is less than none of its moments.
    assert.equal(notebooksPerNode(eks, type("t3.large"), { ...shared, notebookPeakVcpus: 0.1 }), 1);
  });

  it("need enough nodes to hold them all, plus kubeadm's control plane, at least three", () => {
    assert.equal(nodesFor(eks, type("t3.large"), team), 10);
    assert.equal(nodesFor(ec2, type("t3.large"), team), 11);
    assert.equal(nodesFor(eks, type("m6i.4xlarge"), readScenario("company")), 29); // 200 / 7 = 28.6
    assert.equal(nodesFor(eks, type("t3.large"), { ...team, people: 1 }), 3);
    assert.equal(nodesFor(ec2, type("t3.large"), { ...team, people: 1 }), 3);
    assert.equal(nodesFor(eks, type("t4g.medium"), team), undefined);
    const alone: Scenario = { ...team, people: 1, fewestNodes: 1 };
    assert.deepEqual(
      [eks, ec2].map((one) => nodesFor(one, type("t3.xlarge"), alone)),
      [1, 2],
    );
  });

  it("leave room for add-ons that run once per cluster", () => {
    // 20 notebooks of 1.75 vCPU fill 20 nodes to the last thousandth; 820m more need one more node.
    const tight = { ...team, people: 20, notebookVcpus: 1.75 };
    assert.equal(notebooksPerNode(eks, type("t3.large"), tight), 1);
    assert.equal(nodesFor(eks, type("t3.large"), tight), 21); // (20 × 1750 + 820) / 1750 = 20.5
  });

  it("held at once are at most all of them, and none without a worker", () => {
    const held = (count: number): number =>
      notebooksHeld(ec2, { type: type("t3.large"), count }, team);
    // Each worker: 1,500 of 1,870 thousandths for a notebook leave 370, and the cluster's pods need 820 once.
    assert.deepEqual([1, 2, 3, 11, 50].map(held), [0, 0, 1, 10, 10]);
  });
});

describe("node count, for any notebooks", () => {
  const sizes = fc.record({
    people: fc.integer({ min: 1, max: 2000 }),
    notebookVcpus: fc.integer({ min: 1, max: 320 }).map((tenths) => tenths / 10),
    notebookGib: fc.integer({ min: 1, max: 512 }).map((quarters) => quarters / 4),
  });
  const types = fc.constantFrom(...INSTANCE_TYPES.values());
  const platforms = fc.constantFrom(ec2, eks);

  it("is the smallest that holds them", () => {
    fc.assert(
      fc.property(platforms, types, sizes, (platform, one, size) => {
        const scenario: Scenario = { ...team, ...size };
        const count = nodesFor(platform, one, scenario);
        if (count === undefined) {
          return notebooksPerNode(platform, one, scenario) === 0;
        }
        const held = (nodes: number): number =>
          notebooksHeld(platform, { type: one, count: nodes }, scenario);
        return (
          held(count) === scenario.people && (count === 3 || held(count - 1) < scenario.people)
        );
      }),
      { numRuns: 500 },
    );
  });

  it("never falls for more people or bigger notebooks", () => {
    fc.assert(
      fc.property(platforms, types, sizes, sizes, (platform, one, small, more) => {
        const before = nodesFor(platform, one, { ...team, ...small });
        const after = nodesFor(platform, one, {
          ...team,
          people: small.people + more.people,
          notebookVcpus: small.notebookVcpus + more.notebookVcpus,
          notebookGib: small.notebookGib + more.notebookGib,
        });
        return after === undefined || (before !== undefined && before <= after);
      }),
      { numRuns: 500 },
    );
  });
});
