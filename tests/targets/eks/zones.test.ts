import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { declarePlatform } from "../../../platform";
import { TARGET_NAMES } from "../../../settings/shared";
import { config, declared } from "../../support/declared";
import { settings } from "../../support/settings";

/** Part of the engine's protocol that this test reads. */
interface Request {
  getTok(): string;
  getArgs(): { toJavaScript(): Readonly<Record<string, unknown>> };
}

/** Request to AWS with which a stack of this target looks for zones. */
async function zonesAsked(target: string): Promise<Readonly<Record<string, unknown>>> {
  const asked: Readonly<Record<string, unknown>>[] = [];
  await declared(() => {
    const monitor = pulumi.runtime.getMonitor() as unknown as {
      invoke(request: Request, callback: unknown): Promise<void>;
    };
    const invoke = monitor.invoke.bind(monitor);
    monitor.invoke = (request, callback) => {
      if (request.getTok() === "aws:index/getAvailabilityZones:getAvailabilityZones") {
        asked.push(request.getArgs().toJavaScript());
      }
      return invoke(request, callback);
    };
    return declarePlatform(settings({ target }), config({ target }));
  });
  assert.equal(asked.length, 1);
  return asked[0]!;
}

describe("availability zones", () => {
  for (const target of TARGET_NAMES) {
    it(`with target ${target} exclude the zones its service lacks, by id`, async () => {
      const { state, excludeZoneIds } = await zonesAsked(target);
      assert.equal(state, "available");
      assert.deepEqual(
        excludeZoneIds,
        // Without EKS or CloudFront's VPC origins; Studio needs neither, but NAT.
        target === "sagemaker" ? ["apne1-az3"] : ["use1-az3", "usw1-az2", "apne1-az3", "cac1-az3"],
      );
    });
  }
});
