import assert from "node:assert/strict";
import { exactCents } from "../../../cost/amount";
import { USD } from "../../../cost/currency";
import { estimate } from "../../../cost/estimate";
import { priceBook } from "../../../cost/price-book";
import type { DeclaredResource } from "../../../cost/rule";
import type { Usage } from "../../../cost/scenarios/usage";
import { declared, studio, TODAY, UNKNOWN } from "../../support/resources";

const paris = priceBook("eu-west-3", USD);

/** Cents a month by label. Undefined is an amount that depends on usage. */
function bill(resources: readonly DeclaredResource[], usage: Usage = {}): Record<string, number> {
  const { lines } = estimate(resources, { book: paris, usage, today: TODAY });
  return Object.fromEntries(lines.map((line) => [line.label, exactCents(line.amount) as number]));
}

describe("price of logs", () => {
  const inputs = { retentionInDays: 73, name: "/aws/eks/test/cluster" };
  const group = declared("aws:cloudwatch/logGroup:LogGroup", "logs", inputs);

  it("counts ingestion and storage beyond 5 GB", () => {
    assert.deepEqual(bill([group], { controlPlaneLogGb: 15 }), {
      "Logs written (beyond 5 GB free)": 599, // 10 × 0.5985 = 5.985
      "Logs kept for 73 days (uncompressed)": 76, // 10 × 73 ÷ (730 ÷ 24) = 24 GB × 0.0315 = 0.756
    });
    assert.deepEqual(Object.values(bill([group], { controlPlaneLogGb: 5 })), [0, 0]);
  });

  it("counts the logs of functions, databases and control planes separately", () => {
    const own = declared(group.type, "own", { retentionInDays: 73 });
    assert.deepEqual(
      Object.values(bill([own], { functionLogGb: 15, controlPlaneLogGb: 1 })),
      [76, 599],
    );
    const unknown = { retentionInDays: 73, name: UNKNOWN };
    const database = declared(group.type, "database", unknown, ["mlp:component:Database"]);
    assert.deepEqual(
      Object.values(
        bill([database], { databaseLogGb: 15, controlPlaneLogGb: 1, functionLogGb: 1 }),
      ),
      [76, 599],
    );
  });

  it("has the free 5 GB once for all logs of a stack, not for each kind", () => {
    const own = declared(group.type, "own", { retentionInDays: 73 });
    const usage = { controlPlaneLogGb: 15, functionLogGb: 3 };
    const sum = (resources: readonly DeclaredResource[], more: Usage = {}): number =>
      estimate(resources, { book: paris, usage: { ...usage, ...more }, today: TODAY }).totals.total
        .leastCents;
    // 3 + 15 − 5 = 13 GB: 13 × 0.5985 = 7.7805; 13 × 2.4 × 0.0315 = 0.9828
    assert.equal(sum([group, own]), 778 + 98);
    assert.equal(sum([own, group]), 778 + 98);
    // What the stack does not have takes nothing: 15 − 5 = 10 GB
    assert.equal(sum([group]), 599 + 76);
    // 15 − 5, and all of the 6: 0.5985 × 16
    assert.equal(sum([group, own], { functionLogGb: 6 }), 958 + 121);
  });

  it("depends on usage, and is refused without a retention", () => {
    assert.deepEqual(Object.values(bill([group])), [undefined, undefined]);
    const endless = declared("aws:cloudwatch/logGroup:LogGroup", "logs");
    assert.throws(() => bill([endless]), /retentionInDays is not declared/);
  });
});

describe("price of what people add to their notebooks", () => {
  const hub = declared("kubernetes:helm.sh/v3:Release", "eks-notebooks", {
    chart: "jupyterhub",
    values: { singleuser: { storage: { capacity: "10Gi" } } },
  });
  const other = declared("kubernetes:helm.sh/v3:Release", "eks-autoscaler", {
    chart: "autoscaler",
  });

  it("is the same on a cluster and in Studio, where the scenario has a number", () => {
    const usage = { notebookLogGb: 15, imageStorageGb: 20 };
    const lines = {
      "Notebook logs written (beyond 5 GB free)": 599, // 10 × 0.5985
      "Notebook logs kept for 30 days (uncompressed)": 31, // 10 × 30 ÷ (730 ÷ 24) × 0.0315 = 0.3107
      "Notebook images": 200, // 20 × 0.10
    };
    for (const resources of [[hub], studio("ml.t3.medium")]) {
      const found = bill(resources, usage);
      assert.deepEqual(
        Object.fromEntries(Object.keys(lines).map((label) => [label, found[label]])),
        lines,
      );
    }
    assert.deepEqual(bill([other], usage), {});
  });

  it("is in no bill without a number, since no role here sends logs and no stack has a registry", () => {
    for (const resources of [[hub], studio("ml.t3.medium")]) {
      assert.ok(Object.keys(bill(resources)).every((label) => !/logs|images/.test(label)));
    }
  });
});
