import assert from "node:assert/strict";
import { SettingsError } from "../../../settings/contract";
import { FakeCluster, RunFixture, TRIALS } from "./run-fixture";

describe("npm run tune", () => {
  let fixture: RunFixture;

  beforeEach(() => {
    fixture = new RunFixture();
  });

  it("tunes on all stacks, prints the best trial of each with its price, and keeps the results", async () => {
    const { status, out, err } = await fixture.tune(["--stacks", "ec2,sagemaker"]);
    assert.equal(status, 0, err);
    const [ec2] = fixture.tunings.filter(({ stack }) => stack === "ec2");
    // Three workers have a node from second 2, 3, 4 to second 62, 72, 82.
    assert.equal(ec2?.billedSeconds, 60 + 69 + 78);
    assert.deepEqual(ec2.seconds, { total: 82 });
    assert.deepEqual([ec2.wanted, ec2.parallel, ec2.best?.number], [24, 3, 2]);
    // The same share for 10, 4, 20 and 30 s.
    assert.deepEqual(
      ec2.trials.map(({ usd }) => usd?.toFixed(6)),
      ["0.000156", "0.000062", "0.000311", "0.000467"],
    );
    assert.deepEqual(
      ec2.trials.map(({ value }) => value),
      TRIALS.map(({ value }) => value),
    );
    const [studio] = fixture.tunings.filter(({ stack }) => stack === "sagemaker");
    assert.deepEqual(
      studio?.trials.map(({ state, value, seconds }) => [state, value, seconds]),
      [
        ["complete", 0.95, 200],
        ["complete", 0.98, 200],
        ["failed", null, 200],
      ],
    );
    assert.deepEqual(studio.best?.parameters, {
      learning_rate: 0.123456,
      max_depth: 3,
      subsample: 0.75,
    });
    assert.equal(studio.billedSeconds, 600);
    // A quarter of the memory of m5.xlarge at 0.224 an hour for 207 s; a third of that for a trial; the stack at 0.40
    // an hour for 82 s, less the first.
    assert.match(
      out,
      /^ec2 +\w{6} +3 of 24 +0\.9700 +0\.3 +3 +0\.5 +82\.0 +0\.0011 +0\.0032 +0\.0059$/m,
    );
    // ml.m5.xlarge at 0.269 an hour for 600 s; half of that for a trial; the stack for 640 s.
    assert.match(
      out,
      /^sagemaker +\w{6} +2 of 24 +0\.9800 +0\.1235 +3 +0\.75 +640\.0 +0\.0224 +0\.0448 +0\.0711$/m,
    );
    assert.match(err, /^ec2: tuning: 10 of 24 trials, best accuracy 0\.97$/m);
    assert.match(err, /^sagemaker: tuning: 3 of 24 trials, best accuracy 0\.9800$/m);
    assert.deepEqual(fixture.closed.toSorted(), ["ec2", "sagemaker"]);
  });

  it("asks every platform for the same space, with the numbers of the command line", async () => {
    const numbers = ["--trials", "5", "--parallel", "2", "--size", "medium"];
    await fixture.tune(["--stacks", "eks,sagemaker", ...numbers]);
    const [[name, { manifest }] = ["", {} as never]] = fixture.clusters["eks"]?.jobs ?? [];
    const run = name.replace("tuning-", "");
    assert.match(run, /^\w{6}$/);
    const { spec, metadata } = manifest;
    assert.deepEqual([spec.completions, spec.parallelism], [2, 2]);
    assert.equal(metadata.labels["ml-platform/run"], run);
    const [, , , size, , space = ""] = spec.template.spec.containers[0]?.args ?? [];
    assert.equal(size, "medium");
    const { trials, parallel, parameters } = JSON.parse(space) as Record<string, object[]>;
    assert.deepEqual([trials, parallel, parameters?.length], [5, 2, 3]);
    const [request] = fixture.training.created as {
      HyperParameterTuningJobName: string;
      HyperParameterTuningJobConfig: { ResourceLimits: object };
      TrainingJobDefinition: { StaticHyperParameters: object };
    }[];
    assert.match(
      request?.HyperParameterTuningJobName ?? "",
      /^ml-platform-0123abcd-\d[a-z0-9]{4}\w{6}$/,
    );
    assert.deepEqual(request?.HyperParameterTuningJobConfig.ResourceLimits, {
      MaxNumberOfTrainingJobs: 5,
      MaxParallelTrainingJobs: 2,
      MaxRuntimeInSeconds: 7200,
    });
    assert.deepEqual(request.TrainingJobDefinition.StaticHyperParameters, { size: '"medium"' });
  });

  it("starts no more workers than there are trials", async () => {
    await fixture.tune(["--stacks", "ec2", "--trials", "1"]);
    const [{ manifest }] = [...(fixture.clusters["ec2"]?.jobs.values() ?? [])] as [never];
    assert.equal((manifest as { spec: { parallelism: number } }).spec.parallelism, 1);
  });

  it("shows the log of a failure, goes on elsewhere, and ends with 1", async () => {
    fixture.clusters["ec2"] = new FakeCluster({ fails: true });
    const { status, out } = await fixture.tune(["--stacks", "ec2,eks"]);
    assert.equal(status, 1);
    assert.match(out, /Run \w+ on stack ec2: BackoffLimitExceeded: it has failed/);
    assert.match(out, /KeyError: 'BUCKET'/);
    assert.deepEqual(
      fixture.tunings.map(({ stack }) => stack),
      ["eks"],
    );
    fixture.training.fate.fails = true;
    const studio = await fixture.tune(["--stack", "sagemaker"]);
    assert.match(studio.out, /on stack sagemaker: No training job has a metric/);
  });

  it("stops what it has started when it is told to", async () => {
    const hanging = new FakeCluster({ hangs: true });
    fixture.clusters["ec2"] = hanging;
    fixture.training.fate.hangs = true;
    const seen = new Set<string>();
    fixture.onProgress = (text) => {
      seen.add(text.split(":")[0] ?? "");
      if (seen.size === 2) {
        fixture.stop.abort();
      }
    };
    const { status, out } = await fixture.tune(["--stacks", "ec2,sagemaker"]);
    assert.equal(status, 130);
    assert.deepEqual(hanging.deleted, [...hanging.jobs.keys()]);
    // The tuning job alone: SageMaker stops its training jobs with it, and no others are started.
    assert.match(fixture.training.stopped.join(), /^ml-platform-0123abcd-\d\w{10}$/);
    assert.match(out, /on stack ec2: stopped/);
    assert.deepEqual(fixture.tunings, []);
  });

  it("says when a tuning is done and its trials cannot be read", async () => {
    const broken = () => Promise.reject(new Error("NoSuchKey"));
    const { status, out } = await fixture.tune(["--stack", "ec2"], {
      ready: async ({ stack }) => {
        const ready = fixture.ready(stack);
        return Promise.resolve({ ok: { ...ready, tuner: { ...ready.tuner, trials: broken } } });
      },
    });
    assert.equal(status, 1);
    assert.match(
      out,
      /the run finished, but its trials cannot be read or its result cannot be saved: NoSuchKey/,
    );
  });

  it("prints JSON with tunings and failures, and nothing else", async () => {
    fixture.clusters["ec2"] = new FakeCluster({ fails: true });
    const { out } = await fixture.tune(["--stacks", "ec2,eks", "--json"]);
    const { version, tunings, failed } = JSON.parse(out) as Record<string, { stack: string }[]>;
    assert.equal(version, 1);
    assert.deepEqual(tunings, fixture.tunings);
    assert.deepEqual(
      failed?.map(({ stack }) => stack),
      ["ec2"],
    );
  });

  it("says everything that is wrong at once, and starts nothing", async () => {
    const wrong = ["--size", "huge", "--trials", "101", "--parallel", "5"];
    const { status, err } = await fixture.tune(wrong);
    assert.equal(status, 2);
    assert.match(err, /--stacks[^]*--size[^]*--trials[^]*to 100; got "101"[^]*--parallel.*to 4/);
    const refused = await fixture.tune(["--stack", "eks"], {
      ready: () => Promise.reject(new SettingsError("the outputs of eks cannot be read")),
    });
    assert.equal(refused.status, 2);
    assert.deepEqual(fixture.clusters, {});
  });

  it("accepts 1 to 100 trials, 1 to 4 at the same time", async () => {
    for (const [option, value, status] of [
      ["--trials", "0", 2],
      ["--trials", "1", 0],
      ["--trials", "100", 0],
      ["--parallel", "0", 2],
      ["--parallel", "4", 0],
      ["--parallel", "1.5", 2],
    ] as const) {
      const { status: ended } = await fixture.tune(["--stack", "ec2", option, value]);
      assert.equal(ended, status, `${option} ${value}`);
    }
  });

  it("explains itself", async () => {
    const { status, out } = await fixture.tune(["--help"]);
    assert.equal(status, 0);
    assert.match(out, /^Usage: npm run tune -- --stacks a,b/);
  });
});
