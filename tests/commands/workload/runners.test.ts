import assert from "node:assert/strict";
import type { Kubectl } from "../../../commands/workload/kubectl";
import { KubernetesRunner } from "../../../commands/workload/kubernetes";
import type { TrainingRequest } from "../../../commands/workload/runner";
import { type JobClients, SagemakerRunner } from "../../../commands/workload/sagemaker";

const REQUEST: TrainingRequest = { run: "r1", person: "ada", size: "small" };

/** `kubectl` that answers by the first word that is in its arguments, and notes them. */
function answering(answers: Readonly<Record<string, unknown>>) {
  const asked: string[] = [];
  const kubectl: Kubectl = (args) => {
    asked.push(args.join(" "));
    const key = Object.keys(answers).find((word) => args.includes(word)) ?? "";
    const answer = answers[key] ?? { items: [] };
    return Promise.resolve(typeof answer === "string" ? answer : JSON.stringify(answer));
  };
  return { asked, runner: new KubernetesRunner(kubectl) };
}

const job = { kind: "Job", metadata: { name: "workload-r1" }, spec: {}, status: {} };
const pod = (status: object): object => ({ kind: "Pod", metadata: {}, spec: {}, status });

describe("a run on a cluster", () => {
  it("says why it has no pod, such as a quota that is used up", async () => {
    const events = { items: [{ message: "old" }, { message: "exceeded quota: notebooks" }] };
    const { asked, runner } = answering({ "jobs,pods": { items: [job] }, events });
    assert.deepEqual(await runner.state(REQUEST), {
      kind: "running",
      step: "queue: exceeded quota: notebooks",
    });
    assert.match(asked.at(-1) ?? "", /involvedObject\.name=workload-r1,type=Warning/);
    const quiet = answering({ "jobs,pods": { items: [job] } });
    assert.deepEqual(await quiet.runner.state(REQUEST), { kind: "running", step: "queue" });
  });

  it("shows the log of the container that has failed, or that of the program", async () => {
    const ended = (name: string, exitCode: number): object => ({
      name,
      state: { terminated: { exitCode } },
    });
    for (const [exitCode, container] of [
      [1, "packages"],
      [0, "workload"],
    ] as const) {
      const status = {
        initContainerStatuses: [ended("roots", 0), ended("packages", exitCode)],
        containerStatuses: [{ name: "workload", state: { waiting: {} } }],
      };
      const answers = { "jobs,pods": { items: [job, pod(status)] }, logs: "one\n\ntwo\n" };
      const { asked, runner } = answering(answers);
      assert.deepEqual(await runner.log(REQUEST), ["one", "two"]);
      assert.match(asked.at(-1) ?? "", new RegExp(` --container=${container} --tail=20$`));
    }
  });
});

describe("the share of a node that a run occupies", () => {
  const gib = async (memory: string): Promise<number | undefined> => {
    const spec = { nodeName: "n", containers: [{ resources: { requests: { cpu: "1", memory } } }] };
    const status = {
      conditions: [
        { type: "PodScheduled", status: "True", lastTransitionTime: "2026-11-20T12:00:00Z" },
      ],
      containerStatuses: [{ state: { terminated: { finishedAt: "2026-11-20T12:01:00Z" } } }],
    };
    const items = [
      { ...job, metadata: { creationTimestamp: "2026-11-20T12:00:00Z" } },
      { ...pod(status), spec },
    ];
    const { runner } = answering({ "jobs,pods": { items }, node: { metadata: {} } });
    const { machine } = await runner.times(REQUEST);
    return machine.kind === "share" ? machine.gib : undefined;
  };

  it("is in GiB, and not known where Kubernetes writes it in another way", async () => {
    assert.deepEqual([await gib("4096Mi"), await gib("2Gi")], [4, 2]);
    assert.deepEqual([await gib("1.5Gi"), await gib("1e9")], [NaN, NaN]);
  });
});

/** SageMaker and its logs, each of which gives one answer or refuses with an error of a name. */
function sagemaker(answers: { readonly jobs?: object | string; readonly logs?: object | string }) {
  const client = (answer: object | string = {}): object => ({
    send: () =>
      typeof answer === "string"
        ? Promise.reject(Object.assign(new Error("refused"), { name: answer }))
        : Promise.resolve(answer),
  });
  const clients = { jobs: client(answers.jobs), logs: client(answers.logs) };
  return new SagemakerRunner(clients as unknown as JobClients, "0123abcd", {});
}

describe("a run on SageMaker", () => {
  it("is stopped also where it was never created or has ended, and no refusal is hidden", async () => {
    for (const name of ["ResourceNotFound", "ValidationException"]) {
      await sagemaker({ jobs: name }).stop(REQUEST);
    }
    await assert.rejects(sagemaker({ jobs: "AccessDeniedException" }).stop(REQUEST), /refused/);
  });

  it("costs the seconds that AWS bills, or those of training where it says none", async () => {
    const jobs = {
      CreationTime: new Date(0),
      TrainingStartTime: new Date(10_000),
      TrainingEndTime: new Date(90_000),
      ResourceConfig: { InstanceType: "ml.m5.large" },
    };
    const billed = { ...jobs, BillableTimeInSeconds: 60 };
    assert.equal((await sagemaker({ jobs: billed }).times(REQUEST)).billedSeconds, 60);
    assert.equal((await sagemaker({ jobs }).times(REQUEST)).billedSeconds, 80);
    await assert.rejects(sagemaker({}).times(REQUEST), /SageMaker returned no times/);
  });

  it("has no log before the account's first job has made the group, and no refusal is hidden", async () => {
    assert.deepEqual(await sagemaker({ logs: "ResourceNotFoundException" }).log(REQUEST), []);
    await assert.rejects(sagemaker({ logs: "AccessDeniedException" }).log(REQUEST), /refused/);
  });

  it("is a failure with its reason, also where AWS has stopped it", async () => {
    for (const TrainingJobStatus of ["Failed", "Stopped"]) {
      const jobs = { TrainingJobStatus, SecondaryStatus: "MaxRuntimeExceeded" };
      assert.deepEqual(await sagemaker({ jobs }).state(REQUEST), {
        kind: "failed",
        step: "MaxRuntimeExceeded",
      });
    }
  });
});
