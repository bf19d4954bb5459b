import assert from "node:assert/strict";
import { defined } from "../../../settings/defined";
import { accepts, boolean, integer, mustBe, oneOf } from "../../../settings/schema/setting";

describe("a setting", () => {
  it("accepts a number or text as if it had been typed", () => {
    const count = integer("Nodes.", { min: 2, max: 50, unit: "instance", fallback: 3 });
    assert.deepEqual(
      [1, 2, 50, 51, 2.5, "3", "three"].map((value) => accepts(count, value)),
      [false, true, true, false, false, true, false],
    );
    assert.ok(accepts(oneOf("Size.", ["s", "m"]), "m") && !accepts(boolean("On.", true), "yes"));
  });

  it("names the unit of a quantity in the message that refuses a value", () => {
    const allowed = "a number";
    assert.equal(
      mustBe("disk", { allowed, unit: "GiB" }, "got x"),
      "disk must be a number (GiB); got x",
    );
    assert.equal(mustBe("disk", { allowed }, "got x"), "disk must be a number; got x");
  });

  it("without a default has no fallback at all", () => {
    assert.ok(!("fallback" in oneOf("Size.", ["s"])));
    assert.deepEqual(defined({ a: undefined, b: null, c: 0, d: "" }), { b: null, c: 0, d: "" });
  });
});
