import assert from "node:assert/strict";
import { SettingsError } from "../../../settings/contract";
import { assertSchema } from "../../support/schema";
import { FakeCluster, RunFixture } from "./run-fixture";

describe("npm run workload", () => {
  let fixture: RunFixture;

  beforeEach(() => {
    fixture = new RunFixture();
  });

  it("measures runs on all stacks and keeps the results", async () => {
    const { status, out, err } = await fixture.run(["--stacks", "ec2,sagemaker", "--runs", "2"]);
    assert.equal(status, 0, err);
    assert.equal(fixture.saved.length, 4);
    const [ec2] = fixture.saved.filter(({ stack }) => stack === "ec2");
    assert.deepEqual(ec2?.seconds, {
      queue: 2,
      start: 30,
      data: 1,
      training: 12.5,
      database: 0.5,
      total: 62,
    });
    assert.deepEqual(ec2.machine, {
      kind: "share",
      instanceType: "m5.xlarge",
      vcpus: 0.5,
      gib: 4,
    });
    assert.equal(ec2.billedSeconds, 60);
    const [studio] = fixture.saved.filter(({ stack }) => stack === "sagemaker");
    assert.deepEqual(
      [studio?.seconds.queue, studio?.seconds.start, studio?.billedSeconds],
      [40, 80, 100],
    );
    // A quarter of the memory of m5.xlarge at 0.224 an hour for 60 s; the stack at 0.40 for 62 s, less that.
    assert.match(
      out,
      /^ec2 +\w+-1 +2\.0 +30\.0 +1\.0 +12\.5 +0\.5 +62\.0 +0\.970 +0\.0009 +0\.0060$/m,
    );
    assert.match(out, /^sagemaker +\w+-2 /m);
    // Once, however often it is looked at.
    assert.equal(err.match(/^ec2 2 of 2: training: 50%$/gm)?.length, 1);
    assert.match(err, /^sagemaker 1 of 2: training: 70%$/m);
    assert.deepEqual(fixture.closed.toSorted(), ["ec2", "sagemaker"]);
  });

  it("gives a run its id, its size and a name that every platform accepts", async () => {
    await fixture.run(["--stacks", "ec2,sagemaker", "--size", "large"]);
    const [[name, job]] = [...(fixture.clusters["ec2"]?.jobs ?? [])] as [[string, never]];
    const { manifest } = job as { manifest: import("./run-fixture").Manifest };
    const run = name.replace("workload-", "");
    assert.ok(run.length <= 9, run);
    const { metadata, spec } = manifest.spec.template;
    assert.deepEqual(spec.containers[0]?.args, ["--run", run, "--size", "large"]);
    const labels = { app: "workload", "ml-platform/run": run };
    assert.deepEqual([manifest.metadata.labels, metadata.labels], [labels, labels]);
    const [request] = fixture.training.created;
    assert.equal(request?.["TrainingJobName"], `ml-platform-0123abcd-ada-${run}`);
    assert.deepEqual(request["HyperParameters"], { run: `"${run}"`, size: '"large"' });
  });

  it("shows the log of a failure, goes on elsewhere, and ends with 1", async () => {
    fixture.clusters["ec2"] = new FakeCluster({ fails: true });
    const { status, out } = await fixture.run(["--stacks", "ec2,eks", "--runs", "2"]);
    assert.equal(status, 1);
    assert.match(out, /Run \w+-1 on stack ec2: BackoffLimitExceeded: it has failed/);
    assert.match(out, /KeyError: 'BUCKET'/);
    // Not again where it has failed.
    assert.equal(fixture.clusters["ec2"].jobs.size, 1);
    assert.deepEqual(
      fixture.saved.map(({ stack }) => stack),
      ["eks", "eks"],
    );
    // What has failed can be looked at.
    assert.deepEqual(fixture.clusters["ec2"].deleted, []);
  });

  it("stops what it has started when it is told to, and says what it could not stop", async () => {
    const hanging = new FakeCluster({ hangs: true });
    const stuck = new FakeCluster({ hangs: true, refusesStop: true });
    fixture.clusters["ec2"] = hanging;
    fixture.clusters["eks"] = stuck;
    fixture.training.fate.hangs = true;
    const seen = new Set<string>();
    fixture.onProgress = (text) => {
      seen.add(text.split(" ")[0] ?? "");
      if (seen.size === 3) {
        fixture.stop.abort();
      }
    };
    const { status, out } = await fixture.run(["--stacks", "ec2,eks,sagemaker", "--runs", "3"]);
    assert.equal(status, 130);
    assert.deepEqual(hanging.deleted, [...hanging.jobs.keys()]);
    assert.equal(hanging.jobs.size, 1);
    assert.equal(fixture.training.stopped.length, 1);
    assert.match(out, /on stack ec2: stopped/);
    assert.match(out, /on stack eks: it could not be stopped: kubectl: connection refused/);
    assert.deepEqual(fixture.saved, []);
    assert.equal(fixture.closed.length, 3);
  });

  it("bears a platform that is out of reach for a moment, and gives up one that stays so", async () => {
    // Four looks in a row may fail, and four more later.
    fixture.clusters["ec2"] = new FakeCluster({ looks: "xxxx.xxxx" });
    assert.equal((await fixture.run(["--stack", "ec2"])).status, 0);
    const gone = new FakeCluster({ looks: "xxxxx" });
    fixture.clusters["eks"] = gone;
    const { status, out } = await fixture.run(["--stack", "eks"]);
    assert.equal(status, 1);
    assert.match(out, /on stack eks: kubectl: connection refused/);
    // It may still run, and cost money.
    assert.equal(gone.deleted.length, 1);
  });

  it("prints JSON with runs and failures, and nothing else", async () => {
    fixture.clusters["ec2"] = new FakeCluster({ fails: true });
    const { out } = await fixture.run(["--stacks", "ec2,eks", "--json"]);
    assertSchema("workload", out);
    const { version, runs, failed } = JSON.parse(out) as {
      version: number;
      runs: unknown[];
      failed: { stack: string; log: string[] }[];
    };
    assert.equal(version, 1);
    assert.deepEqual(runs, fixture.saved);
    assert.deepEqual(
      failed.map(({ stack, log }) => [stack, log.at(-1)]),
      [["ec2", "KeyError: 'BUCKET'"]],
    );
  });

  it("says everything that is wrong at once, and starts nothing", async () => {
    const typed = await fixture.run(["--size", "huge", "--runs", "21"]);
    assert.equal(typed.status, 2);
    assert.match(
      typed.err,
      /--stacks[^]*--size must be small, medium, large; got "huge"[^]*--runs/,
    );
    const { status, err } = await fixture.run(["--stacks", "ec2,eks,old"], {
      ready: ({ stack }) =>
        stack === "ec2"
          ? Promise.resolve({ problem: "stack ec2 has no person" })
          : stack === "eks"
            ? Promise.reject(new SettingsError("the outputs of eks cannot be read"))
            : Promise.resolve({ problem: "old is not up" }),
      withoutKubectl: () => Promise.resolve("kubectl is not installed"),
    });
    assert.equal(status, 2);
    const all = /has no person\n.*outputs of eks.*\nold is not up\nkubectl is not installed\n$/;
    assert.match(err, all);
    assert.deepEqual(fixture.clusters, {});
  });

  it("accepts from 1 to 20 runs", async () => {
    for (const [runs, status] of [
      ["0", 2],
      ["21", 2],
      ["1.5", 2],
      ["20", 0],
    ] as const) {
      assert.equal((await fixture.run(["--stack", "ec2", "--runs", runs])).status, status, runs);
    }
    assert.equal(fixture.saved.at(-1)?.run.length, 9);
  });
});
