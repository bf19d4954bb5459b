import assert from "node:assert/strict";
import {
  FIGURES,
  platformTotals,
  pricedFigures,
} from "../../examples/first-estimate/calculator-estimate";
import { firstEstimate } from "../../examples/first-estimate/report";
import { CostError } from "../../cost/cost-error";
import { bookWith, EMPTY_BOOK } from "../support/books";

const figures = pricedFigures();

describe("the figures of the first estimate", () => {
  it("are reproduced to the cent from unit prices", () => {
    assert.deepEqual(
      figures.map(({ quotedCents }) => quotedCents),
      [
        20783, // 3 × 0.0949 × 730 = 207.831
        21900, // 3 × 0.10 × 730
        363000, // 100 × 3 × 10 × 5 × 0.242
        1242, // 500 × 0.024 + 20 × 0.0053 + 20 × 0.00042 + 100 × 0.0008 + 100 × 0.00225 = 12.4194
        13300, // 500 × 0.266
        51425, // 10,000 × 0.05 + 950 × 0.015
      ],
    );
    assert.deepEqual(
      figures.map(({ quotedCents }) => quotedCents),
      FIGURES.map(({ quotedCents }) => quotedCents),
    );
  });

  it("become these sums when recalculated on equal terms", () => {
    assert.deepEqual(
      figures.map(({ likeForLikeCents }) => likeForLikeCents),
      [
        38845, // 3 × 0.1504 × 730 = 329.376, 150 × 0.0928 = 13.92, NAT 36.50 + 5.00, address 3.65
        46145, // the same and 73.00
        481767, // 3,630.00 + 1,500 × 0.242 = 363.00 + 6,000 × 0.12992 = 779.52 + 45.15
        1212, // 12.00 + 0.106 → 0.11 + 0.0084 → 0.01
        15928, // 133.00 + 730 × 0.036 = 26.28
        19425, // 9,000 × 0.02 + 950 × 0.015: each user once
      ],
    );
  });

  it("add up: every recalculated figure is the sum of its terms", () => {
    for (const { likeForLike, likeForLikeCents } of figures) {
      assert.equal(
        likeForLike.reduce((sum, { monthCents }) => sum + monthCents, 0),
        likeForLikeCents,
      );
    }
    const totals = platformTotals(figures);
    // 12.42 + 133.00 + 514.25 = 659.67 with each platform
    assert.deepEqual(
      totals.map(({ quotedCents }) => quotedCents),
      [86750, 87867, 428967],
    );
    // 12.12 + 159.28 + 194.25 = 365.65
    assert.deepEqual(
      totals.map(({ likeForLikeCents }) => likeForLikeCents),
      [75410, 82710, 518332],
    );
  });

  it("explain the machines by a year's reservation, without a guess", () => {
    const [machines] = FIGURES[0]!.quoted;
    assert.equal(machines!.price.key, "ec2.t4g.xlarge.reserved1yNoUpfront.hour");
    assert.equal(machines!.doubt, undefined);
  });

  it("are refused without a price, and follow price changes", () => {
    assert.throws(() => pricedFigures(EMPTY_BOOK), CostError);
    const dearer = pricedFigures(bookWith({ "eks.cluster.hour": { usd: 0.2, unit: "hour" } }));
    assert.equal(dearer[1]!.quotedCents, 43800);
    assert.equal(dearer[1]!.likeForLikeCents, 46145 + 7300);
  });

  it("are in JSON and in comma-separated values with the names that programs know", () => {
    const { json, csv } = firstEstimate();
    assert.deepEqual(Object.keys(json.notes[0]!), [
      "title",
      "why",
      "notedCents",
      "alikeCents",
      "noted",
      "alike",
    ]);
    assert.deepEqual(Object.keys(json.notedTotals[0]!), ["platform", "notedCents", "alikeCents"]);
    const cents = (view: string): number =>
      csv
        .filter((row) => row.view === view)
        .reduce((sum, { amount }) => sum + Math.round(Number(amount) * 100), 0);
    assert.deepEqual([...new Set(csv.map(({ view }) => view))].sort(), ["like for like", "noted"]);
    assert.equal(
      cents("like for like"),
      figures.reduce((sum, { likeForLikeCents }) => sum + likeForLikeCents, 0),
    );
  });
});
