import assert from "node:assert/strict";
import { breakEvenMap, type MapStretch } from "../../../cost/compare/break-even-map";
import type { Candidate } from "../../../cost/compare/break-even";
import { USD } from "../../../cost/currency";
import { readScenario } from "../../../cost/scenarios/scenario";
import { cheapest, shipped } from "../../support/shipped";

const team = readScenario("team");

describe("the break-even map", () => {
  it("agrees with a whole comparison at each of some points", async () => {
    // Public addresses of workers are a part of what more nodes cost.
    const settings = { ec2: { "network.nat": "none" } };
    const { candidates } = await shipped(team, settings);
    const { columns } = breakEvenMap(candidates, team);
    for (const [people, hoursPerDay] of [
      [1, 24],
      [33, 0.375],
      [60, 9],
    ] as const) {
      const there = { ...team, people, hoursPerDay };
      const whole = await shipped(there, settings);
      for (const { stack, cents } of candidates) {
        const where = `${stack} with ${people} people, ${hoursPerDay} hours`;
        assert.equal(cents(there), cheapest(whole, stack), where);
      }
      const column = columns.find((one) => one.people === people);
      const found = column?.stretches.find(({ toHours }) => toHours >= hoursPerDay);
      assert.equal(found?.stack, whole.services[0]?.stack);
    }
  });

  it("prices Studio that no stack has with the disks of more people", async () => {
    const { candidates } = await shipped(team, {}, USD, ["ec2", "eks"]);
    const there = { ...team, people: 30 };
    const whole = await shipped(there, {}, USD, ["ec2", "eks"]);
    const studio = candidates.find(({ stack }) => stack === "Studio");
    assert.equal(studio?.cents(there), cheapest(whole, "Studio"));
  });

  it("has at least 60 × 60 points of which each column is covered whole", async () => {
    const { candidates } = await shipped(team);
    const { columns, hoursStep } = breakEvenMap(candidates, team);
    assert.ok(columns.length >= 60 && 24 / hoursStep >= 60);
    for (const { stretches } of columns) {
      const ends = stretches.map(({ toHours }) => toHours);
      const starts = stretches.map(({ fromHours }) => fromHours);
      assert.deepEqual(starts, [0, ...ends.slice(0, -1)]);
      assert.equal(ends.at(-1), 24);
    }
  });

  it("has the scenario's people at a column, and nothing where no stack holds the notebooks", () => {
    const few: Candidate = {
      stack: "few",
      target: "eks",
      cents: ({ people }) => (people > 500 ? Infinity : 1),
      ways: () => [],
    };
    const { columns, peopleStep } = breakEvenMap([few], { ...team, people: 333 });
    assert.ok(columns.some(({ people }) => people === 333));
    assert.equal(columns[1]!.people - columns[0]!.people, peopleStep);
    const stretch = ({ people }: { readonly people: number }): MapStretch | undefined =>
      columns.find((one) => one.people >= people)?.stretches[0];
    assert.deepEqual(
      [stretch({ people: 480 })?.target, stretch({ people: 520 })?.target],
      ["eks", undefined],
    );
  });
});
