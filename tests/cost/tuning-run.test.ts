import assert from "node:assert/strict";
import { USD } from "../../cost/currency";
import { priceBook } from "../../cost/price-book";
import { bestOf, priced, tuningCost, type Trial, type TuningRun } from "../../cost/tuning-run";

const PARIS = priceBook("eu-west-3", USD);
const SHARE = { kind: "share", instanceType: "m5.xlarge", vcpus: 0.333, gib: 1365 / 1024 } as const;
const INSTANCE = { kind: "instance", instanceType: "ml.m5.xlarge" } as const;

const trial = (number: number, value: number | null, seconds: number | null): Trial => ({
  number,
  value,
  seconds,
  state: value === null ? "fail" : "complete",
  parameters: { max_depth: number },
});
const TRIALS = [trial(0, 0.9, 100), trial(1, null, 50), trial(2, 0.95, 200), trial(3, null, null)];

const round = (value: number | null | undefined): number | undefined =>
  value === null || value === undefined ? undefined : Number(value.toFixed(6));

describe("the price of a tuning", () => {
  const tuning = (changes: Partial<TuningRun>) => ({
    machine: SHARE,
    target: "eks" as const,
    billedSeconds: 600,
    seconds: { total: 240 },
    trials: priced(TRIALS, { machine: SHARE, target: "eks" }, PARIS),
    ...changes,
  });

  it("is that of the shares of its workers on a cluster, which the stack's is without", () => {
    const cost = tuningCost(tuning({}), 0.5, PARIS);
    assert.ok("ok" in cost);
    // 1,365 of 16,384 MiB, more than 0.333 of 4 vCPU, at 0.224 an hour for 600 s.
    assert.equal(round(cost.ok.marginal), round((1365 / 16_384) * 0.224 * (600 / 3600)));
    assert.equal(round(cost.ok.marginal), 0.00311);
    // Of four trials two have a result.
    assert.equal(round(cost.ok.perTrial), 0.001555);
    assert.equal(round(cost.ok.fixed), 0.030223); // 0.5 * 240 / 3600 - 0.00311
  });

  it("is that of all instance seconds on SageMaker, beside the stack's", () => {
    const machine = INSTANCE;
    const cost = tuningCost(tuning({ machine, target: "sagemaker" }), 0.5, PARIS);
    assert.ok("ok" in cost);
    assert.equal(round(cost.ok.marginal), 0.044833); // 0.269 * 600 / 3600
    assert.equal(round(cost.ok.perTrial), 0.022417);
    assert.equal(round(cost.ok.fixed), 0.033333);
  });

  it("is for each trial that of its own seconds, also where it has failed", () => {
    const each = priced(TRIALS, { machine: INSTANCE, target: "sagemaker" }, PARIS);
    assert.deepEqual(
      each.map(({ usd }) => round(usd)),
      [0.007472, 0.003736, 0.014944, undefined], // 0.269 * 100, 50, 200 / 3600
    );
  });

  it("is none for a trial where none has a result, and none on a machine without a price", () => {
    const failed = tuningCost(tuning({ trials: [] }), 0.5, PARIS);
    assert.ok("ok" in failed && failed.ok.perTrial === null);
    const unknown = { ...INSTANCE, instanceType: "ml.none.large" };
    const cost = tuningCost(tuning({ machine: unknown, target: "sagemaker" }), 0.5, PARIS);
    assert.ok("problem" in cost);
    const [one] = priced(TRIALS, { machine: unknown, target: "sagemaker" }, PARIS);
    assert.equal(one?.usd, null);
  });
});

describe("the best trial", () => {
  it("has the largest or the smallest value, and is the first of equal ones", () => {
    assert.equal(bestOf(TRIALS, "maximize")?.number, 2);
    assert.equal(bestOf(TRIALS, "minimize")?.number, 0);
    const equal = [trial(4, 0.5, 1), trial(5, 0.5, 1)];
    assert.equal(bestOf(equal, "maximize")?.number, 4);
  });

  it("is none where no trial is complete", () => {
    const running = { ...trial(0, 0.9, null), state: "running" };
    assert.equal(bestOf([running, trial(1, null, 1)], "minimize"), undefined);
  });
});
