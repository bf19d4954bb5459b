import assert from "node:assert/strict";
import { stackUnitCosts } from "../../cost/compare/unit-costs";
import { priceStack } from "../../commands/price-stack";
import { join } from "node:path";
import { USD } from "../../cost/currency";
import { readScenario } from "../../cost/scenarios/scenario";
import { usageOf } from "../../cost/scenarios/scenario-usage";
import { pricingOf } from "../../cost/rules";
import { declaredPlatform, inputsOf, ofType } from "../support/declared";
import { registrations } from "../support/registrations";
import { TODAY } from "../support/resources";
import { fault, settings } from "../support/settings";

const FOLDER = join(__dirname, "..", "..");
const HUB = { "notebooks.hub": "true" };
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

    it("declare nothing unless the stack asks for them", async () => {
      for (const frontDoor of ["cloudfront", "none"]) {
        const resources = await declared({ frontDoor });
        assert.deepEqual(named(resources, "notebooks"), [], frontDoor);
        assert.deepEqual(named(resources, "front-door"), [], frontDoor);
      }
    });

    it("have a hub behind CloudFront, an origin and a load balancer, in a preview as in an up", async () => {
      for (const preview of [true, false]) {
        const resources = await declared(HUB, preview);
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
      const resources = await declared({ ...HUB, frontDoor: "none" });
      assert.deepEqual(named(resources, "front-door"), []);
      assert.deepEqual(ofType(resources, "lb/loadBalancer:LoadBalancer"), []);
      const client = inputsOf(resources, "cognito/userPoolClient:UserPoolClient");
      assert.deepEqual(client["callbackUrls"], ["http://localhost:8000/hub/oauth_callback"]);
      const hub = ofType(resources, "helm.sh/v3:Release").find(
        ({ inputs }) => inputs["chart"] === "jupyterhub",
      );
      assert.doesNotMatch(JSON.stringify(hub?.inputs["values"]), /NodePort|nodePorts/);
    });

    it("register the target's own nodes with the load balancer", async () => {
      const resources = await declared(HUB);
      const [type, count] =
        target === "ec2"
          ? (["lb/targetGroupAttachment:TargetGroupAttachment", 2] as const)
          : (["autoscaling/attachment:Attachment", 1] as const);
      assert.equal(ofType(resources, type).length, count);
    });

    it("are deleted with the cluster inside it, and in order outside of it", async () => {
      const all = (await registrations({ target, ...HUB })).filter(({ name }) =>
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
      const values = async (overrides: Readonly<Record<string, string>>) =>
        ofType(await declared(overrides), "helm.sh/v3:Release").find(
          ({ inputs }) => inputs["chart"] === "cilium",
        )?.inputs["values"] as Readonly<Record<string, unknown>> | undefined;
      const expected = target === "ec2" ? ["nodes"] : undefined;
      assert.deepEqual((await values(HUB))?.["policyCIDRMatchMode"], expected);
      assert.equal((await values({}))?.["policyCIDRMatchMode"], undefined);
    });

    it("cost the load balancer, and take room on the nodes", async () => {
      const scenario = {
        ...readScenario("team"),
        notebookVcpus: 0.25,
        notebookGib: 0.25,
        people: 200,
      };
      const options = { usage: usageOf(scenario), currency: USD, today: TODAY };
      const priced = (overrides: Readonly<Record<string, string>>) =>
        priceStack(FOLDER, target, { ...options, overrides });
      // One after the other: the recorder is global.
      const without = await priced({});
      const behind = await priced(HUB);
      const local = await priced({ ...HUB, frontDoor: "none" });
      const cents = (stack: typeof without): number => stack.estimate.totals.total.leastCents;
      // 730 × 0.02646 = 19.32; capacity of the traffic that the scenario has
      assert.ok(cents(behind) - cents(without) >= 1932);
      assert.equal(cents(local), cents(without));
      const { notebooksHeld: held } = stackUnitCosts(behind, scenario);
      const { notebooksHeld: before } = stackUnitCosts(without, scenario);
      assert.ok(held < before, `${held} of ${before}`);
    });
  });
}

describe("settings of notebooks", () => {
  it("refuse a size that no node can hold, only where there is a hub", () => {
    const big = { "notebooks.sizes": "2x4,4x16", "nodes.instanceType": "t3.large" };
    const text = fault({ ...HUB, ...big });
    assert.match(text, /notebooks\.sizes must fit a node .* got 4x16\n/);
    assert.match(text, /pulumi config set notebooks\.sizes 2x4 /);
    assert.equal(settings(big).target, "ec2");
    assert.match(fault({ ...HUB, "notebooks.sizes": "3x4" }), /got 3x4/);
  });

  it("know what kubelet leaves of a node on each target", () => {
    // 8 GiB: 8192 × 0.925 = 7577; on ec2 100 less, on eks 255 + 11 × 35 + 100 = 740 less.
    settings({ ...HUB, "notebooks.sizes": "2x7" });
    assert.match(fault({ ...HUB, "notebooks.sizes": "2x8" }), /7\.3 GiB for pods\); got 2x8/);
    settings({ ...HUB, target: "eks", "notebooks.sizes": "2x6" });
    const onEks = fault({ ...HUB, target: "eks", "notebooks.sizes": "2x7" });
    assert.match(onEks, /6\.7 GiB for pods\); got 2x7/);
  });
});
