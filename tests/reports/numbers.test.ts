import assert from "node:assert/strict";
import {
  compact,
  counted,
  hourly,
  money,
  number,
  quantity,
  share,
  typeName,
  unitPrice,
  usd4,
} from "../../reports/numbers";

describe("formatting of numbers and units", () => {
  it("separates thousands and drops trailing zeros", () => {
    assert.deepEqual([0, 1234567, 0.5, 0.0000004].map(number), ["0", "1,234,567", "0.5", "0"]);
  });

  it("prints a unit price with all its digits", () => {
    assert.deepEqual([0.5, 0.00042, 0.0000133334, 12].map(unitPrice), [
      "0.50",
      "0.00042",
      "0.0000133334",
      "12.00",
    ]);
  });

  it("prints quantities in singular, plural and multiples", () => {
    assert.equal(quantity(1, "hour"), "1 hour");
    assert.equal(quantity(2190, "hour"), "2,190 hours");
    assert.equal(quantity(20, "GB-month"), "20 GB-months");
    assert.equal(quantity(100, "GB"), "100 GB");
    assert.equal(quantity(20, "1,000 requests"), "20 × 1,000 requests");
    assert.equal(counted(2, "query"), "2 queries");
    assert.equal(counted(21, "day"), "21 days");
    assert.equal(counted(3, "person"), "3 people");
    assert.equal(usd4(0.5), "0.5000");
  });

  it("prints an amount with what is not in it, and nothing unknown as 0", () => {
    const parts = { leastCents: 1250, atLeast: false, plusUsage: false };
    assert.equal(money(parts), "12.50");
    assert.equal(money({ ...parts, plusUsage: true }), "12.50 + usage");
    assert.equal(money({ ...parts, atLeast: true }), "at least 12.50");
    assert.equal(money({ ...parts, atLeast: true, plusUsage: true }), "at least 12.50 + usage");
    const none = { ...parts, leastCents: 0 };
    assert.equal(money(none), "0.00");
    assert.equal(money({ ...none, plusUsage: true }), "by usage");
    assert.equal(money({ ...none, atLeast: true }), "unknown");
    assert.equal(compact({ ...parts, plusUsage: true }), "12.50+");
    assert.equal(compact({ ...parts, atLeast: true, plusUsage: true }), "≥12.50+");
    assert.equal(compact({ ...none, plusUsage: true }), "by usage");
    assert.equal(compact({ ...none, atLeast: true }), "unknown");
    // Beside a total that says it, "+" is left out, but never "≥".
    assert.equal(share({ ...parts, plusUsage: true }), "12.50");
    assert.equal(share({ ...parts, atLeast: true, plusUsage: true }), "≥12.50");
    assert.equal(share({ ...none, plusUsage: true }), "by usage");
    assert.equal(hourly({ ...parts, atLeast: true }), "≥12.5000");
  });

  it("prints resource types without the module's file", () => {
    assert.equal(typeName("aws:ec2/instance:Instance"), "aws:ec2:Instance");
    assert.equal(typeName("mlp:component:Network"), "mlp:component:Network");
    assert.equal(typeName("pulumi:providers:aws"), "pulumi:providers:aws");
  });
});
