import assert from "node:assert/strict";
import { exactCents } from "../../../cost/amount";
import { USD } from "../../../cost/currency";
import { estimate } from "../../../cost/estimate";
import { priceBook } from "../../../cost/price-book";
import type { DeclaredResource } from "../../../cost/rule";
import { declared, TODAY } from "../../support/resources";

const paris = priceBook("eu-west-3", USD);

describe("price of an EKS cluster", () => {
  const cluster = (version: string) => declared("eks:index:Cluster", "eks-cluster", { version });
  const on = (version: string, today: string): object => {
    const { lines } = estimate([cluster(version)], { book: paris, usage: {}, today });
    return Object.fromEntries(lines.map((line) => [line.label, exactCents(line.amount)]));
  };

  it("is six times as high from the day on which standard support ends", () => {
    assert.deepEqual(on("1.34", "2026-12-01"), {
      "Control plane (1.34, standard support)": 7300, // 730 × 0.10
    });
    assert.deepEqual(on("1.34", "2026-12-02"), {
      "Control plane (1.34, extended support)": 43800, // 730 × 0.60
    });
  });

  it("is refused for an unknown version", () => {
    assert.throws(
      () => on("1.30", "2026-11-23"),
      /end of support of version "1\.30" is unknown; .* has 1\.36, 1\.35/,
    );
  });
});

describe("price of a node group", () => {
  const template = declared("aws:ec2/launchTemplate:LaunchTemplate", "nodes-template", {
    blockDeviceMappings: [{ ebs: { volumeType: "gp3", volumeSize: 50 } }],
  });
  const group = (inputs: DeclaredResource["inputs"] = {}) =>
    declared("aws:eks/nodeGroup:NodeGroup", "nodes", {
      instanceTypes: ["t3.large"],
      scalingConfig: { desiredSize: 3, minSize: 1, maxSize: 9 },
      launchTemplate: { id: "nodes-template-id", version: "1" },
      ...inputs,
    });
  const priced = (resources: DeclaredResource[]): object => {
    const { lines } = estimate(resources, { book: paris, usage: {}, today: TODAY });
    return Object.fromEntries(lines.map((line) => [line.label, exactCents(line.amount)]));
  };

  it("is that of its desired nodes and their disks; the label names the range", () => {
    const fixed = { scalingConfig: { desiredSize: 3, minSize: 3, maxSize: 3 } };
    assert.deepEqual(priced([group(fixed), template]), {
      "Instance (on-demand, Linux, t3.large)": 20674,
      "Volume (gp3)": 1392,
    });
    assert.deepEqual(priced([group(), template]), {
      "Instance (on-demand, Linux, t3.large, 3 of 1 to 9 nodes)": 20674, // 3 × 730 × 0.0944 = 206.736
      "Volume (gp3)": 1392, // 3 × 50 × 0.0928 = 13.92
    });
  });

  it("prices spot as on-demand, and says that this is an upper bound", () => {
    assert.deepEqual(priced([group({ capacityType: "SPOT" }), template]), {
      "Instance (spot, at most the on-demand price, Linux, t3.large, 3 of 1 to 9 nodes)": 20674,
      "Volume (gp3)": 1392,
    });
  });

  it("is refused without the launch template that declares the disks", () => {
    assert.throws(() => priced([group()]), /launch template nodes-template-id.* not in the stack/);
    const none = declared(template.type, template.name);
    assert.throws(() => priced([group(), none]), /blockDeviceMappings is not declared/);
  });
});
