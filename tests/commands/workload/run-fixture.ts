import { workload, type WorkloadContext } from "../../../commands/workload";
import type { Kubectl } from "../../../commands/workload/kubectl";
import { KubernetesRunner } from "../../../commands/workload/kubernetes";
import type { ReadyStack } from "../../../commands/workload/ready-stack";
import { SagemakerRunner, type JobClients } from "../../../commands/workload/sagemaker";
import { deploymentOf } from "../../../cost/resources/stack-export";
import type { TrainingRun } from "../../../cost/training-run";
import { SettingsError } from "../../../settings/contract";
import { plain } from "../../../reports/table";
import { exportedEc2 } from "../../support/deployments";

/** A moment some seconds after the beginning of a test's runs. */
export const at = (second: number): string => new Date(START + second * 1000).toISOString();
const START = Date.UTC(2026, 10, 20, 12);

/** Looks at a run that goes on, until a fake platform ends it. */
const LOOKS = 2;

/** Behaviour of a fake platform to its runs. @default every one is done after two looks */
export interface Fate {
  fails?: boolean;
  /** Runs never end. */
  hangs?: boolean;
  /** A letter for each look: `x` where the platform refuses to be looked at. */
  looks?: string;
  /** The platform refuses to stop a run. */
  refusesStop?: boolean;
}

/** A cluster that answers `kubectl` as a real one does, as far as the command asks. */
export class FakeCluster {
  readonly jobs = new Map<string, { manifest: Manifest; looks: number }>();
  readonly deleted: string[] = [];
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
        return this.fate.fails ? "Traceback\nKeyError: 'BUCKET'\n" : "training: 50%\n";
      default:
        if (this.fate.refusesStop) {
          throw new SettingsError("kubectl: connection refused");
        }
        this.deleted.push(rest[1] ?? "");
        return "";
    }
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
    const { looks = "" } = this.fate;
    this.fate.looks = looks.slice(1);
    if (looks.startsWith("x")) {
      throw new SettingsError("kubectl: connection refused");
    }
    const [, run = ""] = selector.split("ml-platform/run=");
    const found = this.jobs.get(`workload-${run}`);
    if (found === undefined) {
      return { items: [] };
    }
    found.looks += 1;
    const isOver = found.looks > LOOKS && this.fate.hangs !== true;
    return { items: [jobItem(isOver, this.fate.fails), podItem(isOver, this.fate.fails)] };
  }
}

/** A Job of Kubernetes, as far as a test reads it. */
export interface Manifest {
  metadata: { name: string; labels: Record<string, string> };
  spec: {
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

function podItem(isOver: boolean, fails = false): object {
  const ended = { terminated: { exitCode: fails ? 1 : 0, finishedAt: at(62) } };
  return {
    kind: "Pod",
    metadata: { name: "x", creationTimestamp: at(0) },
    spec: { nodeName: "node-1", containers: [{ name: "workload", resources: REQUESTS }] },
    status: {
      conditions: [{ type: "PodScheduled", status: "True", lastTransitionTime: at(2) }],
      containerStatuses: [{ name: "workload", state: isOver ? ended : { running: {} } }],
    },
  };
}

/** Training jobs of SageMaker with their log, as the SDK's clients answer. */
export class FakeTraining {
  readonly created: Record<string, unknown>[] = [];
  readonly stopped: string[] = [];
  private looks = 0;
  constructor(readonly fate: Fate = {}) {}

  readonly clients = {
    jobs: { send: (command: object) => this.answer(command) },
    logs: { send: (command: object) => this.answer(command) },
  } as unknown as JobClients;

  private answer(command: object): Promise<object> {
    const { input } = command as { input: Record<string, unknown> };
    switch (command.constructor.name) {
      case "CreateTrainingJobCommand":
        this.created.push(input);
        return Promise.resolve({});
      case "DescribeTrainingJobCommand":
        this.looks += 1;
        return Promise.resolve(this.described());
      case "StopTrainingJobCommand":
        this.stopped.push(String(input["TrainingJobName"]));
        return Promise.resolve({});
      case "DescribeLogStreamsCommand":
        return Promise.resolve({ logStreams: [{ logStreamName: "job/algo-1" }] });
      default:
        return Promise.resolve({ events: [{ message: "training: 70%" }] });
    }
  }

  private described(): object {
    if (this.looks <= LOOKS || this.fate.hangs) {
      return { TrainingJobStatus: "InProgress", SecondaryStatus: "Training" };
    }
    if (this.fate.fails) {
      return { TrainingJobStatus: "Failed", FailureReason: "AlgorithmError: exit code 1" };
    }
    return {
      TrainingJobStatus: "Completed",
      CreationTime: new Date(at(0)),
      TrainingStartTime: new Date(at(40)),
      TrainingEndTime: new Date(at(140)),
      BillableTimeInSeconds: 100,
      ResourceConfig: { InstanceType: "ml.m5.xlarge" },
    };
  }
}

/** The command on fake platforms. */
export class RunFixture {
  readonly clusters: Record<string, FakeCluster> = {};
  readonly training = new FakeTraining();
  readonly saved: TrainingRun[] = [];
  readonly closed: string[] = [];
  readonly stop = new AbortController();
  /** Called with each line of progress. */
  onProgress: (text: string) => void = () => undefined;

  async run(
    argv: readonly string[],
    changes: Partial<WorkloadContext> = {},
  ): Promise<{ status: number; out: string; err: string }> {
    let [out, err] = ["", ""];
    const status = await workload(argv, {
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

  private ready(stack: string): ReadyStack {
    const isStudio = stack === "sagemaker";
    const cluster = (this.clusters[stack] ??= new FakeCluster());
    return {
      ...{ stack, target: isStudio ? "sagemaker" : "ec2", region: "eu-west-3", person: "ada" },
      runner: isStudio
        ? new SagemakerRunner(this.training.clients, "0123abcd", { ada: {} as never })
        : new KubernetesRunner(cluster.kubectl),
      store: {
        metrics: () =>
          Promise.resolve({
            begun: Date.parse(at(isStudio ? 120 : 32)) / 1000,
            accuracy: 0.97,
            seconds: { data: 1, training: 12.5, database: 0.5 },
          }),
        save: (run) => Promise.resolve(void this.saved.push(run)),
      },
      hourly: 0.4,
      close: () => void this.closed.push(stack),
    };
  }
}
