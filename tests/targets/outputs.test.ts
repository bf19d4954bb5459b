import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { TARGET_NAMES } from "../../settings/shared";
import type { Overrides } from "../support/declared";
import { outputs } from "../support/stack-outputs";

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
