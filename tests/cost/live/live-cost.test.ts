import assert from "node:assert/strict";
import { exactCents } from "../../../cost/amount";
import { CostError } from "../../../cost/cost-error";
import { USD } from "../../../cost/currency";
import { deploymentOf } from "../../../cost/resources/stack-export";
import { calendarMonth, liveCost, type LiveCost } from "../../../cost/live/live-cost";
import { exported, exportedEc2, beginnings } from "../../support/deployments";

const NOW = new Date("2026-11-23T12:00:00Z");
const usage = { s3StorageGb: 500 };
const cost = (deployment: unknown, now = NOW): LiveCost | undefined =>
  liveCost(deploymentOf(deployment), { now, usage, currency: USD });
const amounts = ({ lines }: LiveCost["soFar"]): Record<string, number | undefined> =>
  Object.fromEntries(lines.map(({ label, amount }) => [label, exactCents(amount)]));

const INSTANCE = "Control plane (on-demand, Linux, t4g.large)";

describe("cost of a live stack", () => {
  it("is the list price for the time since each resource was created", () => {
    const { soFar, upSince } = cost(exportedEc2())!;
    // Pulumi created the bucket half an hour before the machine.
    assert.equal(upSince.toISOString(), "2026-11-13T12:00:00.123Z");
    const found = amounts(soFar);
    // 10 days less half an hour: 239.5 h × 0.0752 = 18.0104
    assert.equal(found[INSTANCE], 1801);
    // 50 GB × 239.5 ÷ 730 × 0.0928 = 1.5223
    assert.equal(found["Volume (gp3)"], 152);
    // 500 GB × 240 h (less 0.123 s) ÷ 730 × 0.024 = 3.9452
    assert.equal(found["Storage (Standard)"], 395);
    assert.equal(found["GET and other requests"], undefined);
    assert.equal(soFar.totals.total.leastCents, 1801 + 152 + 395);
  });

  it("has an hourly rate without usage", () => {
    // 0.0752 + 50 × 0.0928 ÷ 730
    const { hourly } = cost(exportedEc2())!;
    assert.ok(Math.abs(hourly.leastCents / 100 - (0.0752 + (50 * 0.0928) / 730)) < 1e-12);
  });

  it("is forecast for the calendar month, from its first to its last moment", () => {
    // Created in November: 17 days and 11.5 hours up to 1 December, 419.5 h × 0.0752 = 31.5464
    assert.equal(amounts(cost(exportedEc2())!.month)[INSTANCE], 3155);
    // A month later all 31 days: 744 h × 0.0752 = 55.9488
    const january = cost(exportedEc2(), new Date("2027-01-01T00:00:00Z"))!;
    assert.equal(amounts(january.month)[INSTANCE], 5595);
    // 48 days and 11.5 hours since its creation: 1,163.5 h × 0.0752 = 87.4952
    assert.equal(amounts(january.soFar)[INSTANCE], 8750);
  });

  it("computes the first moment of each month, across years", () => {
    const { start, end } = calendarMonth(new Date("2026-12-31T23:59:59Z"));
    assert.deepEqual(
      [start, end].map((date) => date.toISOString()),
      ["2026-12-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z"],
    );
  });

  it("names billed resources that were modified", () => {
    const { resources } = exportedEc2() as { resources: object[] };
    const vpc = exported("aws:ec2/vpc:Vpc", "vpc", { modified: "2026-11-21T00:00:00Z" });
    assert.deepEqual(cost({ resources: [...resources, vpc] })!.changed, [
      "ec2-nodes-control-plane",
    ]);
  });

  it("counts usage once, for the stack's lifetime", () => {
    const later = exported("aws:s3/bucket:Bucket", "later", { created: "2026-11-23T11:00:00Z" });
    const { resources } = exportedEc2() as { resources: object[] };
    for (const order of [
      [...resources, later],
      [...resources.slice(0, 3), later, ...resources.slice(3)],
    ]) {
      assert.equal(amounts(cost({ resources: order })!.soFar)["Storage (Standard)"], 395);
    }
  });

  it("counts a resource pending deletion for its own lifetime, not its replacement's", () => {
    const { resources } = exportedEc2() as { resources: Record<string, unknown>[] };
    const pending = resources.find(({ type }) => type === "aws:ec2/instance:Instance");
    const fresh = { ...pending, created: "2026-11-23T11:00:00Z" };
    for (const order of [
      [...resources, fresh],
      [fresh, ...resources],
    ]) {
      // 239.5 h of the old one and 1 h of the new: 240.5 × 0.0752 = 18.0856
      assert.equal(amounts(cost({ resources: order })!.soFar)[INSTANCE], 1809);
    }
  });

  it("uses the stack's creation time for resources without a date", () => {
    const { resources } = exportedEc2() as { resources: Record<string, unknown>[] };
    const undated = resources.map((one) => ({
      ...one,
      ...(one["type"] === "aws:ec2/instance:Instance" && {
        created: undefined,
        modified: undefined,
      }),
    }));
    // 240 h × 0.0752 = 18.048
    const { soFar, changed } = cost({ resources: undated })!;
    assert.equal(amounts(soFar)[INSTANCE], 1805);
    assert.deepEqual(changed, []);
  });

  it("is zero at creation and never negative", () => {
    const before = cost(exportedEc2(), new Date("2026-11-13T12:00:00Z"))!;
    assert.equal(before.soFar.totals.total.leastCents, 0);
  });

  it("is undefined while nothing billed is up", () => {
    assert.equal(cost({}), undefined);
    assert.equal(cost({ resources: beginnings("eu-west-3", "0123abcd") }), undefined);
  });

  it("is refused in a region without prices and for an unknown type", () => {
    assert.throws(
      () => cost(exportedEc2("me-south-1")),
      (error: Error) => error instanceof CostError && error.message.includes("me-south-1"),
    );
    const { resources } = exportedEc2() as { resources: object[] };
    assert.throws(
      () => cost({ resources: [...resources, exported("aws:new/thing:Thing", "thing")] }),
      /these types have no price rule: aws:new\/thing:Thing/,
    );
  });
});
