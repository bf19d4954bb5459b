import assert from "node:assert/strict";
import { KatibTuner, trialsOf } from "../../../commands/workload/katib";
import type { TuningRequest } from "../../../commands/workload/runner";
import { searchSpace } from "../../../commands/workload/search-space";
import { RunFixture } from "./run-fixture";

const read = searchSpace();
assert.ok("ok" in read);
const REQUEST: TuningRequest = { run: "t1abcd", person: "ada", size: "small", space: read.ok };

/** A tuner whose `kubectl` answers by a word in its arguments. */
function answering(answers: Readonly<Record<string, unknown>>) {
  const asked: string[] = [];
  const tuner = new KatibTuner((args) => {
    asked.push(args.join(" "));
    const key = Object.keys(answers).find((word) => args.includes(word)) ?? "";
    const answer = answers[key] ?? { items: [] };
    return Promise.resolve(typeof answer === "string" ? answer : JSON.stringify(answer));
  });
  return { asked, tuner };
}

const EXPERIMENT = "experiments.kubeflow.org";
const METADATA = { name: "ada-t1abcd", creationTimestamp: "2026-11-29T12:00:00Z" };
const condition = (type: string, others: object = {}) => ({ type, status: "True", ...others });

describe("an Experiment that runs", () => {
  const stateOf = (status: object, events: readonly object[] = []) =>
    answering({
      [EXPERIMENT]: { metadata: METADATA, status },
      events: { items: events },
    }).tuner.state(REQUEST);

  it("says what it has done, and why it has no trial yet", async () => {
    const observation = { metrics: [{ name: "accuracy", latest: "0.97333" }] };
    assert.deepEqual(
      await stateOf({
        trialsSucceeded: 7,
        currentOptimalTrial: { observation },
        conditions: [condition("Running")],
      }),
      { kind: "running", step: "tuning: 7 of 24 trials, best accuracy 0.9733" },
    );
    assert.deepEqual(await stateOf({}), { kind: "running", step: "start: its first trials" });
    const quota = [
      { involvedObject: { name: "ada-t1abcd-x" }, message: "exceeded quota: trial" },
      { involvedObject: { name: "eve-t1abcd-y" }, message: "of somebody else" },
    ];
    assert.deepEqual(await stateOf({}, quota), {
      kind: "running",
      step: "start: exceeded quota: trial",
    });
  });

  it("is done or has failed by its conditions, and gone is a failure", async () => {
    const succeeded = [condition("Running", { status: "False" }), condition("Succeeded")];
    assert.deepEqual(await stateOf({ conditions: succeeded }), { kind: "done", step: "done" });
    const failed = [condition("Failed", { reason: "MaxFailed", message: "3 failed" })];
    assert.deepEqual(await stateOf({ conditions: failed }), {
      kind: "failed",
      step: "MaxFailed: 3 failed",
    });
    await assert.rejects(answering({ [EXPERIMENT]: "" }).tuner.state(REQUEST), /was deleted/);
  });

  it("has trials in the order of their creation; one without a metric is none", () => {
    const trial = (second: number, type: string, metrics: readonly object[]) => ({
      metadata: { name: `t${second}`, creationTimestamp: `2026-11-29T12:00:0${second}Z` },
      spec: { parameterAssignments: [{ name: "max_depth", value: "3" }] },
      status: {
        conditions: [
          condition("Created"),
          condition("Running", { status: "False" }),
          condition(type),
        ],
        observation: { metrics },
      },
    });
    // The pod was placed, and its packages installed, long before the program began.
    const pod = (second: number, state: object) => ({
      metadata: { name: `p${second}`, labels: { "katib.kubeflow.org/trial": `t${second}` } },
      status: {
        conditions: [condition("PodScheduled", { lastTransitionTime: "2026-11-29T11:00:00Z" })],
        containerStatuses: [
          {
            name: "metrics-logger-and-collector",
            state: { terminated: { ...ended(second), finishedAt: "2026-11-29T13:00:00Z" } },
          },
          { name: "trial", state },
        ],
      },
    });
    const ended = (second: number) => ({
      exitCode: 0,
      startedAt: "2026-11-29T12:00:00Z",
      finishedAt: `2026-11-29T12:00:1${second}Z`,
    });
    const value = (latest: string) => [{ name: "accuracy", latest }] as never;
    const found = trialsOf(
      [
        trial(3, "Running", []),
        trial(1, "Succeeded", value("0.9")),
        trial(2, "MetricsUnavailable", value("unavailable")),
        trial(4, "Failed", []),
      ] as never,
      [
        pod(2, { terminated: ended(2) }),
        pod(3, { running: {} }),
        pod(1, { terminated: ended(1) }),
      ] as never,
      REQUEST.space,
    );
    assert.deepEqual(
      found.map(({ number, state, value: best, seconds }) => [number, state, best, seconds]),
      [
        [0, "complete", 0.9, 11],
        [1, "metricsunavailable", null, 12],
        [2, "running", null, null],
        [3, "failed", null, null],
      ],
    );
    assert.deepEqual(found[0]?.parameters, { max_depth: 3 });
  });

  it("occupies what its pods did; of a pod that is gone, all of its trial's time", async () => {
    const minute = (count: number) => `2026-11-29T12:0${count}:00Z`;
    const trial = (name: string, from: number, to: number) => ({
      metadata: { name, creationTimestamp: minute(from) },
      spec: {},
      status: { startTime: minute(from), completionTime: minute(to) },
    });
    const pod = (name: string, placed: number, state: object) => ({
      metadata: { name: `${name}-pod`, labels: { "katib.kubeflow.org/trial": name } },
      spec: { nodeName: "n", containers: [] },
      status: {
        conditions: [condition("PodScheduled", { lastTransitionTime: minute(placed) })],
        containerStatuses: [{ name: "trial", state }],
      },
    });
    const over = { terminated: { exitCode: 0, startedAt: minute(2), finishedAt: minute(3) } };
    const started = { ...trial("d", 0, 0), status: {} };
    const times = async (trials: readonly object[], pods: readonly object[]) => {
      const { tuner } = answering({
        [EXPERIMENT]: { metadata: METADATA },
        "trials.kubeflow.org": { items: trials },
        pods: { items: pods },
        node: { metadata: {} },
      });
      const { placed, ended, billedSeconds } = await tuner.times(REQUEST);
      return [placed.toISOString(), ended.toISOString(), billedSeconds].join(" ");
    };
    const first = trial("a", 0, 4);
    assert.equal(
      await times([first], [pod("a", 1, over)]),
      "2026-11-29T12:01:00.000Z 2026-11-29T12:03:00.000Z 120",
    );
    const others = [trial("b", 0, 5), trial("c", 2, 9), started];
    // The node of `c` was lost before its pod ended.
    const pods = [pod("a", 1, over), pod("c", 3, { running: {} })];
    assert.equal(
      await times([first, ...others], pods),
      `2026-11-29T12:00:00.000Z 2026-11-29T12:09:00.000Z ${120 + 300 + 420}`,
    );
    await assert.rejects(times([first], []), /pod is gone/);
  });

  it("is deleted when it is stopped, also where it never was", async () => {
    const { asked, tuner } = answering({});
    await tuner.stop(REQUEST);
    assert.deepEqual(asked, [
      "--namespace tuning delete experiment ada-t1abcd --ignore-not-found --wait=false",
    ]);
  });
});

describe("npm run tune -- --katib", () => {
  it("tunes with Katib, keeps the result, and then removes the Experiment", async () => {
    const fixture = new RunFixture();
    const events: string[] = [];
    const ready = fixture.ready("ec2");
    const katib = {
      ...ready.tuner,
      runner: {
        ...ready.tuner.runner,
        start: async () => Promise.resolve(void events.push("start")),
        state: async () => Promise.resolve({ kind: "done" as const, step: "done" }),
        times: async () =>
          Promise.resolve({
            asked: new Date(0),
            placed: new Date(1000),
            ended: new Date(61_000),
            billedSeconds: 60,
            machine: { kind: "share" as const, instanceType: "t3.large", vcpus: 1, gib: 4 },
          }),
        log: async () => Promise.resolve([]),
        stop: async () => Promise.resolve(),
      },
      clear: async () => Promise.resolve(void events.push(`clear ${fixture.tunings.length}`)),
    };
    const { status, err } = await fixture.tune(["--stack", "ec2", "--katib"], {
      ready: () => Promise.resolve({ ok: { ...ready, katib } }),
    });
    assert.equal(status, 0, err);
    assert.deepEqual(events, ["start", "clear 1"]);
    assert.deepEqual(fixture.clusters["ec2"]?.jobs.size, 0, "no Job of Optuna");
  });

  it("leaves an Experiment that is done where its times cannot be read", async () => {
    const fixture = new RunFixture();
    const succeeded = { conditions: [condition("Succeeded")] };
    const { asked, tuner } = answering({
      [EXPERIMENT]: { metadata: METADATA, status: succeeded },
      "--dry-run=client": { spec: { template: { spec: { containers: [{}] } } } },
    });
    const ready = { ...fixture.ready("ec2"), katib: tuner };
    const { status, out } = await fixture.tune(["--stack", "ec2", "--katib", "--json"], {
      ready: () => Promise.resolve({ ok: ready }),
    });
    assert.equal(status, 1);
    const { failed } = JSON.parse(out) as { failed: { reason: string }[] };
    assert.match(
      failed[0]?.reason ?? "",
      /the run finished, but its times cannot be read: .*pod is gone/,
    );
    assert.ok(asked.some((args) => args.includes("create")));
    assert.ok(!asked.some((args) => args.includes("delete")), asked.join("\n"));
  });

  it("is refused where a stack has none, before anything starts", async () => {
    const fixture = new RunFixture();
    const { status, err } = await fixture.tune(["--stacks", "ec2,sagemaker", "--katib"]);
    assert.equal(status, 2);
    assert.match(err, /^stack ec2 has no Katib; .* set tuning\.katib true --stack ec2, /m);
    assert.match(err, /^stack sagemaker has no Katib, .*; leave out --katib$/m);
    assert.deepEqual(fixture.tunings, []);
    assert.equal(fixture.clusters["ec2"]?.jobs.size, 0);
  });
});
