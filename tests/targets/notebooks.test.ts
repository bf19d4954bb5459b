import assert from "node:assert/strict";
import { priceStack } from "../../commands/price-stack";
import { join } from "node:path";
import { USD } from "../../cost/currency";
import { readScenario } from "../../cost/scenarios/scenario";
import { usageOf } from "../../cost/scenarios/scenario-usage";
import { pricingOf } from "../../cost/rules";
import { declaredPlatform, inputsOf, ofType } from "../support/declared";
import { registrations } from "../support/registrations";
import { TODAY } from "../support/resources";
import { fault, settings, warnings } from "../support/settings";

const FOLDER = join(__dirname, "..", "..");
const DOOR = [
  "lb/loadBalancer:LoadBalancer",
  "cloudfront/vpcOrigin:VpcOrigin",
  "cloudfront/distribution:Distribution",
];

for (const target of ["ec2", "eks"] as const) {
  describe(`notebooks on ${target}`, () => {
    const declared = (overrides: Readonly<Record<string, string>>, preview = false) =>
      declaredPlatform({ target, ...overrides }, preview);
    const named = (resources: readonly { name: string }[], prefix: string): string[] =>
      resources.map(({ name }) => name).filter((name) => name.startsWith(`${target}-${prefix}`));

    it("have a hub behind CloudFront, an origin and a load balancer, in a preview as in an up", async () => {
      for (const preview of [true, false]) {
        const resources = await declared({}, preview);
        const hub = ofType(resources, "helm.sh/v3:Release").filter(
          ({ inputs }) => inputs["chart"] === "jupyterhub",
        );
        assert.equal(hub.length, 1);
        for (const type of DOOR) {
          assert.equal(
            named(ofType(resources, type), "front-door").length,
            1,
            `${type}, preview ${String(preview)}`,
          );
        }
        for (const { type } of resources) {
          assert.notEqual(pricingOf(type), undefined, type);
        }
      }
    });

    it("need no front door where people come by kubectl port-forward", async () => {
      const resources = await declared({ frontDoor: "none" });
      assert.deepEqual(named(resources, "front-door"), []);
      assert.deepEqual(ofType(resources, "lb/loadBalancer:LoadBalancer"), []);
      const client = inputsOf(resources, "cognito/userPoolClient:UserPoolClient");
      assert.deepEqual(client["callbackUrls"], ["http://localhost:8000/hub/oauth_callback"]);
      const hub = ofType(resources, "helm.sh/v3:Release").find(
        ({ inputs }) => inputs["chart"] === "jupyterhub",
      );
      assert.doesNotMatch(JSON.stringify(hub?.inputs["values"]), /NodePort|nodePorts/);
    });

    it("run on arm64 with the default image and size, and on ec2 without NAT", async () => {
      const arm = { "nodes.architecture": "arm64", "nodes.instanceType": "t4g.large" };
      const nat = target === "ec2" ? { "network.nat": "none" } : {};
      assert.deepEqual(warnings({ target, ...arm, ...nat }), []);
      const resources = await declared({ ...arm, ...nat });
      const balancer = inputsOf(resources, "lb/loadBalancer:LoadBalancer");
      assert.deepEqual(balancer["subnets"], ["network-private-a-id", "network-private-b-id"]);
    });

    it("register the target's own nodes with the load balancer", async () => {
      const resources = await declared({});
      const [type, count] =
        target === "ec2"
          ? (["lb/targetGroupAttachment:TargetGroupAttachment", 2] as const)
          : (["autoscaling/attachment:Attachment", 1] as const);
      assert.equal(ofType(resources, type).length, count);
    });

    it("are deleted with the cluster inside it, and in order outside of it", async () => {
      const all = (await registrations({ target })).filter(({ name }) =>
        /-(notebooks|front-door)/.test(name),
      );
      const inside = all.filter(({ type }) => type.startsWith("kubernetes:"));
      assert.ok(inside.length > 10);
      const lifelines = new Set(inside.map(({ deletedWith }) => deletedWith));
      assert.equal(lifelines.size, 1);
      assert.notEqual([...lifelines][0], "");
      for (const { name, type, deletedWith } of all) {
        assert.ok(type.startsWith("kubernetes:") || deletedWith === "", name);
      }
      const origin = all.find(({ type }) => type === "aws:cloudfront/vpcOrigin:VpcOrigin");
      assert.ok(origin?.dependencies.includes(`${target}-janitor`));
    });

    it("let network policies of Cilium match nodes, which the hub calls the API server through", async () => {
      const values = async () =>
        ofType(await declared({}), "helm.sh/v3:Release").find(
          ({ inputs }) => inputs["chart"] === "cilium",
        )?.inputs["values"] as Readonly<Record<string, unknown>> | undefined;
      const expected = target === "ec2" ? ["nodes"] : undefined;
      assert.deepEqual((await values())?.["policyCIDRMatchMode"], expected);
    });

    it("cost the load balancer, and a disk for each home of the declared size", async () => {
      const usage = usageOf(readScenario("team"));
      const cents = async (overrides: Readonly<Record<string, string>>): Promise<number> => {
        const priced = await priceStack(FOLDER, target, {
          usage,
          currency: USD,
          today: TODAY,
          overrides,
        });
        return priced.estimate.totals.total.leastCents;
      };
      // One after the other: the recorder is global.
      const behind = await cents({});
      const local = await cents({ frontDoor: "none" });
      const large = await cents({ "notebooks.homeGib": "500" });
      // 730 × 0.02646 = 19.32, and 0.01 for the capacity that the scenario's traffic needs
      assert.equal(behind - local, 1933);
      // 10 homes, each 490 GB larger: 4,900 × 0.0928 = 454.72
      assert.equal(large - behind, 45472);
    });
  });
}

describe("settings of notebooks", () => {
  it("refuse a size that no node can hold, with one that fits", () => {
    const big = { "notebooks.sizes": "2x4,4x16", "nodes.instanceType": "t3.large" };
    const text = fault(big);
    assert.match(text, /notebooks\.sizes must fit a node .* got 4x16\n/);
    assert.match(text, /pulumi config set notebooks\.sizes 2x4 /);
    assert.match(fault({ "notebooks.sizes": "3x4" }), /got 3x4/);
  });

  it("warn of an image that may not be built for the nodes' architecture", () => {
    const image = "public.ecr.aws/sagemaker/sagemaker-distribution:4.4.1-cpu";
    const arm = { "nodes.architecture": "arm64", "nodes.instanceType": "t4g.large" };
    const said = warnings({ ...arm, "notebooks.image": image });
    assert.equal(said.length, 1);
    assert.match(said[0]!, /notebooks\.image must be built for arm64 .* got "public\.ecr\.aws/);
    assert.deepEqual(warnings({ "notebooks.image": image }), []);
    const other = "quay.io/jupyter/pytorch-notebook:2026-07-20";
    assert.deepEqual(warnings({ ...arm, "notebooks.image": other }), []);
  });

  it("must fit a node beside the cluster's own pods, by CPU and memory", () => {
    // 2 workers of 8 GiB: 8192 × 0.925 = 7577; less 100 of kubelet, 130 and half of 1,524 of pods: 6.4 GiB
    settings({ "notebooks.sizes": "2x6" });
    const text = fault({ "notebooks.sizes": "2x7" });
    assert.match(text, /\(2 × t3\.large: 2 vCPUs, .* 6\.4 GiB\); got 2x7/);
    assert.match(text, /pulumi config set notebooks\.sizes 2x6 /);
    // 3 nodes: less 740 of kubelet, 120 and a third of 1,660 of pods: 6.0 GiB
    settings({ target: "eks", "notebooks.sizes": "2x6" });
    assert.match(
      fault({ target: "eks", "notebooks.sizes": "2x7" }),
      /3 × t3.* 6\.0 GiB\); got 2x7/,
    );
    // One node: 2,000 − 70 − 180 − 820 = 930 thousandths, and 2x4 reserves 1,000
    const alone = fault({ target: "eks", "nodes.count": "1" });
    assert.match(alone, /0\.9 are left to reserve/);
    assert.match(alone, /pulumi config set notebooks\.sizes 1x4 /);
    // With a range the autoscaler adds nodes until one has room.
    settings({ target: "eks", "nodes.count": "1", "nodes.min": "1", "nodes.max": "3" });
    const small = { "nodes.count": "2", "nodes.instanceType": "t3.medium" };
    assert.match(fault({ ...small, "notebooks.sizes": "1x2" }), /notebooks\.sizes 2x1 /);
  });
});
