import assert from "node:assert/strict";
import { KatibTuner } from "../../commands/workload/katib";
import { searchSpace } from "../../commands/workload/search-space";
import type { TuningRequest } from "../../commands/workload/runner";
import { KATIB_VERSION } from "../../settings/versions/tuning";
import { declaredKatib, waves, type Declared } from "./katib-objects";
import { KatibRig } from "./katib-rig";
import { RigTrials, trialsOf } from "./katib-trials";
import { until } from "./lab";

/*
 * Katib's real controller and database manager with the objects that a stack declares, on a real API server. No pod runs.
 *
 *   KATIB_PROGRAMS=<folder with katib-controller and db-manager>
 *   KUBERNETES_PROGRAMS=<folder with etcd, kube-apiserver, kube-controller-manager and kubectl>
 *   npx mocha --no-config --require ./scripts/typescript.cjs tests/cluster/katib.test.ts
 *
 * `go install github.com/kubeflow/katib/cmd/katib-controller/v1beta1@v0.19.0`, and the same with db-manager, build the
 * first two in four minutes each. Needs PostgreSQL and a minute.
 */
const { KATIB_PROGRAMS: katib, KUBERNETES_PROGRAMS: kubernetes } = process.env;

const space = searchSpace();
assert.ok("ok" in space);
const REQUEST: TuningRequest = {
  run: "r00001",
  person: "ada",
  size: "small",
  space: { ...space.ok, trials: 2, parallel: 2 },
};

/** Parameters that the test suggests in place of the suggestion service, by trial, with the metric of each. */
const SUGGESTED = {
  "ada-r00001-aaaaaaaa": {
    learning_rate: "0.1",
    max_depth: "3",
    subsample: "0.75",
    accuracy: "0.9733",
  },
  "ada-r00001-bbbbbbbb": {
    learning_rate: "0.01",
    max_depth: "5",
    subsample: "0.5",
    accuracy: "0.9511",
  },
};

describe("Katib", function () {
  this.timeout(120_000);
  let rig: KatibRig;
  let trials: RigTrials;
  let declared: readonly Declared[] = [];
  let tuner: KatibTuner;

  before(async function () {
    if (katib === undefined || kubernetes === undefined) {
      this.skip();
    }
    declared = await declaredKatib();
    rig = new KatibRig({ katib, kubernetes });
    await rig.up();
    trials = new RigTrials(rig);
    tuner = new KatibTuner((args, input) => Promise.resolve(rig.kubectl(args, input)));
  });

  after(async () => {
    await (rig as KatibRig | undefined)?.down();
  });

  it("is declared in an order in which an API server takes all of it", async () => {
    const isHook = ({ content }: Declared): boolean =>
      content.kind.endsWith("WebhookConfiguration");
    const inOrder = waves(declared).flat();
    const hooks = inOrder.findIndex(isHook);
    for (const { content } of inOrder.slice(0, hooks)) {
      rig.apply(content);
    }
    const config = declared.find(({ content }) => content.metadata.name === "katib-config");
    await rig.katib(
      (config?.content as unknown as { data: Record<string, string> }).data["katib-config.yaml"] ??
        "",
    );
    for (const { content } of inOrder.slice(hooks)) {
      rig.apply(content);
    }
    assert.equal(inOrder.length, declared.length);
  });

  it("refuses an Experiment in another namespace, where it would stay when Katib goes", async () => {
    await tuner.start(REQUEST);
    const own = JSON.parse(
      rig.kubectl(["-n", "tuning", "get", "experiment", "ada-r00001", "-o", "json"]),
    ) as { spec: object };
    const other = {
      apiVersion: "kubeflow.org/v1beta1",
      kind: "Experiment",
      spec: own.spec,
      metadata: { name: "elsewhere", namespace: "default" },
    };
    const { status, stderr } = rig.attempt(["create", "-f", "-"], JSON.stringify(other));
    assert.equal(status, 1);
    assert.match(stderr, /denied the request: Cannot create the Experiment .* lacks label/);
  });

  it("starts what suggests for an Experiment, within the rights and the limits of the namespace", async () => {
    const things = ["deployment/ada-r00001-tpe", "service/ada-r00001-tpe"];
    await rig.appears("tuning", ...things);
    const pods = await until("a pod", 30, () => trials.pods("katib.kubeflow.org/suggestion", 1));
    const [container] = pods[0]?.spec.containers ?? [];
    assert.equal(container?.image, `ghcr.io/kubeflow/katib/suggestion-optuna:${KATIB_VERSION}`);
    assert.match((await tuner.state(REQUEST)).step, /^start: /);
  });

  it("makes trials from the suggestions, each with the container that reads its metric", async () => {
    trials.suggest("ada-r00001", SUGGESTED);
    const pods = await until("pods of trials", 30, () => trials.pods(trialsOf("ada-r00001"), 2));
    const own = pods.find(({ metadata }) => metadata.name.startsWith("ada-r00001-aaaaaaaa"));
    const [trial, collector] = own?.spec.containers ?? [];
    const program = "python3 /opt/ml-platform/trial.py --size small";
    assert.ok(
      trial?.args?.[0]?.startsWith(
        `${program} --learning_rate=0.1 --max_depth=3 --subsample=0.75 1>/var/log/katib/metrics.log`,
      ),
      trial?.args?.[0],
    );
    assert.equal(collector?.name, "metrics-logger-and-collector");
    assert.deepEqual(collector.securityContext, trial?.securityContext);
  });

  it("reads metrics through the database manager, and the command reads the result", async () => {
    for (const [name, { accuracy }] of Object.entries(SUGGESTED)) {
      const row = `'${name}', '2026-11-29 12:00:00', 'accuracy', '${accuracy}'`;
      const columns = "trial_name, time, metric_name, value";
      rig.sql(`INSERT INTO observation_logs (${columns}) VALUES (${row})`);
    }
    trials.pods(trialsOf("ada-r00001"), 2)?.forEach((pod, index) => {
      trials.succeed(pod, index);
    });
    await until("the end", 60, async () =>
      (await tuner.state(REQUEST)).kind === "done" ? true : undefined,
    );
    const found = await tuner.trials(REQUEST);
    assert.deepEqual(
      found.map(({ state, value, parameters }) => ({ state, value, ...parameters })),
      [
        { state: "complete", value: 0.9733, learning_rate: 0.1, max_depth: 3, subsample: 0.75 },
        { state: "complete", value: 0.9511, learning_rate: 0.01, max_depth: 5, subsample: 0.5 },
      ],
    );
    assert.deepEqual(found.map(({ seconds }) => seconds).toSorted(), [60, 61]);
    const { billedSeconds, machine } = await tuner.times(REQUEST);
    assert.equal(billedSeconds, 60 + 61);
    assert.ok(machine.kind === "share" && machine.vcpus > 0 && machine.gib > 0);
  });

  it("leaves nothing of an Experiment whose result is kept, in the cluster and in the database", async () => {
    assert.equal(rig.sql("SELECT count(*) FROM observation_logs"), "2");
    await tuner.clear(REQUEST);
    rig.kubectl(["-n", "tuning", "wait", "--for=delete", "experiment/ada-r00001", "--timeout=30s"]);
    await until("no trial", 30, () =>
      trials.list("tuning", "trials.kubeflow.org").length === 0 ? true : undefined,
    );
    assert.equal(rig.sql("SELECT count(*) FROM observation_logs"), "0");
  });

  it("holds an Experiment while the database manager is away, which is why that one goes later", async () => {
    await tuner.start({ ...REQUEST, run: "r00002" });
    await rig.appears("tuning", "suggestion/ada-r00002");
    trials.suggest("ada-r00002", { "ada-r00002-cccccccc": SUGGESTED["ada-r00001-aaaaaaaa"] });
    await until("pods of trials", 30, () => trials.pods(trialsOf("ada-r00002"), 1));
    await rig.end("db-manager");
    await tuner.stop({ ...REQUEST, run: "r00002" });
    const wait = ["-n", "tuning", "wait", "--for=delete", "trial.kubeflow.org/ada-r00002-cccccccc"];
    assert.equal(rig.attempt([...wait, "--timeout=5s"]).status, 1);
    rig.manager();
    rig.kubectl([...wait, "--timeout=60s"]);
  });

  it("is turned off with Experiments in it, and leaves no namespace that waits", async () => {
    await tuner.start({ ...REQUEST, run: "r00003" });
    await rig.appears("tuning", "suggestion/ada-r00003");
    trials.suggest("ada-r00003", { "ada-r00003-dddddddd": SUGGESTED["ada-r00001-aaaaaaaa"] });
    await until("pods of trials", 30, () => trials.pods(trialsOf("ada-r00003"), 1));
    for (const wave of waves(declared).reverse()) {
      await rig.remove(wave.map(({ content }) => content));
    }
    assert.deepEqual(trials.list("default", "namespaces").sort(), [
      ...["default", "kube-node-lease", "kube-public", "kube-system"],
    ]);
    assert.deepEqual(trials.list("default", "customresourcedefinitions"), []);
  });
});
