import assert from "node:assert/strict";
import { nodesFor, notebooksHeld } from "../../../cost/compare/capacity";
import { systemRequests } from "../../../cost/compare/system-requests";
import { readScenario } from "../../../cost/scenarios/scenario";
import { INSTANCE_TYPES, visibleMib } from "../../../settings/values/instance-types";
import { CHARTS } from "../../../settings/versions/charts";
import { clusterWith, EC2_CHARTS, EKS_INSTALLED } from "../../support/clusters";
import { declaredPlatform } from "../../support/declared";
import { declared } from "../../support/resources";
import { fault } from "../../support/settings";

describe("requests of a cluster's own pods", () => {
  it("are the sum of the distribution, the charts and the add-ons", () => {
    // Each node: Cilium 100m and 10 MiB, EBS driver 3 × (10m, 40 MiB). Once: CoreDNS 2 × (100m, 70 MiB), metrics
    // server 100m and 200 MiB, approver 100m and 64 MiB, EBS controllers 2 × 6 × (10m, 40 MiB), hub and proxy
    // 300m and 640 MiB.
    assert.deepEqual(clusterWith("ec2", EC2_CHARTS).system, {
      eachNode: { millicores: 130, mib: 130 },
      onceACluster: { millicores: 820, mib: 1524 },
    });
    // Each node: VPC CNI 2 × 25m, kube-proxy 100m, EBS driver. Once: as above with two metrics servers, no approver.
    assert.deepEqual(clusterWith("eks", EKS_INSTALLED).system, {
      eachNode: { millicores: 180, mib: 120 },
      onceACluster: { millicores: 820, mib: 1660 },
    });
  });

  for (const [target, installed] of [
    ["ec2", EC2_CHARTS],
    ["eks", EKS_INSTALLED],
  ] as const) {
    it(`of ${target} are those of what its program installs`, async () => {
      const recorded = await declaredPlatform({ target }, true);
      assert.deepEqual(clusterWith(target, recorded).system, clusterWith(target, installed).system);
    });
  }

  for (const target of ["ec2", "eks"] as const) {
    it(`of ${target} grow by those of the model server, which its Deployment declares`, async () => {
      const requested = async (triton: string) =>
        clusterWith(target, await declaredPlatform({ target, "serving.triton": triton }, true));
      const without = await requested("false");
      const served = await requested("true");
      const { millicores, mib } = without.system.onceACluster;
      assert.deepEqual(served.system, {
        ...without.system,
        onceACluster: { millicores: millicores + 500, mib: mib + 1024 },
      });
    });

    it(`of ${target} grow by those of Katib, so that fewer notebooks fit`, async () => {
      const requested = async (katib: string) =>
        clusterWith(target, await declaredPlatform({ target, "tuning.katib": katib }, true));
      const [without, tuned] = [await requested("false"), await requested("true")];
      const { millicores, mib } = without.system.onceACluster;
      assert.deepEqual(tuned.system, {
        ...without.system,
        onceACluster: { millicores: millicores + 200, mib: mib + 256 },
      });
      const type = INSTANCE_TYPES.get("t3.large")!;
      const [count, notebookVcpus] = target === "ec2" ? [3, 1.4] : [2, 1.25];
      const held = (cluster: typeof tuned) =>
        notebooksHeld(cluster, { type, count }, { ...readScenario("team"), notebookVcpus });
      assert.deepEqual([held(without), held(tuned)], [2, 1]);
    });
  }

  for (const overrides of [
    { target: "ec2" },
    { target: "ec2", "serving.triton": "true" },
    { target: "ec2", "tuning.katib": "true" },
    { target: "eks" },
    { target: "eks", "nodes.min": "1", "nodes.max": "3" },
    { target: "eks", "serving.triton": "true" },
    { target: "eks", "serving.triton": "true", "gpu.max": "1" },
    { target: "eks", "tuning.katib": "true" },
  ] as const) {
    it(`are those beside which notebooks.sizes must fit with ${JSON.stringify(overrides)}`, async () => {
      const recorded = await declaredPlatform(overrides, true);
      const { system, kubeletReserves } = clusterWith(overrides.target, recorded);
      const [, count, name = "", vcpus, gib] =
        /\((\d+) × (\S+): \d+ vCPUs, of which (\S+) are left to reserve, and (\S+) GiB\)/.exec(
          fault({ ...overrides, "notebooks.sizes": "16x64" }),
        ) ?? [];
      const type = INSTANCE_TYPES.get(name)!;
      const left = (of: "millicores" | "mib", whole: number): number =>
        whole -
        kubeletReserves(type)[of] -
        system.eachNode[of] -
        system.onceACluster[of] / Number(count);
      assert.equal(vcpus, (left("millicores", type.vcpus * 1000) / 1000).toFixed(1));
      assert.equal(gib, (left("mib", visibleMib(type)) / 1024).toFixed(1));
    });
  }

  it("of eks are the same with and without a model server that has a GPU", async () => {
    const requested = async (overrides: Record<string, string>) =>
      clusterWith("eks", await declaredPlatform({ target: "eks", ...overrides }, true)).system;
    const gpu = { "serving.triton": "true", "gpu.max": "1" };
    assert.deepEqual(await requested(gpu), await requested({}));
  });

  it("grow with a further chart, so that fewer notebooks fit and more nodes are needed", () => {
    const further = declared("kubernetes:helm.sh/v3:Release", "further", { chart: "cilium" });
    const before = clusterWith("ec2", EC2_CHARTS);
    const after = clusterWith("ec2", [...EC2_CHARTS, further]);
    assert.equal(
      after.system.eachNode.millicores,
      before.system.eachNode.millicores + CHARTS.cilium.requests.eachNode.millicores,
    );
    const type = INSTANCE_TYPES.get("t3.large")!;
    // 1,870 thousandths of a node hold one notebook of 1.85 vCPU; 1,770 hold none.
    const scenario = { ...readScenario("team"), notebookVcpus: 1.85 };
    assert.equal(notebooksHeld(before, { type, count: 4 }, scenario), 2);
    assert.equal(notebooksHeld(after, { type, count: 4 }, scenario), 0);
    assert.equal(nodesFor(after, type, scenario), undefined);
  });

  it("are refused for a chart, an add-on or a workload that nothing counts", () => {
    const of = (type: string, inputs: object) => () =>
      systemRequests([declared(type, "new", { ...inputs })], {});
    assert.throws(of("kubernetes:helm.sh/v3:Release", { chart: "katib" }), /pods of katib request/);
    assert.throws(of("aws:eks/addon:Addon", { addonName: "adot" }), /pods of adot request/);
    assert.throws(
      of("kubernetes:apps/v1:Deployment", { metadata: { name: "katib-ui" } }),
      /pods of katib-ui request/,
    );
    assert.throws(of("kubernetes:apps/v1:DaemonSet", {}), /pods of kubernetes:apps\/v1:DaemonSet/);
    assert.doesNotThrow(of("kubernetes:core/v1:Namespace", {}));
  });
});
