import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  readSpace,
  searchSpace,
  steps,
  type NumberRange,
} from "../../../commands/workload/search-space";
import { parameterRanges } from "../../../commands/workload/tuning-job";

const WORKLOAD = join(__dirname, "..", "..", "..", "workload");
const RATE = { name: "learning_rate", type: "float", low: 0.001, high: 0.3, log: true };

/** The search space of the checkout with other values. */
function changed(changes: object): object {
  const text = readFileSync(join(WORKLOAD, "search-space.json"), "utf8");
  return { ...(JSON.parse(text) as object), ...changes };
}

function problem(changes: object): string {
  const read = readSpace(changed(changes));
  return "problem" in read ? read.problem : "";
}

const ofRate = (changes: object): string => problem({ parameters: [{ ...RATE, ...changes }] });

describe("the search space", () => {
  it("is that of the file, with parameters and a metric that the program has", () => {
    const read = searchSpace();
    assert.ok("ok" in read, "problem" in read ? read.problem : "");
    const program = readFileSync(join(WORKLOAD, "train.py"), "utf8");
    const { objective, parameters } = read.ok;
    assert.ok(program.includes(`print(f"${objective.name}={`));
    for (const { name, type } of parameters) {
      assert.match(program, new RegExp(`^    ${name}: ${type} = `, "m"));
    }
  });

  it("is refused with a line for each fault, which says what is allowed", () => {
    const all = problem({
      objective: { name: "loss", direction: "up" },
      trials: 0,
      parallel: 5,
      seed: -1,
      parameters: [],
    });
    assert.deepEqual(all.split("\n"), [
      'workload/search-space.json: objective.name must be accuracy; got "loss"',
      'workload/search-space.json: objective.direction must be maximize or minimize; got "up"',
      "workload/search-space.json: trials must be a whole number from 1 to 100; got 0",
      "workload/search-space.json: parallel must be a whole number from 1 to 4; got 5",
      "workload/search-space.json: seed must be a whole number from 0 to 2147483647; got -1",
      "workload/search-space.json: parameters must be a list of at least one; got []",
    ]);
    assert.match(problem({ seed: undefined }), /seed must be .*; got nothing/);
    const read = readSpace("text");
    assert.equal("problem" in read && read.problem.split("\n").length, 6);
  });

  for (const [what, changes, expected] of [
    ["a parameter that the program lacks", { name: "momentum" }, /name must be learning_rate, /],
    ["another type", { type: "int", low: 1, high: 2 }, /type must be categorical or float/],
    ["low and high the wrong way", { low: 1, high: 0.5 }, /a range with low below high/],
    ["low and high the same", { low: 1, high: 1 }, /a range with low below high/],
    ["a text as a number", { low: "0.1" }, /a range with low below high/],
    ["a logarithm from zero on", { low: 0 }, /low must be above 0 where log is true; got 0/],
    ["a logarithm with a step", { step: 0.1 }, /step must be above 0, and absent where log/],
    ["a step of zero", { log: false, step: 0 }, /step must be above 0/],
    [
      "too many steps",
      { log: false, step: 0.001 },
      /step must be one that makes at most 30 values/,
    ],
    ["log that is a text", { log: "yes" }, /log must be true or false/],
    [
      "a choice of nothing",
      { type: "categorical", values: [] },
      /values must be a list of 1 to 30/,
    ],
    ["a choice of lists", { type: "categorical", values: [[1]] }, /values must be a list/],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.match(ofRate(changes), expected);
    });
  }

  it("refuses half a depth, and the same parameter twice", () => {
    const depth = { name: "max_depth", type: "int", low: 2.5, high: 8 };
    assert.match(problem({ parameters: [depth] }), /low below high, both whole/);
    assert.match(problem({ parameters: [RATE, RATE] }), /\[1\]\.name must be a name that no other/);
  });

  it("takes a step, a choice, and the ends of each number", () => {
    for (const changes of [
      { trials: 1, parallel: 1, seed: 0 },
      { trials: 100, parallel: 4, seed: 2 ** 31 - 1 },
      { parameters: [{ name: "max_depth", type: "int", low: 1, high: 30, step: 1 }] },
      { parameters: [{ name: "subsample", type: "categorical", values: [0.5, 1] }] },
    ]) {
      assert.equal(problem(changes), "");
    }
  });
});

describe("a range with a step", () => {
  const range = (low: number, high: number, step: number): NumberRange => ({
    name: "subsample",
    type: "float",
    low,
    high,
    step,
  });

  it("has the values that decimal numbers have, and none above its end", () => {
    assert.deepEqual(steps(range(0.1, 0.3, 0.1)), [0.1, 0.2, 0.3]);
    assert.deepEqual(steps(range(2, 9, 3)), [2, 5, 8]);
  });

  it("is a choice of SageMaker, which has no steps", () => {
    assert.deepEqual(parameterRanges({ parameters: [range(0.5, 1, 0.25)] }), {
      ContinuousParameterRanges: [],
      IntegerParameterRanges: [],
      CategoricalParameterRanges: [{ Name: "subsample", Values: ["0.5", "0.75", "1"] }],
    });
  });
});
