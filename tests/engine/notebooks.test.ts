import assert from "node:assert/strict";
import type { Stack } from "@pulumi/pulumi/automation";
import { readyStack } from "../../commands/workload/ready-stack";
import { deploymentOf } from "../../cost/resources/stack-export";
import { audited, Colleague, NOTHING, resourcesIn } from "./engine-stack";
import { comeUp, destroy, up } from "./recovery";

const REGIONS = { ec2: "eu-west-1", eks: "eu-central-1" } as const;

const PEOPLE = ["ada", "grace"];
const OTHER_IMAGE = "quay.io/jupyter/pytorch-notebook:2026-07-20";

/** The part of a CronJob that differs with settings. */
interface Template {
  readonly metadata: { readonly namespace: string };
  readonly spec: {
    readonly suspend: boolean;
    readonly jobTemplate: {
      readonly spec: {
        readonly template: {
          readonly spec: {
            readonly containers: readonly [
              { readonly image: string; readonly resources: { readonly requests: object } },
            ];
          };
        };
      };
    };
  };
}

/*
 * Notebooks behind their front door, through the engine and the provider. The emulator knows no VPC origin
 * and no CloudFront function: the provider plans both, and keeps them in memory.
 */
describe("notebooks of ec2 and eks", function () {
  this.timeout("25m");
  const ada = new Colleague();
  const stacks: Record<string, Stack> = {};
  const both = async (act: (stack: Stack, name: "ec2" | "eks") => Promise<unknown>) => {
    await Promise.all((["ec2", "eks"] as const).map((name) => act(stacks[name]!, name)));
  };
  /** Namespace, image and requests of the templates of training Jobs, as they are deployed. */
  const templates = (name: string): readonly (readonly unknown[])[] =>
    resourcesIn(ada.state(name))
      .filter(({ type }) => type === "kubernetes:batch/v1:CronJob")
      .map(({ outputs }) => {
        const { metadata, spec } = outputs as unknown as Template;
        assert.equal(spec.suspend, true);
        const [{ image, resources }] = spec.jobTemplate.spec.template.spec.containers;
        return [metadata.namespace, image.split("/").at(-1), resources.requests] as const;
      })
      .toSorted(([one], [other]) => one.localeCompare(other));
  const named = (name: string): string[] =>
    resourcesIn(ada.state(name)).map(({ urn }) => urn.split("::").at(-1) ?? "");

  before(async () => {
    for (const name of ["ec2", "eks"] as const) {
      const stack = await ada.ownStack(name);
      await stack.setConfig("aws:region", { value: REGIONS[name] });
      stacks[name] = stack;
    }
  });

  after(() => {
    ada.leave();
  });

  it("are created, with CloudFront's address as the one to log in at", async () => {
    await both(async (stack) => comeUp(ada, stack));
    await both(async (stack) => {
      const { loginUrl } = await stack.outputs();
      assert.match(String(loginUrl?.value), /^https:\/\/[a-z0-9.-]+$/);
      assert.doesNotMatch(String(loginUrl?.value), /amazoncognito/);
    });
  });

  it("need no change in a second preview", async () => {
    await both(async (stack, name) => {
      const { changeSummary } = await stack.preview();
      assert.deepEqual(Object.keys(changeSummary), ["same"], name);
    });
  });

  it("have a template of the workload's Jobs for each person, and the means to run it", async () => {
    await both(async (stack, name) => {
      assert.deepEqual(
        templates(name),
        PEOPLE.map((person) => [
          `user-${person}`,
          "scipy-notebook:2026-07-20",
          { cpu: "1", memory: "4096Mi" },
        ]),
      );
      const exported: { readonly deployment: unknown } = await stack.exportStack();
      const stored = { stack: name, deployment: deploymentOf(exported.deployment) };
      const { kubeconfig } = await stack.outputs();
      const ready = await readyStack(stored, "ada", {
        ...{ now: new Date(), access: () => ({}) },
        kubeconfig: () => Promise.resolve(String(kubeconfig?.value)),
      });
      assert.ok("ok" in ready, "problem" in ready ? ready.problem : "");
      ready.ok.close();
      assert.deepEqual([ready.ok.person, ready.ok.target], ["ada", name]);
      assert.ok((ready.ok.hourly ?? 0) > 0.1, String(ready.ok.hourly));
    });
  });

  it("are joined by a model server when its setting is on, of which nothing remains when it is off", async () => {
    const served = (name: string) =>
      resourcesIn(ada.state(name)).filter(({ urn }) => urn.includes(`::${name}-serving`));
    await both(async (stack, name) => {
      assert.deepEqual(served(name), []);
      await stack.setConfig("ml-platform:serving.triton", { value: "true" });
      const { resourceChanges } = (await up(ada, stack)).summary;
      assert.equal(resourceChanges?.["replace"], undefined, name);
      assert.equal(resourceChanges?.["delete"], undefined, name);
      assert.equal(served(name).length, resourceChanges?.["create"], name);
      const keys = served(name).map(({ outputs }) => String(outputs?.["key"]));
      assert.deepEqual(keys.filter((key) => key.startsWith("public/")).sort(), [
        "public/models/digits/1/model.onnx",
        "public/models/digits/config.pbtxt",
      ]);
      const { changeSummary } = await stack.preview();
      assert.deepEqual(Object.keys(changeSummary), ["same"], name);
    });
    await both(async (stack, name) => {
      await stack.setConfig("ml-platform:serving.triton", { value: "false" });
      const { resourceChanges } = (await up(ada, stack)).summary;
      assert.equal(resourceChanges?.["replace"], undefined, name);
      assert.equal(resourceChanges?.["create"], undefined, name);
      assert.deepEqual(served(name), []);
    });
  });

  it("change their settings in place", async () => {
    await both(async (stack, name) => {
      await stack.setConfig("ml-platform:notebooks.idleMinutes", { value: "90" });
      await stack.setConfig("ml-platform:notebooks.sizes", { value: "1x2,2x4" });
      await stack.setConfig("ml-platform:notebooks.homeGib", { value: "20" });
      await stack.setConfig("ml-platform:notebooks.image", {
        value: OTHER_IMAGE,
      });
      const { resourceChanges } = (await up(ada, stack)).summary;
      assert.equal(resourceChanges?.["replace"], undefined, name);
      assert.equal(resourceChanges?.["delete"], undefined, name);
      assert.ok((resourceChanges?.["update"] ?? 0) >= 1, name);
      assert.deepEqual(
        templates(name),
        PEOPLE.map((person) => [
          `user-${person}`,
          "pytorch-notebook:2026-07-20",
          { cpu: "0.5", memory: "2048Mi" },
        ]),
      );
    });
  });

  it("go without their front door, and get it back", async () => {
    await both(async (stack, name) => {
      await stack.setConfig("ml-platform:frontDoor", { value: "none" });
      await up(ada, stack);
      const { loginUrl } = await stack.outputs();
      assert.equal(loginUrl?.value, "http://localhost:8000");
      assert.deepEqual(
        named(name).filter((one) => one.includes("front-door")),
        [],
      );
      await stack.setConfig("ml-platform:frontDoor", { value: "cloudfront" });
      await up(ada, stack);
      assert.ok(named(name).includes(`${name}-front-door-distribution`));
    });
  });

  it("are destroyed, and nothing is left", async () => {
    await both(async (stack) => destroy(stack));
    for (const name of ["ec2", "eks"] as const) {
      assert.deepEqual(resourcesIn(ada.state(name)), [], name);
      assert.deepEqual(await audited(ada, name, REGIONS[name]), NOTHING, name);
    }
  });
});
