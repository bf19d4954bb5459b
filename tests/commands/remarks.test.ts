import assert from "node:assert/strict";
import type { PricedStack } from "../../commands/priced-stack";
import { remarks } from "../../commands/remarks";
import { readScenario } from "../../cost/scenario";
import { pricedStack } from "../support/priced";

const team = readScenario("team");
const of = (target: string, has: Pick<PricedStack, "nodes" | "studio">): PricedStack => {
  const { stack, warnings, estimate } = pricedStack("a", 3, {});
  return { stack, warnings, estimate, target, ...has };
};

describe("remarks on a stack", () => {
  it("are empty when a fixed number of nodes holds notebooks", () => {
    assert.deepEqual(remarks(pricedStack("a", 3, {}), team), []);
    const studio = { instanceType: "ml.t3.medium", idleMinutes: 60 };
    assert.deepEqual(remarks(of("sagemaker", { studio }), team), []);
  });

  it("name the node count at which a range is priced", () => {
    const nodes = { instanceType: "m7i.xlarge", count: 3, min: 3, max: 9 };
    assert.deepEqual(remarks(of("eks", { nodes }), team), [
      "a is priced at 3 nodes of 3 to 9, among which the cluster autoscaler chooses",
    ]);
  });

  it("explain why a stack holds no notebook and how to change that", () => {
    const why = (stack: PricedStack): string => remarks(stack, team).join();
    const nodes = { instanceType: "t4g.medium", count: 2 };
    assert.match(
      why(of("ec2", { nodes })),
      /^a holds no notebook: a node of t4g\.medium has 1\.87 vCPU and 3\.5 GiB left, and a notebook needs 1 and 4; --equal/,
    );
    assert.match(why(pricedStack("a", 1, {})), /its only machine is the control plane/);
    // 8 GiB: 7347 MiB left, of which one notebook takes 4096 and the cluster's own pods 820
    assert.deepEqual(remarks(pricedStack("a", 2, {}), team), []);
    const tight = { ...team, notebookGib: 7 };
    assert.match(
      remarks(pricedStack("a", 2, {}), tight).join(),
      /the cluster's own pods leave no room for one on 2 machines/,
    );
    const studio = { instanceType: "ml.t3.medium", idleMinutes: 60 };
    assert.match(
      remarks(of("sagemaker", { studio }), { ...team, notebookGib: 8 }).join(),
      /ml\.t3\.medium is smaller than one of 1 vCPU and 8 GiB/,
    );
  });
});
