import assert from "node:assert/strict";
import { notedTotals, NOTES, pricedNotes } from "../../examples/first-estimate/calculator-estimate";
import { CostError } from "../../cost/cost-error";
import { bookOf, priceBook } from "../../cost/price-book";

const notes = pricedNotes();

describe("the first notes", () => {
  it("are reproduced to the cent by formulas over unit prices", () => {
    assert.deepEqual(
      notes.map(({ notedCents }) => notedCents),
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
      notes.map(({ notedCents }) => notedCents),
      NOTES.map(({ notedCents }) => notedCents),
    );
  });

  it("become these sums when all platforms are measured alike", () => {
    assert.deepEqual(
      notes.map(({ alikeCents }) => alikeCents),
      [
        38845, // 3 × 0.1504 × 730 = 329.376, 150 × 0.0928 = 13.92, NAT 36.50 + 5.00, address 3.65
        46145, // the same and 73.00
        481767, // 3,630.00 + 1,500 × 0.242 = 363.00 + 6,000 × 0.12992 = 779.52 + 45.15
        1212, // 12.00 + 0.106 → 0.11 + 0.0084 → 0.01
        15928, // 133.00 + 730 × 0.036 = 26.28
        21425, // 10,000 × 0.02 + 14.25
      ],
    );
  });

  it("sum up: every correction to the cent of its terms", () => {
    for (const { alike, alikeCents } of notes) {
      assert.equal(
        alike.reduce((sum, { monthCents }) => sum + monthCents, 0),
        alikeCents,
      );
    }
    const totals = notedTotals(notes);
    // 12.42 + 133.00 + 514.25 = 659.67 with each platform
    assert.deepEqual(
      totals.map(({ notedCents }) => notedCents),
      [86750, 87867, 428967],
    );
    // 12.12 + 159.28 + 214.25 = 385.65
    assert.deepEqual(
      totals.map(({ alikeCents }) => alikeCents),
      [77410, 84710, 520332],
    );
  });

  it("say where a price comes from that no list has, and why terms are guesses", () => {
    const odd = NOTES.flatMap(({ noted }) => noted).filter(({ price }) => "usd" in price);
    assert.equal(odd.length, 1);
    assert.ok(odd.every(({ doubt }) => doubt !== undefined));
    // What is corrected stands on the price list alone.
    assert.ok(NOTES.flatMap(({ alike }) => alike).every(({ price }) => "key" in price));
  });

  it("are refused without a price, and follow a price that changes", () => {
    const book = priceBook("eu-west-3");
    const empty = bookOf({ region: "x", asOf: "", currency: "USD", sources: {}, prices: {} });
    assert.throws(() => pricedNotes(empty), CostError);
    const dearer = pricedNotes({
      ...book,
      price: (key) =>
        key === "eks.cluster.hour" ? { ...book.price(key), usd: 0.2 } : book.price(key),
    });
    assert.equal(dearer[1]!.notedCents, 43800);
    assert.equal(dearer[1]!.alikeCents, 46145 + 7300);
  });
});
