import assert from "node:assert/strict";
import type { Machines, PricedStack } from "../../cost/compare/priced-stack";
import type { TargetName } from "../../settings/shared";
import { stackWarnings } from "../../reports/stack-warnings";
import { readScenario } from "../../cost/scenarios/scenario";
import { nodes } from "../support/clusters";
import { pricedStack } from "../support/priced";

const team = readScenario("team");
const of = (target: TargetName, machines: Machines): PricedStack => ({
  ...pricedStack("a", 3, {}),
  target,
  machines,
});
const studio = { kind: "per-notebook", instanceType: "ml.t3.medium", idleMinutes: 60 } as const;

describe("warnings about a stack", () => {
  it("are empty when a fixed number of nodes holds notebooks", () => {
    assert.deepEqual(stackWarnings(pricedStack("a", 3, {}), team), []);
    assert.deepEqual(stackWarnings(of("sagemaker", studio), { ...team, notebookGib: 3 }), []);
  });

  it("name the node count at which a range is priced", () => {
    const range = { ...nodes("eks", "m7i.xlarge", 3), min: 3, max: 9 };
    assert.deepEqual(stackWarnings(of("eks", range), team), [
      "a is priced at 3 nodes of 3 to 9, among which the cluster autoscaler chooses",
    ]);
  });

  it("explain why a stack holds no notebook and how to change that", () => {
    const why = (stack: PricedStack): string => stackWarnings(stack, team).join();
    assert.match(
      why(of("ec2", nodes("ec2", "t4g.medium", 2))),
      /^a holds no notebook: a node of t4g\.medium has 1\.87 vCPU and 3\.5 GiB left, and a notebook needs 1 and 4; --equal sizes it/,
    );
    assert.match(why(pricedStack("a", 1, {})), /its only machine is the control plane/);
    // 8 GiB: 7347 MiB left, of which one notebook takes 4096 and the cluster's own pods 884
    assert.deepEqual(stackWarnings(pricedStack("a", 2, {}), team), []);
    const tight = { ...team, notebookGib: 7 };
    assert.match(
      stackWarnings(pricedStack("a", 2, {}), tight).join(),
      /the cluster's own pods leave no room for one on 2 machines/,
    );
    assert.match(
      why(of("sagemaker", studio)),
      /ml\.t3\.medium has 2 vCPU and 3\.2 GiB left, and a notebook needs 2 and 4/,
    );
  });
});
