import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { declarePlatform } from "../../../platform";
import { TARGET_NAMES } from "../../../settings/shared";
import { config, declared, type Overrides } from "../../support/declared";
import { settings } from "../../support/settings";

/** Part of the engine's protocol that this test reads. */
interface Request {
  getTok(): string;
  getArgs(): { toJavaScript(): Readonly<Record<string, unknown>> };
}

/** Look-ups of a kind at AWS that a stack with these settings makes. */
async function lookUps(
  token: string,
  overrides: Overrides,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const asked: Readonly<Record<string, unknown>>[] = [];
  await declared(() => {
    const monitor = pulumi.runtime.getMonitor() as unknown as {
      invoke(request: Request, callback: unknown): Promise<void>;
    };
    const invoke = monitor.invoke.bind(monitor);
    monitor.invoke = (request, callback) => {
      if (request.getTok() === token) {
        asked.push(request.getArgs().toJavaScript());
      }
      return invoke(request, callback);
    };
    return declarePlatform(settings(overrides), config(overrides));
  });
  return asked;
}

describe("availability zones", () => {
  for (const target of TARGET_NAMES) {
    it(`with target ${target} exclude the zones its service lacks, by id`, async () => {
      const asked = await lookUps("aws:index/getAvailabilityZones:getAvailabilityZones", {
        target,
      });
      assert.equal(asked.length, 1);
      const { state, excludeZoneIds } = asked[0]!;
      assert.equal(state, "available");
      assert.deepEqual(
        excludeZoneIds,
        // Without EKS or CloudFront's VPC origins; Studio needs neither, but NAT.
        target === "sagemaker" ? ["apne1-az3"] : ["use1-az3", "usw1-az2", "apne1-az3", "cac1-az3"],
      );
    });
  }

  it("offer the types of all nodes, those with a GPU among them", async () => {
    const types = async (overrides: Overrides): Promise<unknown[]> =>
      (
        await lookUps("aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings", overrides)
      ).flatMap(({ filters }) =>
        (filters as { values: string[] }[]).flatMap(({ values }) => values),
      );
    const gpu = { "serving.triton": "true", "gpu.max": "1", "gpu.instanceType": "g6.xlarge" };
    assert.deepEqual(await types({ target: "eks" }), ["t3.large"]);
    assert.deepEqual(await types({ target: "eks", ...gpu }), ["t3.large", "g6.xlarge"]);
    const unused = { "gpu.instanceType": "g6.xlarge" };
    assert.deepEqual(await types({ target: "eks", ...unused }), ["t3.large"]);
    assert.deepEqual(await types({ target: "sagemaker" }), []);
  });
});
