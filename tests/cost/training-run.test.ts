import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  marginalCost,
  median,
  runCost,
  RUN_SIZES,
  summaries,
  TRAINING_SECONDS,
  type TrainingRun,
} from "../../cost/training-run";
import { bookOnlyWith } from "../support/books";

const BOOK = bookOnlyWith({
  // 4 vCPUs and 16 GiB.
  "ec2.m5.xlarge.hour": 0.24,
  "sagemaker.ml.m5.xlarge.training.hour": 0.3,
  "sagemaker.ml.m5.xlarge.studio.hour": 0.4,
});
const SECONDS = { queue: 2, start: 28, data: 1, training: 57, database: 2, total: 90 };

describe("dollars of a training run", () => {
  const pod = (vcpus: number, gib: number) =>
    ({ kind: "share", instanceType: "m5.xlarge", vcpus, gib }) as const;
  const instance = { kind: "instance", instanceType: "ml.m5.xlarge" } as const;

  for (const target of ["ec2", "eks"] as const) {
    it(`are on ${target} the larger share of a node, which the stack's hour has already`, () => {
      // Half of the CPU, a quarter of the memory: 0.5 × 0.24 × 60 / 3600.
      assert.deepEqual(marginalCost(pod(2, 4), 60, target, BOOK), { ok: 0.002 });
      // A quarter and three quarters: 0.75 × 0.24 × 60 / 3600.
      assert.deepEqual(marginalCost(pod(1, 12), 60, target, BOOK), { ok: 0.003 });
      const run = { machine: pod(2, 4), billedSeconds: 60, seconds: SECONDS, target };
      // The stack for 90 s at 0.40 an hour is 0.01, of which 0.002 are the run's.
      assert.deepEqual(runCost(run, 0.4, BOOK), { ok: { marginal: 0.002, fixed: 0.008 } });
      // A node that the stack's state does not have yet: never less than nothing.
      assert.deepEqual(runCost(run, 0, BOOK), { ok: { marginal: 0.002, fixed: 0 } });
    });
  }

  it("are on sagemaker the seconds that AWS bills, beside the stack's", () => {
    const target = "sagemaker";
    const run = { machine: instance, billedSeconds: 72, seconds: SECONDS, target } as const;
    // 0.30 × 72 / 3600 = 0.006; 0.40 × 90 / 3600 = 0.01.
    assert.deepEqual(runCost(run, 0.4, BOOK), { ok: { marginal: 0.006, fixed: 0.01 } });
    // Where a region has no price of training on record, that of Studio.
    const other = bookOnlyWith({ "sagemaker.ml.m5.xlarge.studio.hour": 0.4 });
    assert.deepEqual(marginalCost(instance, 72, target, other), { ok: 0.008 });
  });

  it("are unknown for a machine without a price, and never 0", () => {
    const unknown = { ...pod(1, 1), instanceType: "unknown" };
    assert.match(
      JSON.stringify(marginalCost(unknown, 60, "ec2", BOOK)),
      /"unknown has no price in/,
    );
    assert.match(
      JSON.stringify(marginalCost(instance, 60, "sagemaker", bookOnlyWith({}))),
      /ml\.m5\.xlarge has no price in eu-west-3/,
    );
    assert.ok("problem" in marginalCost(pod(1, NaN), 60, "ec2", BOOK));
    // A price, but no size to take a share of.
    const odd = { ...pod(1, 1), instanceType: "x9.large" };
    const book = bookOnlyWith({ "ec2.x9.large.hour": 1 });
    assert.ok("problem" in marginalCost(odd, 60, "eks", book));
  });

  it("are summed up by stack and size, as medians, with the estimate beside them", () => {
    const run = (changes: Partial<TrainingRun>): TrainingRun => ({
      run: "a-1",
      stack: "ec2",
      target: "ec2",
      person: "ada",
      size: "small",
      asked: "2026-11-20T00:00:00Z",
      seconds: SECONDS,
      accuracy: 0.9,
      machine: pod(2, 4),
      billedSeconds: 60,
      usd: { marginal: 0.002, fixed: 0.008 },
      ...changes,
    });
    const found = summaries(
      [
        run({ size: "medium", usd: null }),
        run({}),
        run({ seconds: { ...SECONDS, queue: 30 }, usd: { marginal: 0.004, fixed: 0.002 } }),
        run({ seconds: { ...SECONDS, queue: 4 }, usd: null }),
        run({ stack: "other" }),
      ],
      BOOK,
    );
    assert.deepEqual(
      found.map(({ stack, size, runs }) => [stack, size, runs]),
      [
        ["ec2", "small", 3],
        ["other", "small", 1],
        ["ec2", "medium", 1],
      ],
    );
    const [small, , medium] = found;
    assert.equal(small?.seconds.queue, 4);
    // Of the two runs with a price: the mean of both.
    assert.equal(small.usd?.marginal, 0.003);
    assert.equal(small.usd.fixed, 0.005);
    // 10 seconds on half a node: 0.5 × 0.24 × 10 / 3600.
    assert.ok(Math.abs((small.predictedUsd ?? 0) - 0.12 / 360) < 1e-12);
    assert.equal(medium?.usd, null);
  });

  it("have a median of any number of values", () => {
    assert.equal(median([]), undefined);
    assert.equal(median([3]), 3);
    assert.equal(median([5, 1, 3]), 3);
    assert.equal(median([4, 1, 3, 10]), 3.5);
  });

  it("know the sizes of the program, and no other", () => {
    const program = readFileSync(join(__dirname, "..", "..", "workload", "train.py"), "utf8");
    const [, sizes = ""] = /^SIZES = \{(.*)\}$/m.exec(program) ?? [];
    assert.deepEqual(
      [...sizes.matchAll(/"(\w+)":/g)].map(([, name]) => name),
      [...RUN_SIZES],
    );
    const said = /about (\d+) seconds, (\d+) minute, (\d+) minutes/.exec(program) ?? [];
    assert.deepEqual(
      [Number(said[1]), Number(said[2]) * 60, Number(said[3]) * 60],
      RUN_SIZES.map((size) => TRAINING_SECONDS[size]),
    );
  });
});
