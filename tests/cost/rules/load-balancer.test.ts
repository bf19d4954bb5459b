import assert from "node:assert/strict";
import { exactCents } from "../../../cost/amount";
import { USD } from "../../../cost/currency";
import { estimate } from "../../../cost/estimate";
import { priceBook } from "../../../cost/price-book";
import type { DeclaredResource } from "../../../cost/rule";
import type { Usage } from "../../../cost/scenarios/usage";
import { declared, TODAY } from "../../support/resources";

const BALANCER = "aws:lb/loadBalancer:LoadBalancer";

describe("price of a network load balancer", () => {
  const balancer = (inputs: DeclaredResource["inputs"] = { loadBalancerType: "network" }) =>
    declared(BALANCER, "ec2-front-door-balancer", inputs);
  const priced = (region: string, usage: Usage, resources = [balancer()]) => {
    const { lines, totals, missingUsage } = estimate(resources, {
      book: priceBook(region, USD),
      usage,
      today: TODAY,
    });
    const cents = Object.fromEntries(lines.map(({ label, amount }) => [label, exactCents(amount)]));
    return { cents, totals, missingUsage, lines };
  };

  it("is that of its hours and of the capacity units of its traffic", () => {
    assert.deepEqual(priced("eu-west-3", { cloudFrontGb: 40 }).cents, {
      "Load balancer (network)": 1932, // 730 × 0.02646 = 19.3158
      "Load balancer capacity (network, 1 GB an hour each)": 25, // 40 × 0.0063 = 0.252
    });
    assert.deepEqual(priced("us-east-1", { cloudFrontGb: 40 }).cents, {
      "Load balancer (network)": 1643, // 730 × 0.0225 = 16.425
      "Load balancer capacity (network, 1 GB an hour each)": 24, // 40 × 0.006
    });
  });

  it("is in the category of logins", () => {
    const { lines } = priced("eu-west-3", { cloudFrontGb: 1 });
    assert.deepEqual([...new Set(lines.map(({ category }) => category))], ["logins"]);
  });

  it("asks for the traffic if usage lacks it", () => {
    const { cents, missingUsage } = priced("eu-west-3", {});
    assert.equal(cents["Load balancer capacity (network, 1 GB an hour each)"], undefined);
    assert.deepEqual(missingUsage, ["cloudFrontGb"]);
  });

  it("is charged beside the distribution's own line for the same traffic", () => {
    const distribution = declared("aws:cloudfront/distribution:Distribution", "ec2-front-door");
    const usage = { cloudFrontGb: 2024, cloudFrontRequests: 0 };
    assert.deepEqual(priced("eu-west-3", usage, [balancer(), distribution]).cents, {
      "Load balancer (network)": 1932,
      "Load balancer capacity (network, 1 GB an hour each)": 1275, // 2024 × 0.0063 = 12.7512
      "Data to the internet (beyond 1 TB free)": 8500, // (2024 − 1024) × 0.085
      "HTTPS requests (beyond 10,000,000 free)": 0,
    });
  });

  it("is refused for other types, also for AWS's default", () => {
    assert.throws(
      () => priced("eu-west-3", {}, [balancer({ loadBalancerType: "gateway" })]),
      /loadBalancerType is gateway/,
    );
    assert.throws(() => priced("eu-west-3", {}, [balancer({})]), /is application/);
  });

  it("includes that of its parts", () => {
    const parts = [
      "aws:lb/listener:Listener",
      "aws:lb/targetGroup:TargetGroup",
      "aws:lb/targetGroupAttachment:TargetGroupAttachment",
      "aws:autoscaling/attachment:Attachment",
      "aws:cloudfront/vpcOrigin:VpcOrigin",
    ].map((type, index) => declared(type, `part-${index}`));
    const { lines } = priced("eu-west-3", {}, parts);
    assert.deepEqual(lines, []);
  });
});
