import assert from "node:assert/strict";
import { exactCents } from "../../../cost/amount";
import { USD } from "../../../cost/currency";
import { estimate } from "../../../cost/estimate";
import { priceBook } from "../../../cost/price-book";
import { CHARTS } from "../../../settings/versions/charts";
import { declaredPlatform, inputsOf, ofType, TAGS } from "../../support/declared";
import { registrations } from "../../support/registrations";
import { TODAY } from "../../support/resources";
import { fault, settings } from "../../support/settings";

const OFF = { target: "eks", "serving.triton": "true" };
const ON = { ...OFF, "gpu.max": "3" };
const GROUP = "eks-gpu-nodes-group";

describe("nodes with a GPU of eks", () => {
  it("are a group of their own, labelled and tainted, and nothing of it without gpu.max", async () => {
    for (const preview of [true, false]) {
      const on = await declaredPlatform(ON, preview);
      const inputs = inputsOf(on, "eks/nodeGroup:NodeGroup", GROUP);
      assert.deepEqual(inputs["instanceTypes"], ["g4dn.xlarge"]);
      assert.equal(inputs["amiType"], "AL2023_x86_64_NVIDIA");
      assert.equal(inputs["capacityType"], "ON_DEMAND");
      assert.deepEqual(inputs["scalingConfig"], { minSize: 0, maxSize: 3, desiredSize: 1 });
      assert.deepEqual(inputs["updateConfig"], { maxUnavailable: 1, updateStrategy: "MINIMAL" });
      assert.deepEqual(inputs["labels"], {
        "nvidia.com/gpu.present": "true",
        "k8s.amazonaws.com/accelerator": "nvidia",
      });
      assert.deepEqual(inputs["taints"], [
        { key: "nvidia.com/gpu", value: "true", effect: "NO_SCHEDULE" },
      ]);
      const nodes = inputsOf(on, "eks/nodeGroup:NodeGroup", "eks-nodes-group");
      assert.deepEqual(inputs["subnetIds"], nodes["subnetIds"]);
      assert.ok(!("taints" in nodes) && !("labels" in nodes), "notebooks run on the others");
      const off = await declaredPlatform(OFF, preview);
      assert.deepEqual(
        off.filter(({ name }) => /gpu|nvidia|autoscaler/.test(name)),
        [],
      );
      assert.doesNotMatch(JSON.stringify(off.map(({ inputs: all }) => all)), /nvidia\.com/);
    }
  });

  it("have a disk for Triton's image, and the tags of the stack", async () => {
    const template = inputsOf(
      await declaredPlatform(ON),
      "ec2/launchTemplate:LaunchTemplate",
      "eks-gpu-nodes-template",
    );
    const [disk] = template["blockDeviceMappings"] as { ebs: Record<string, unknown> }[];
    assert.deepEqual([disk!.ebs["volumeSize"], disk!.ebs["encrypted"]], [50, "true"]);
    const tags = { ...TAGS, Target: "eks", Name: "eks-gpu-nodes" };
    assert.deepEqual(template["tagSpecifications"], [
      {
        resourceType: "instance",
        tags: { ...tags, "kubernetes.io/cluster/test-0a1b2c3d": "owned" },
      },
      { resourceType: "volume", tags },
      { resourceType: "network-interface", tags },
    ]);
  });

  it("are scaled by the autoscaler, which is there for them alone, too", async () => {
    const on = await declaredPlatform(ON);
    inputsOf(on, "helm.sh/v3:Release", "eks-add-ons-autoscaler");
    const fixed = inputsOf(on, "eks/nodeGroup:NodeGroup", "eks-nodes-group")["scalingConfig"];
    assert.deepEqual(fixed, { minSize: 3, maxSize: 3, desiredSize: 3 });
    const group = (await registrations(ON)).find(({ name }) => name === GROUP);
    assert.deepEqual(group?.ignoreChanges, ["scalingConfig.desiredSize"]);
  });

  it("get NVIDIA's device plugin as its chart is, and Triton comes after it", async () => {
    const plugin = inputsOf(await declaredPlatform(ON), "helm.sh/v3:Release", "eks-gpu-plugin");
    assert.equal(plugin["chart"], "nvidia-device-plugin");
    assert.equal(plugin["version"], CHARTS["nvidia-device-plugin"].version);
    assert.equal(plugin["namespace"], "kube-system");
    // Its own affinity and toleration fit the group's label and taint.
    assert.deepEqual(plugin["values"], {});
    const all = await registrations(ON);
    const after = (name: string) => all.find((one) => one.name === name)?.dependencies ?? [];
    assert.ok(after("eks-gpu-plugin").includes(GROUP));
    for (const name of [GROUP, "eks-gpu-plugin"]) {
      assert.ok(after("eks-serving-namespace").includes(name), name);
    }
    assert.ok(!after("eks-notebooks").includes(GROUP), "notebooks wait for no GPU");
  });

  it("are not behind the front door", async () => {
    const attachments = ofType(await declaredPlatform(ON), "autoscaling/attachment:Attachment");
    assert.ok(attachments.length > 0);
    assert.deepEqual(
      attachments.map(({ name }) => name),
      ofType(await declaredPlatform(OFF), "autoscaling/attachment:Attachment").map(
        ({ name }) => name,
      ),
    );
  });

  it("cost the hours and the disk of the one that Triton holds", async () => {
    const bill = async (overrides: Record<string, string>, region = "eu-west-3") => {
      const resources = await declaredPlatform({ ...overrides, "aws:region": region });
      const context = { book: priceBook(region, USD), usage: {}, today: TODAY };
      const total = (all: typeof resources) =>
        new Map(
          estimate(all, context).lines.map((line) => [
            `${line.label} ${line.part}`,
            exactCents(line.amount),
          ]),
        );
      return total(resources);
    };
    const [off, on] = [await bill(OFF), await bill(ON)];
    const more = [...on].filter(([label, cents]) => off.get(label) !== cents);
    assert.deepEqual(
      more.map(([label, cents]) => [label, (cents ?? NaN) - (off.get(label) ?? 0)]),
      [
        // 50 GB × 0.0928 = 4.64
        ["Volume (gp3) target", 464],
        // 730 h × 0.615 = 448.95
        ["Instance (on-demand, Linux, g4dn.xlarge, 1 of 0 to 3 nodes) target", 44895],
      ],
    );
    // 730 h × 1.277 = 932.21
    const g5 = await bill({ ...ON, "gpu.instanceType": "g5.xlarge" });
    const label = "Instance (on-demand, Linux, g5.xlarge, 1 of 0 to 3 nodes) target";
    assert.equal(g5.get(label), 93221);
    await assert.rejects(
      bill({ ...ON, "gpu.instanceType": "g5.xlarge" }, "eu-south-1"),
      /^CostError: g5\.xlarge is not sold as an EC2 instance in eu-south-1, .* sold there is g4dn\.xlarge; choose it in nodes\.instanceType or gpu\.instanceType, whichever has it$/,
    );
  });
});

describe("settings of nodes with a GPU", () => {
  it("take every type with one, and refuse others by name", () => {
    for (const type of ["g4dn.xlarge", "g5.48xlarge", "g6.2xlarge"]) {
      settings({ ...ON, "gpu.instanceType": type });
    }
    const refused = (type: string) => fault({ ...ON, "gpu.instanceType": type });
    const allowed = "gpu.instanceType must be an EC2 type with an NVIDIA GPU of the families ";
    assert.ok(refused("m5.large").includes(`${allowed}g4dn, g5, g6; "m5.large" has none`));
    // Of AMD, of Arm, and with a GPU that TensorRT has given up.
    for (const type of ["g4ad.xlarge", "g5g.xlarge", "p3.2xlarge"]) {
      assert.ok(refused(type).includes(`${allowed}g4dn, g5, g6; "${type}" is not known`), type);
    }
  });

  it("are refused without Triton, which alone uses them", () => {
    const message = fault({ target: "eks", "gpu.max": "1" });
    assert.match(message, /gpu\.max must be 0 where serving\.triton is false, .*; got 1\n/);
    assert.match(message, /pulumi config set serving\.triton true .*# or gpu\.max 0/);
    settings({ target: "eks", "gpu.max": "0", "gpu.instanceType": "g6.xlarge" });
    settings({ ...ON, "gpu.max": "1" });
    for (const target of ["ec2", "sagemaker"]) {
      assert.match(fault({ target, "gpu.max": "1" }), /"gpu\.max" is a setting of eks; the target/);
    }
  });

  it("count their nodes where a network is small", () => {
    const small = { ...ON, "network.cidr": "10.0.0.0/23", "nodes.count": "5" };
    settings(small);
    assert.match(
      fault({ ...small, "gpu.max": "4" }),
      /must be \/22 or larger, or nodes\.count and gpu\.max together 8 or less, .* and 9\n/,
    );
  });

  it("leave the nodes of notebooks their room and their disk", () => {
    const full = { "nodes.count": "1", "notebooks.sizes": "1x4", "nodes.diskGib": "30" };
    assert.match(fault({ ...OFF, ...full }), /nodes\.diskGib must be 50 GiB or more/);
    assert.match(fault({ ...OFF, ...full }), /notebooks\.sizes must fit a node/);
    settings({ ...ON, ...full });
  });
});
