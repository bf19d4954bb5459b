import assert from "node:assert/strict";
import { FakeCluster, RunFixture, serverPod } from "./run-fixture";

describe("npm run predict", () => {
  let fixture: RunFixture;

  beforeEach(() => {
    fixture = new RunFixture();
  });

  it("prints how fast the servers of all stacks answer, what that costs, and what they cost idle", async () => {
    const { status, out, err } = await fixture.predict(["--stacks", "ec2,sagemaker"]);
    assert.equal(status, 0, err);
    // An eighth of the CPU of m5.xlarge at 0.224 an hour: 0.028 an hour, 400 predictions a second.
    // A Job on a quarter of the memory costs twice as much, so it has half the day, less 30 s: 43,170 s.
    assert.match(
      out,
      /^ec2 +0\.5 vCPU of m5\.xlarge +2\.0 +4\.0 +97\.0 % +400\.0 +0\.000019 +20\.44 +17,268,000$/m,
    );
    // Two of ml.g4dn.xlarge at 0.861 an hour. A Job on ml.m5.xlarge at 0.269 would have more than a day.
    assert.match(
      out,
      /^sagemaker +2 × ml\.g4dn\.xlarge +2\.0 +12\.5 +97\.0 % +400\.0 +0\.0012 +1257\.06 +none$/m,
    );
    assert.match(out, /4 clients asked, an image in each request/);
    assert.match(err, /^ec2: /m);
    assert.deepEqual(fixture.closed.toSorted(), ["ec2", "sagemaker"]);
  });

  it("puts the same load on every platform, as options of the same program", async () => {
    const load = ["--clients", "8", "--seconds", "60", "--images", "16"];
    const { status } = await fixture.predict(["--stacks", "eks,sagemaker", ...load]);
    assert.equal(status, 0);
    const [[name, { manifest }] = ["", {} as never]] = fixture.clusters["eks"]?.jobs ?? [];
    assert.match(name, /^prediction-\w{6}$/);
    const run = name.replace("prediction-", "");
    assert.deepEqual(manifest.spec.template.spec.containers[0]?.args, ["--run", run, ...load]);
    assert.equal(manifest.spec.completions, undefined);
    const [job] = fixture.training.created;
    assert.equal(job?.["TrainingJobName"], `ml-platform-0123abcd-ada-${run}`);
    assert.deepEqual(job["HyperParameters"], {
      sagemaker_program: '"predict.py"',
      run: `"${run}"`,
      clients: '"8"',
      seconds: '"60"',
      images: '"16"',
    });
  });

  it("counts all of a node with a GPU, which nothing else runs on", async () => {
    const cluster = (fixture.clusters["eks"] = new FakeCluster());
    cluster.servers = [serverPod("True", { cpu: "3", memory: "12Gi", "nvidia.com/gpu": "1" })];
    const { out } = await fixture.predict(["--stacks", "eks", "--json"]);
    const { runs, version } = JSON.parse(out) as {
      version: number;
      runs: { server: object; usd: object; breakEven: null; rate: number; load: object }[];
    };
    assert.equal(version, 1);
    assert.deepEqual(runs[0]?.server, {
      machine: { kind: "instance", instanceType: "m5.xlarge" },
      count: 1,
    });
    // 0.224 an hour for 400 × 3600 predictions, and for 730 hours.
    const { perThousand, idleMonth } = runs[0].usd as Record<string, number>;
    assert.equal(perThousand?.toFixed(7), "0.0001556");
    assert.equal(idleMonth, 163.52);
    assert.equal(runs[0].breakEven, null);
    assert.deepEqual(runs[0].load, { clients: 4, seconds: 30, images: 1 });
  });

  it("refuses stacks that serve nothing, or whose server is not ready, before anything runs", async () => {
    for (const stack of ["ec2", "sagemaker"]) {
      fixture.servesNothing.add(stack);
    }
    const cluster = (fixture.clusters["eks"] = new FakeCluster());
    cluster.servers = [serverPod("False", {})];
    const { status, out, err } = await fixture.predict(["--stacks", "ec2,eks,sagemaker"]);
    assert.deepEqual([status, out], [2, ""]);
    assert.match(
      err,
      /^stack ec2 has no model server; to create one, run pulumi config set serving\.triton true --stack ec2, /m,
    );
    assert.match(
      err,
      /^stack sagemaker has no model server; .* pulumi config set serving\.endpoint true/m,
    );
    assert.match(err, /^stack eks: its model server is not ready; kubectl --namespace serving/m);
    assert.equal(cluster.jobs.size + fixture.training.created.length, 0);
    assert.deepEqual(fixture.closed.toSorted(), ["ec2", "eks", "sagemaker"]);
  });

  it("says why an endpoint does not answer, and asks one that is being updated", async () => {
    fixture.training.endpoint = { EndpointStatus: "Failed", FailureReason: "no such model" };
    const { status, err } = await fixture.predict(["--stack", "sagemaker"]);
    assert.equal(status, 2);
    assert.match(err, /^stack sagemaker: its endpoint is Failed: no such model$/m);
    for (const EndpointStatus of ["Updating", "SystemUpdating", "RollingBack"]) {
      fixture.training.endpoint = { EndpointStatus };
      assert.equal((await fixture.predict(["--stack", "sagemaker"])).status, 0, EndpointStatus);
    }
    for (const EndpointStatus of ["Creating", "Deleting", "OutOfService"]) {
      fixture.training.endpoint = { EndpointStatus };
      assert.equal((await fixture.predict(["--stack", "sagemaker"])).status, 2, EndpointStatus);
    }
  });

  it("says in a line what AWS refuses, such as an expired session", async () => {
    const expired = new Error("The security token included in the request is expired");
    expired.name = "ExpiredTokenException";
    fixture.training.refusal = expired;
    const { status, out, err } = await fixture.predict(["--stack", "sagemaker"]);
    assert.deepEqual([status, out], [2, ""]);
    assert.equal(err, `stack sagemaker: ${expired.message}\n`);
    assert.deepEqual(fixture.closed, ["sagemaker"]);
  });

  it("fails with the log of a run that fails, and stops one when it is told to", async () => {
    fixture.clusters["ec2"] = new FakeCluster({ fails: true });
    const failed = await fixture.predict(["--stack", "ec2"]);
    assert.equal(failed.status, 1);
    assert.match(failed.out, /on stack ec2: BackoffLimitExceeded[^]*KeyError/);
    const cluster = (fixture.clusters["eks"] = new FakeCluster({ hangs: true }));
    fixture.onProgress = () => {
      fixture.stop.abort();
    };
    const stopped = await fixture.predict(["--stack", "eks"]);
    assert.equal(stopped.status, 130);
    assert.match(cluster.deleted.join(), /^prediction-\w{6}$/);
  });

  it("names every wrong option", async () => {
    const wrong = ["--clients", "65", "--seconds", "0", "--images", "257"];
    const { status, err } = await fixture.predict(wrong);
    assert.equal(status, 2);
    for (const line of [
      /^name stacks with --stacks/m,
      /^--clients must be a whole number from 1 to 64; got "65"$/m,
      /^--seconds must be a whole number from 1 to 600; got "0"$/m,
      /^--images must be a whole number from 1 to 256; got "257"$/m,
      /^npm run predict -- --help lists the options$/m,
    ]) {
      assert.match(err, line);
    }
    const largest = ["--clients", "64", "--seconds", "600", "--images", "256"];
    assert.equal((await fixture.predict(["--stack", "ec2", ...largest])).status, 0);
    const help = await fixture.predict(["--help"]);
    assert.deepEqual([help.status, help.err], [0, ""]);
    assert.match(help.out, /^Usage: npm run predict/);
  });
});
