import assert from "node:assert/strict";
import {
  bisect,
  breakEvens,
  rangeAround,
  type Candidate,
  type Stretch,
} from "../../../cost/compare/break-even";
import { sensitivity, type Sensitivity } from "../../../cost/compare/sensitivity";
import { readScenario, type Scenario } from "../../../cost/scenarios/scenario";

const scenario: Scenario = { ...readScenario("team"), daysPerMonth: 20 };

function candidate(stack: string, cents: Candidate["cents"]): Candidate {
  return { stack, target: "ec2", cents, ways: () => [] };
}

const flat = candidate("flat", () => 1000);
/** 200, and 10 for each hour a month. */
const rising = candidate("rising", ({ hoursPerDay, daysPerMonth }) => {
  return 200 + 10 * hoursPerDay * daysPerMonth;
});

describe("the hours around a scenario at which a stack stays the cheaper one", () => {
  const range = (hours: number, ...stretches: readonly [string | undefined, number, number][]) => {
    const found = stretches.map(([stack, fromHours, toHours]) => ({ stack, fromHours, toHours }));
    const { fromHours, toHours } = rangeAround(
      { stacks: ["a", "b"], stretches: found },
      "a",
      hours,
    );
    return [fromHours, toHours];
  };

  it("reach to where the other one is cheaper, across hours at which both cost the same", () => {
    assert.deepEqual(range(200, ["b", 0, 120], ["a", 120, 480]), [120, 480]);
    assert.deepEqual(
      range(50, ["a", 0, 60], [undefined, 60, 80], ["a", 80, 90], ["b", 90, 480]),
      [0, 90],
    );
  });

  it("are those of its own side where the scenario is at a break-even, or in its gap of a point", () => {
    assert.deepEqual(range(120, ["b", 0, 120], ["a", 120, 480]), [120, 480]);
    assert.deepEqual(range(120, ["b", 0, 119.98], ["a", 120.02, 480]), [120.02, 480]);
    assert.deepEqual(range(120, ["a", 0, 119.98], ["b", 120.02, 480]), [0, 119.98]);
    assert.deepEqual(range(120, ["b", 0, 480]), [120, 120]);
  });
});

describe("the break-even of two stacks", () => {
  const stretches = (one: Candidate, other: Candidate, days = 20): readonly Stretch[] =>
    breakEvens([one, other], { ...scenario, daysPerMonth: days })[0]!.stretches;

  it("is where their costs cross, among the hours of the scenario's days", () => {
    // 1000 = 200 + 10 h: h = 80, of 20 × 24 = 480
    const [below, above] = stretches(flat, rising);
    assert.deepEqual([below?.stack, above?.stack], ["rising", "flat"]);
    for (const hours of [below!.toHours, above!.fromHours]) {
      assert.ok(Math.abs(hours - 80) < 1e-6);
    }
    assert.deepEqual([below!.fromHours, above!.toHours], [0, 480]);
    // Three days have 72 hours.
    assert.deepEqual(stretches(flat, rising, 3), [{ stack: "rising", fromHours: 0, toHours: 72 }]);
  });

  it("may be crossed more than once, or not at all", () => {
    // Dearer between 100 and 200 hours only
    const bent = candidate(
      "bent",
      ({ hoursPerDay }) => 900 + (Math.abs(hoursPerDay - 7.5) < 2.5 ? 200 : 0),
    );
    assert.deepEqual(
      stretches(flat, bent).map(({ stack }) => stack),
      ["bent", "flat", "bent"],
    );
    assert.deepEqual(
      stretches(
        flat,
        candidate("same", () => 1000),
      ),
      [{ stack: undefined, fromHours: 0, toHours: 480 }],
    );
  });

  it("is hours at which both cost the same to the cent, though their lines are rounded", () => {
    const lines =
      (...rates: readonly number[]): Candidate["cents"] =>
      ({ hoursPerDay, daysPerMonth }) =>
        rates.reduce((all, rate) => all + Math.round(rate * hoursPerDay * daysPerMonth), 0);
    const many = candidate("many", (of) => 5000 + lines(1.7, 2.31, 0.49)(of));
    const one = candidate("one", lines(33.3));
    const [below, above, ...more] = stretches(many, one);
    assert.deepEqual([below?.stack, above?.stack, more], ["one", "many", []]);
    const at = { ...scenario, hoursPerDay: below!.toHours / 20 };
    assert.equal(many.cents(at), one.cents(at));
  });

  it("is found by halving, as the first place beyond", () => {
    const beyond = bisect(0, 10, (at) => at < Math.PI) - Math.PI;
    assert.ok(beyond >= 0 && beyond < 1e-8);
  });
});

describe("the sensitivity of the cheapest stack", () => {
  const of = (candidates: readonly Candidate[], field: string): Sensitivity =>
    sensitivity(candidates, scenario).find((one) => one.field === field)!;

  it("is the nearest value on each side beyond which another is the cheapest", () => {
    const [{ below, above, cheapest, now }] = [of([flat, rising], "hoursPerDay")];
    assert.deepEqual([cheapest, now, above], ["flat", 6, undefined]);
    assert.equal(below?.stack, "rising");
    assert.ok(Math.abs(below.at - 4) < 1e-6); // 80 hours on 20 days
    assert.deepEqual(of([flat, rising], "spreadHours"), {
      field: "spreadHours",
      now: 2,
      cheapest: "flat",
      from: 0,
      to: 23,
    });
  });

  it("names the last whole value of a whole field", () => {
    const nodes = candidate("nodes", ({ fewestNodes }) => 100 * fewestNodes);
    // 9 × 100 is less than 1,000, 10 × 100 as much, 11 × 100 more
    assert.deepEqual(of([nodes, flat], "fewestNodes").above, { at: 10, stack: "flat" });
  });

  it("is none where no stack holds the notebooks", () => {
    assert.deepEqual(sensitivity([candidate("none", () => Infinity)], scenario), []);
  });
});
