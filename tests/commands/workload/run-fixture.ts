import { predict } from "../../../commands/predict";
import { tune } from "../../../commands/tune";
import { workload } from "../../../commands/workload";
import type { Kubectl } from "../../../commands/workload/kubectl";
import { KubernetesRunner } from "../../../commands/workload/kubernetes";
import { endpointMachines, podMachines } from "../../../commands/workload/model-server";
import type { ReadyStack } from "../../../commands/workload/ready-stack";
import type { WorkloadContext } from "../../../commands/workload/ready-stacks";
import { SagemakerTuner } from "../../../commands/workload/sagemaker-tuning";
import { SagemakerRunner, type JobTemplate } from "../../../commands/workload/sagemaker";
import { deploymentOf } from "../../../cost/resources/stack-export";
import type { TrainingRun } from "../../../cost/training-run";
import type { Trial, TuningRun } from "../../../cost/tuning-run";
import { SettingsError } from "../../../settings/contract";
import { plain } from "../../../reports/table";
import { exportedEc2 } from "../../support/deployments";
import { FakeTraining } from "./fake-training";
import { at, LOOKS, type Fate } from "./fate";

/** A cluster that answers `kubectl` as a real one does, as far as the command asks. */
export class FakeCluster {
  readonly jobs = new Map<string, { manifest: Manifest; looks: number }>();
  readonly deleted: string[] = [];
  /** Pods of the model server: one that is ready, beside one that is not yet. */
  servers: object[] = [serverPod("True", SERVER_REQUESTS), serverPod("False", SERVER_REQUESTS)];
  constructor(readonly fate: Fate = {}) {}

  readonly kubectl: Kubectl = (args, input) => {
    const verb = args.find((arg) => ["create", "get", "logs", "delete"].includes(arg)) ?? "";
    const rest = args.slice(args.indexOf(verb) + 1);
    return Promise.resolve().then(() => this.answer(verb, rest, input));
  };

  private answer(verb: string, rest: readonly string[], input = ""): string {
    switch (verb) {
      case "create":
        return this.create(rest, input);
      case "get":
        return JSON.stringify(this.get(rest));
      case "logs":
        return this.fate.fails ? "Traceback\nKeyError: 'BUCKET'\n" : this.logged(rest[0]);
      default:
        if (this.fate.refusesStop) {
          throw new SettingsError("kubectl: connection refused");
        }
        this.deleted.push(rest[1] ?? "");
        return "";
    }
  }

  /** The last line of a pod; of two workers the first has printed its own before the second. */
  private logged(pod = ""): string {
    const isTuning = [...this.jobs.keys()].some((name) => name.startsWith("tuning-"));
    const line = (done: number, best: number): string =>
      `tuning: ${done} of 24 trials, best accuracy ${best}`;
    return `${isTuning ? (pod === "pod-0" ? line(9, 0.96) : line(10, 0.97)) : "training: 50%"}\n`;
  }

  private create(rest: readonly string[], input: string): string {
    if (rest.includes("--dry-run=client")) {
      return JSON.stringify(drafted(rest[1] ?? ""));
    }
    const manifest = JSON.parse(input) as Manifest;
    this.jobs.set(manifest.metadata.name, { manifest, looks: 0 });
    return "";
  }

  private get([kind = "", selector = ""]: readonly string[]): object {
    if (kind === "node") {
      return { metadata: { labels: { "node.kubernetes.io/instance-type": "m5.xlarge" } } };
    }
    if (kind === "pods") {
      return { items: this.servers };
    }
    const { looks = "" } = this.fate;
    this.fate.looks = looks.slice(1);
    if (looks.startsWith("x")) {
      throw new SettingsError("kubectl: connection refused");
    }
    const [, run = ""] = selector.split("ml-platform/run=");
    const found = ["workload", "tuning", "prediction"]
      .map((template) => this.jobs.get(`${template}-${run}`))
      .find((job) => job !== undefined);
    if (found === undefined) {
      return { items: [] };
    }
    found.looks += 1;
    const isOver = found.looks > LOOKS && this.fate.hangs !== true;
    const pods = Array.from({ length: found.manifest.spec.parallelism ?? 1 }, (_, index) =>
      podItem(index, isOver, this.fate.fails),
    );
    return { items: [jobItem(isOver, this.fate.fails), ...pods] };
  }
}

const SERVER_REQUESTS = { cpu: "500m", memory: "1Gi" };

/** A pod of the model server, as far as the command reads it. */
export function serverPod(ready: "True" | "False", requests: object): object {
  return {
    spec: { nodeName: "node-1", containers: [{ name: "triton", resources: { requests } }] },
    status: { conditions: [{ type: "Ready", status: ready }] },
  };
}

/** A Job of Kubernetes, as far as a test reads it. */
export interface Manifest {
  metadata: { name: string; labels: Record<string, string> };
  spec: {
    parallelism?: number;
    completions?: number;
    template: {
      metadata: { labels: Record<string, string> };
      spec: { containers: { args: string[] }[] };
    };
  };
}

function drafted(name: string): object {
  const container = { name: "workload", args: ["--run", "by-hand"], resources: REQUESTS };
  const template = { metadata: { labels: { app: "workload" } }, spec: { containers: [container] } };
  return { kind: "Job", metadata: { name, labels: { app: "workload" } }, spec: { template } };
}

const REQUESTS = { requests: { cpu: "500m", memory: "4096Mi" } };

function jobItem(isOver: boolean, fails = false): object {
  const condition = fails
    ? { type: "Failed", reason: "BackoffLimitExceeded", message: "it has failed" }
    : { type: "Complete" };
  return {
    kind: "Job",
    metadata: { name: "x", creationTimestamp: at(0) },
    spec: {},
    status: { conditions: isOver ? [{ ...condition, status: "True" }] : [] },
  };
}

/** A pod that has a node a second after the one before, and ends ten seconds after it. */
function podItem(index: number, isOver: boolean, fails = false): object {
  const ended = { terminated: { exitCode: fails ? 1 : 0, finishedAt: at(62 + 10 * index) } };
  return {
    kind: "Pod",
    metadata: { name: `pod-${index}`, creationTimestamp: at(0) },
    spec: { nodeName: "node-1", containers: [{ name: "workload", resources: REQUESTS }] },
    status: {
      conditions: [{ type: "PodScheduled", status: "True", lastTransitionTime: at(2 + index) }],
      containerStatuses: [{ name: "workload", state: isOver ? ended : { running: {} } }],
    },
  };
}

interface Ended {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** The trials that workers of a cluster have written: the second one has failed, the last one is the best. */
export const TRIALS: readonly Trial[] = [
  [0.95, 10],
  [null, 4],
  [0.97, 20],
  [0.97, 30],
].map(([value = null, seconds = null], number) => ({
  number,
  value,
  seconds,
  state: value === null ? "fail" : "complete",
  parameters: { learning_rate: 0.1 + number / 10, max_depth: 3, subsample: 0.5 },
}));

/** The commands on fake platforms. */
export class RunFixture {
  readonly clusters: Record<string, FakeCluster> = {};
  readonly training = new FakeTraining();
  readonly saved: TrainingRun[] = [];
  readonly tunings: TuningRun[] = [];
  readonly closed: string[] = [];
  readonly stop = new AbortController();
  /** Stacks without a model server. */
  readonly servesNothing = new Set<string>();
  /** Called with each line of progress. */
  onProgress: (text: string) => void = () => undefined;

  /** `npm run workload`. */
  run(argv: readonly string[], changes: Partial<WorkloadContext> = {}): Promise<Ended> {
    return this.command(workload, argv, changes);
  }

  /** `npm run tune`. */
  tune(argv: readonly string[], changes: Partial<WorkloadContext> = {}): Promise<Ended> {
    return this.command(tune, argv, changes);
  }

  /** `npm run predict`. */
  predict(argv: readonly string[], changes: Partial<WorkloadContext> = {}): Promise<Ended> {
    return this.command(predict, argv, changes);
  }

  private async command(
    command: typeof workload,
    argv: readonly string[],
    changes: Partial<WorkloadContext>,
  ): Promise<Ended> {
    let [out, err] = ["", ""];
    const status = await command(argv, {
      now: () => new Date(at(0)),
      stored: (stacks) =>
        Promise.resolve(
          stacks.map((stack) => ({ stack, deployment: deploymentOf(exportedEc2()) })),
        ),
      ready: ({ stack }) => Promise.resolve({ ok: this.ready(stack) }),
      withoutKubectl: () => Promise.resolve(undefined),
      signal: this.stop.signal,
      interval: 0,
      out: (text) => void (out += text),
      err: (text) => {
        err += text;
        this.onProgress(text);
      },
      paint: plain,
      width: 120,
      env: {},
      ...changes,
    });
    return { status, out, err };
  }

  ready(stack: string): ReadyStack {
    const isStudio = stack === "sagemaker";
    const cluster = (this.clusters[stack] ??= new FakeCluster());
    const template = { ResourceConfig: { InstanceType: "ml.m5.xlarge" } } as JobTemplate;
    const tuner = new SagemakerTuner(this.training.clients, "0123abcd", { ada: template });
    const onCluster = new KubernetesRunner(cluster.kubectl);
    return {
      stack,
      target: isStudio ? "sagemaker" : "ec2",
      region: "eu-west-3",
      person: "ada",
      runner: isStudio
        ? new SagemakerRunner(this.training.clients, "0123abcd", { ada: {} as never })
        : onCluster,
      tuner: isStudio
        ? { runner: tuner, trials: (request) => tuner.trials(request) }
        : { runner: onCluster, trials: () => Promise.resolve(TRIALS) },
      store: {
        metrics: () =>
          Promise.resolve({
            begun: Date.parse(at(isStudio ? 120 : 32)) / 1000,
            accuracy: 0.97,
            seconds: { data: 1, training: 12.5, database: 0.5 },
          }),
        save: (run) => Promise.resolve(void this.saved.push(run)),
        predictions: () =>
          Promise.resolve({
            // 30 s after it had a machine, on either platform.
            begun: Date.parse(at(isStudio ? 70 : 32)) / 1000,
            requests: 6000,
            predictions: 12_000,
            seconds: 30,
            accuracy: 0.97,
            latency: { p50: 0.002, p95: isStudio ? 0.0125 : 0.004, p99: 0.02 },
          }),
        saveTuning: (run) => Promise.resolve(void this.tunings.push(run)),
      },
      ...(!this.servesNothing.has(stack) && {
        modelServer: isStudio
          ? () => endpointMachines(this.training.clients.jobs, "digits-0123abcd")
          : () => podMachines(cluster.kubectl),
      }),
      hourly: 0.4,
      close: () => void this.closed.push(stack),
    };
  }
}
