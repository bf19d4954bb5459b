import assert from "node:assert/strict";
import { join } from "node:path";
import { TARGET_NAMES } from "../../settings/shared";
import { architecture } from "../../scripts/docs-diagram";

const ROOT = join(__dirname, "..", "..");

describe("the diagram of an architecture", () => {
  for (const target of TARGET_NAMES) {
    it(`has what ${target} declares, in its part and in the one that all share`, async () => {
      const lines = (await architecture(ROOT, target, "2026-11-23")).split("\n");
      const own = lines.slice(2, lines.indexOf("  end"));
      const shared = lines.slice(lines.indexOf("  end") + 2, lines.lastIndexOf("  end"));
      const names = (boxes: readonly string[]): string[] =>
        boxes.map((box) => /^ +(\w+)\[/.exec(box)?.[1] ?? box);
      assert.deepEqual(names(shared), [
        "DataBucket",
        "Database",
        "Network",
        "UserPool",
        "Workload",
      ]);
      assert.ok(names(own).includes("People"));
      assert.match(shared.join("\n"), /<b>Network<.*billed: .*1 NatGateway/);
      // Free resources are counted, not named.
      assert.doesNotMatch(shared.join("\n"), /RouteTable|Subnet/);
      const arrows = lines.filter((line) => line.includes("-->"));
      assert.ok(arrows.includes("  Database --> Network"));
      assert.ok(!arrows.includes("  Network --> Database"));
      for (const arrow of arrows) {
        for (const end of arrow.trim().split(" --> ")) {
          assert.ok([...names(own), ...names(shared)].includes(end), arrow);
        }
      }
    });
  }

  it("differs as the targets do", async () => {
    const drawn: string[] = [];
    for (const target of ["ec2", "eks", "sagemaker"]) {
      drawn.push(await architecture(ROOT, target, "2026-11-23"));
    }
    const [ec2 = "", eks = "", sagemaker = ""] = drawn;
    assert.match(ec2, /Nodes\["<b>Nodes<.*3 Instance/);
    assert.match(eks, /ControlPlane\["<b>ControlPlane<.*1 Cluster/);
    assert.match(sagemaker, /StudioDomain\["<b>StudioDomain<.*1 Domain/);
    assert.doesNotMatch(sagemaker, /Nodes|FrontDoor/);
  });
});
