import assert from "node:assert/strict";
import { age, counted, number, usd4, quantity, typeName, unitPrice } from "../../reports/numbers";

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

  it("prints the age of a source, counting a bare year from January", () => {
    assert.equal(age("2026-11-22", "2026-11-23"), "this month");
    assert.equal(age("2026-10-30", "2026-11-01"), "1 month old");
    assert.equal(age("2025", "2026-11-23"), "22 months old");
    assert.equal(age("2024-11", "2026-11-23"), "2 years old");
    assert.equal(age("2021-03-30", "2026-11-23"), "5 years old");
  });

  it("prints resource types without the module's file", () => {
    assert.equal(typeName("aws:ec2/instance:Instance"), "aws:ec2:Instance");
    assert.equal(typeName("mlp:component:Network"), "mlp:component:Network");
    assert.equal(typeName("pulumi:providers:aws"), "pulumi:providers:aws");
  });
});
