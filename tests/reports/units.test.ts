import assert from "node:assert/strict";
import { unitMeaning } from "../../reports/units";
import { priceFile } from "../support/books";
import { run } from "../support/printed";

describe("the key to the units", () => {
  it("explains every unit of a price but the plain ones", () => {
    const units = new Set(Object.values(priceFile("eu-west-3").prices).map(({ unit }) => unit));
    assert.deepEqual([...units].filter((unit) => unitMeaning(unit) === undefined).sort(), [
      "GB",
      "hour",
      "user",
    ]);
    assert.equal(unitMeaning("GB-month"), "1 GB for a month of 730 hours");
    assert.equal(unitMeaning("LCU-hour"), "1 capacity unit of a load balancer for an hour");
    assert.equal(unitMeaning("1,000 requests"), "the price is for 1,000 requests together");
  });

  it("stands below a table of lines, with the units in it", async () => {
    const { out } = await run(["--stacks", "large"]);
    assert.match(
      out,
      /^Units\n {2}- 1,000 requests: .*\n {2}- GB-month: 1 GB for a month of 730 hours\n {2}- secret-month: 1 secret .*\n {2}- vCPU-hour: 1 vCPU for an hour\n\n/m,
    );
    assert.doesNotMatch((await run([])).out, /^Units$/m);
  });
});

describe("quantities of a stack's lines", () => {
  it("are hours of a month times the things that have them", async () => {
    const { out } = await run(["--stacks", "large"]);
    assert.match(out, /Control plane \(on-demand, Linux, +730 hours +0\.0752 +54\.90/);
    assert.match(out, /Instance \(on-demand, Linux, .* 2 × 730 hours +0\.0752 +109\.79/);
    assert.doesNotMatch(out, /1,460/);
  });
});
