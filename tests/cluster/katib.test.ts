import assert from "node:assert/strict";
import { KatibTuner } from "../../commands/workload/katib";
import { searchSpace } from "../../commands/workload/search-space";
import type { TuningRequest } from "../../commands/workload/runner";
import { declaredKatib, KatibRig, type Declared } from "./katib-rig";
import { until } from "./lab";

/*
 * Katib's real controller and database manager with the objects that a stack declares, on a real API server. No pod runs.
 *
 *   KATIB_PROGRAMS=<folder with katib-controller and db-manager>
 *   KUBERNETES_PROGRAMS=<folder with etcd, kube-apiserver, kube-controller-manager and kubectl>
 *   npx mocha --no-config --require ./scripts/typescript.cjs tests/cluster/katib.test.ts
 *
 * `go install github.com/kubeflow/katib/cmd/katib-controller/v1beta1@v0.19.0`, and the same with db-manager, build the
 * first two in four minutes each. Needs PostgreSQL and 40 seconds.
 */
const { KATIB_PROGRAMS: katib, KUBERNETES_PROGRAMS: kubernetes } = process.env;

const space = searchSpace();
assert.ok("ok" in space);
const REQUEST: TuningRequest = {
  ...{ run: "r00001", person: "ada", size: "small" },
  space: { ...space.ok, trials: 2, parallel: 2 },
};

const NODE = "node-1";

/** What is suggested in place of the pod that would, by the names of trials, and the metric of each. */
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
  let declared: readonly Declared[] = [];
  let tuner: KatibTuner;

  before(async function () {
    if (katib === undefined || kubernetes === undefined) {
      this.skip();
    }
    declared = await declaredKatib();
    rig = new KatibRig({ katib, kubernetes });
    await rig.up();
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
    const labels = { "node.kubernetes.io/instance-type": "t3.large" };
    rig.kubectl(
      ["create", "-f", "-"],
      JSON.stringify({ apiVersion: "v1", kind: "Node", metadata: { name: NODE, labels } }),
    );
  });

  it("takes the Experiment of the search space, and starts what suggests for it", async () => {
    await tuner.start(REQUEST);
    const [, , pod] = await rig.appears(
      "tuning",
      "deployment/ada-r00001-tpe",
      "service/ada-r00001-tpe",
      "pods",
    );
    console.log(JSON.stringify(pod).slice(0, 300));
    assert.match((await tuner.state(REQUEST)).step, /^start: /);
  });

  it("makes trials from the suggestions, each with the container that reads its metric", async () => {
    suggest(rig, "ada-r00001", SUGGESTED);
    const pods = await until("pods", 60, () => podsOf(rig, "ada-r00001", 2));
    console.log(JSON.stringify(pods[0], null, 1).slice(0, 6000));
  });

  it("reads the metrics through the database manager, and so does the command", async () => {
    for (const [name, { accuracy }] of Object.entries(SUGGESTED)) {
      rig.sql(
        `INSERT INTO observation_logs (trial_name, time, metric_name, value) VALUES ('${name}', '2026-11-29 12:00:00', 'accuracy', '${accuracy}')`,
      );
    }
    podsOf(rig, "ada-r00001", 2)?.forEach((pod, index) => {
      succeed(rig, pod, index);
    });
    await until("done", 60, async () =>
      (await tuner.state(REQUEST)).kind === "done" ? true : undefined,
    );
    console.log(await tuner.trials(REQUEST), await tuner.times(REQUEST));
  });
});

/** Objects in the order of their dependencies, those that can be created at the same time together. */
function waves(all: readonly Declared[]): Declared[][] {
  const left = new Set(all);
  const found: Declared[][] = [];
  while (left.size > 0) {
    const ids = new Set([...left].map(({ id }) => id));
    const next = [...left].filter(({ needs }) => !needs.some((one) => ids.has(one)));
    assert.notEqual(
      next.length,
      0,
      `a circle: ${JSON.stringify([...left].map(({ id, needs }) => [id, needs]))}`,
    );
    next.forEach((one) => left.delete(one));
    found.push(next);
  }
  return found;
}

interface Pod {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly containers: readonly { readonly name: string }[] };
}

/** Writes suggestions where the controller looks for them. */
function suggest(
  rig: KatibRig,
  experiment: string,
  suggested: Readonly<Record<string, Readonly<Record<string, string>>>>,
): void {
  const suggestions = Object.entries(suggested).map(([name, { accuracy: _, ...parameters }]) => ({
    name,
    parameterAssignments: Object.entries(parameters).map(([key, value]) => ({ name: key, value })),
  }));
  rig.patchStatus("suggestion", experiment, { suggestions, suggestionCount: suggestions.length });
}

/** The pods of an Experiment's trials, once there are so many. */
function podsOf(rig: KatibRig, experiment: string, count: number): readonly Pod[] | undefined {
  const selector = `katib.kubeflow.org/trial,katib.kubeflow.org/experiment=${experiment}`;
  const out = rig.kubectl(["-n", "tuning", "get", "pods", `--selector=${selector}`, "-o", "json"]);
  const { items } = JSON.parse(out) as { items: Pod[] };
  return items.length === count ? items : undefined;
}

/** Gives a pod a node, and ends it there as kubelet would. */
function succeed(rig: KatibRig, { metadata: { name }, spec }: Pod, index: number): void {
  const binding = {
    ...{ apiVersion: "v1", kind: "Binding", metadata: { name } },
    target: { kind: "Node", name: NODE },
  };
  const address = `/api/v1/namespaces/tuning/pods/${name}/binding`;
  rig.kubectl(["create", "--raw", address, "-f", "-"], JSON.stringify(binding));
  const begun = "2026-11-29T12:00:00Z";
  const finishedAt = `2026-11-29T12:01:0${index}Z`;
  rig.patchStatus("pod", name, {
    phase: "Succeeded",
    conditions: [{ type: "PodScheduled", status: "True", lastTransitionTime: begun }],
    containerStatuses: spec.containers.map((one) => ({
      ...{ name: one.name, image: "", imageID: "", ready: false, restartCount: 0 },
      state: {
        terminated: { exitCode: 0, startedAt: begun, finishedAt, containerID: "test://1" },
      },
    })),
  });
}
