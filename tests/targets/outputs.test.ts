import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { declarePlatform, type PlatformOutputs } from "../../platform";
import { loadSettings } from "../../settings";
import { TARGET_NAMES } from "../../settings/shared";
import { config, declared, STACK, type Overrides } from "../support/declared";
import { TODAY } from "../support/resources";

/** Outputs of a stack with these settings, and what `read` makes of them while it is recorded. */
async function outputs<T>(
  overrides: Overrides,
  preview: boolean,
  read: (outputs: PlatformOutputs) => T | Promise<T>,
): Promise<T> {
  const source = config(overrides);
  const { settings } = loadSettings(STACK, source, TODAY);
  let made: T | Promise<T> | undefined;
  await declared(() => {
    made = read(declarePlatform(settings, source));
  }, preview);
  return made as T;
}

describe("stack outputs", () => {
  for (const preview of [true, false]) {
    it(`have an address to log in at on every target, preview ${String(preview)}`, async () => {
      for (const target of TARGET_NAMES) {
        const names = await outputs({ target }, preview, (all) => Object.keys(all));
        assert.ok(names.includes("loginUrl"), target);
        assert.equal(names.includes("kubeconfig"), target !== "sagemaker", target);
      }
    });

    it(`hide a kubeconfig with a key, and no other, preview ${String(preview)}`, async () => {
      const secret = (overrides: Overrides) =>
        outputs(overrides, preview, ({ kubeconfig }) => pulumi.isSecret(pulumi.output(kubeconfig)));
      assert.equal(await secret({ target: "ec2" }), true);
      assert.equal(await secret({ target: "eks" }), false);
      // Also where the stack has access keys of its own, which that kubeconfig leaves out.
      const keys = { "aws:accessKey": "AKIAIOSFODNN7EXAMPLE", "aws:secretKey": "a-secret" };
      assert.equal(await secret({ target: "eks", ...keys }), false);
    });
  }

  it("say the address of the hub, of this machine without a front door, of the login broker", async () => {
    const address = (overrides: Overrides) =>
      outputs(
        overrides,
        false,
        ({ loginUrl }) =>
          new Promise<string | undefined>((resolve) => {
            pulumi.output(loginUrl).apply(resolve);
          }),
      );
    assert.equal(await address({}), "https://d111.cloudfront.net");
    assert.equal(await address({ frontDoor: "none" }), "http://localhost:8000");
    assert.match((await address({ target: "sagemaker" })) ?? "", /execute-api/);
  });
});
