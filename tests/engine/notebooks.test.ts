import assert from "node:assert/strict";
import type { Stack } from "@pulumi/pulumi/automation";
import { audited, Colleague, NOTHING, resourcesIn } from "./engine-stack";
import { comeUp, destroy, up } from "./recovery";

const REGIONS = { ec2: "eu-west-1", eks: "eu-central-1" } as const;

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

  it("change their settings in place", async () => {
    await both(async (stack, name) => {
      await stack.setConfig("ml-platform:notebooks.idleMinutes", { value: "90" });
      await stack.setConfig("ml-platform:notebooks.sizes", { value: "1x2,2x4" });
      await stack.setConfig("ml-platform:notebooks.homeGib", { value: "20" });
      await stack.setConfig("ml-platform:notebooks.image", {
        value: "quay.io/jupyter/pytorch-notebook:2026-07-20",
      });
      const { resourceChanges } = (await up(ada, stack)).summary;
      assert.equal(resourceChanges?.["replace"], undefined, name);
      assert.equal(resourceChanges?.["delete"], undefined, name);
      assert.ok((resourceChanges?.["update"] ?? 0) >= 1, name);
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
