import { CostError } from "../../cost/cost-error";
import { USD } from "../../cost/currency";
import type { ServerMachines } from "../../cost/prediction-run";
import { liveCost } from "../../cost/live/live-cost";
import { runStore, type RunStore } from "../../cost/live/run-store";
import type { StoredStack } from "../../cost/resources/stack-export";
import type { Result } from "../../settings/contract";
import { listed, printable, quoted } from "../../settings/foreign-text";
import { KATIB_TYPE } from "../../settings/names";
import type { AwsAccess } from "../../settings/schema/aws-access";
import { isRecord } from "../../settings/schema/setting";
import { TARGET_NAMES, type TargetName } from "../../settings/shared";
import { profileOf } from "../../settings/targets";
import { KubeconfigFile } from "./kubectl";
import { KatibTuner } from "./katib";
import { KubernetesRunner } from "./kubernetes";
import { endpointMachines, podMachines } from "./model-server";
import type { Runner, Tuner } from "./runner";
import { SagemakerTuner } from "./sagemaker-tuning";
import {
  jobClients,
  SagemakerRunner,
  type JobClients,
  type JobTemplate,
  type JobTemplates,
} from "./sagemaker";

/** A live stack that can run the workload. */
export interface ReadyStack {
  readonly stack: string;
  readonly target: TargetName;
  readonly region: string;
  readonly person: string;
  readonly runner: Runner;
  readonly tuner: Tuner;
  /** @default it has no Katib */
  readonly katib?: Tuner;
  readonly store: Pick<RunStore, "metrics" | "save" | "saveTuning" | "predictions">;
  /** Finds the machines of the model server. @default the stack has none */
  readonly modelServer?: () => Promise<ServerMachines>;
  /** Dollars an hour of everything that is billed by time; undefined where something has no price. */
  readonly hourly: number | undefined;
  /** Removes what was put on this machine to reach the stack. */
  readonly close: () => void;
}

/** Sources of what is known about a stack. */
export interface StackSources {
  readonly now: Date;
  /** Decrypts the output `kubeconfig` of a stack. */
  readonly kubeconfig: (stack: string) => Promise<string>;
  readonly access: (stack: string) => Partial<AwsAccess>;
}

/**
 * Finds the means of a stack to run the workload as a person.
 *
 * @param asked name of the person. @default the only one of the stack
 * @throws SettingsError when its kubeconfig or its access to AWS cannot be read.
 */
export async function readyStack(
  stored: StoredStack,
  asked: string | undefined,
  { now, access, ...sources }: StackSources,
): Promise<Result<ReadyStack>> {
  const { stack, deployment } = stored;
  const { region, stackId } = deployment;
  const target = TARGET_NAMES.find((name) => name === deployment.target);
  const { bucket, roleArns, kubeconfig, trainingJobs, modelServer } = deployment.outputs;
  if (
    target === undefined ||
    region === undefined ||
    stackId === undefined ||
    typeof bucket !== "string"
  ) {
    return { problem: `stack ${stack} is not up; pulumi up --stack ${stack} creates it` };
  }
  const person = personOf(stack, Object.keys(isRecord(roleArns) ? roleArns : {}), asked);
  if ("problem" in person) {
    return person;
  }
  const reach: AwsAccess = { ...access(stack), region };
  const store = runStore(reach, bucket);
  const ready = {
    stack,
    target,
    region,
    person: person.ok,
    store,
    hourly: hourlyOf(stored, now),
  };
  if (kubeconfig !== undefined) {
    // A secret where it holds a key.
    const text = typeof kubeconfig === "string" ? kubeconfig : await sources.kubeconfig(stack);
    const file = new KubeconfigFile(text);
    const trials: Tuner["trials"] = ({ run }) => store.trials(person.ok, run);
    const katib = hasKatib(stored) && { katib: new KatibTuner(file.kubectl) };
    return { ok: { ...ready, ...onCluster(file, trials, modelServer), ...katib } };
  }
  if (!isRecord(trainingJobs)) {
    return { problem: withoutJobs(stack, target) };
  }
  const templates = trainingJobs as Readonly<Record<string, JobTemplate>>;
  return { ok: { ...ready, ...onSagemaker(jobClients(reach), stackId, templates, modelServer) } };
}

/** Commands that turn on a setting of a stack that is up. */
export function turnOn(setting: string, stack: string): string {
  return `pulumi config set ${setting} true --stack ${stack}, then pulumi up`;
}

function withoutJobs(stack: string, target: TargetName): string {
  const { trainingJobs } = profileOf(target);
  return trainingJobs === undefined
    ? `stack ${stack} has no output kubeconfig; pulumi up --stack ${stack} completes it`
    : `stack ${stack} allows no training jobs; to allow them, run ${turnOn(trainingJobs, stack)}`;
}

/** Means that depend on the platform. */
type Means = Pick<ReadyStack, "runner" | "tuner" | "modelServer" | "close">;

/** @param modelServer output of the stack. */
function onCluster(file: KubeconfigFile, trials: Tuner["trials"], modelServer: unknown): Means {
  const runner = new KubernetesRunner(file.kubectl);
  return {
    runner,
    tuner: { runner, trials },
    ...(modelServer !== undefined && { modelServer: () => podMachines(file.kubectl) }),
    close: () => {
      file.remove();
    },
  };
}

/** @param modelServer output of the stack. */
function onSagemaker(
  clients: JobClients,
  stackId: string,
  templates: JobTemplates,
  modelServer: unknown,
): Means {
  const tuning = new SagemakerTuner(clients, stackId, templates);
  return {
    runner: new SagemakerRunner(clients, stackId, templates),
    tuner: { runner: tuning, trials: (request) => tuning.trials(request) },
    ...(typeof modelServer === "string" && {
      modelServer: () => endpointMachines(clients.jobs, modelServer),
    }),
    close: () => undefined,
  };
}

/** True for a stack whose last `up` has declared Katib. */
function hasKatib({ deployment: { resources } }: StoredStack): boolean {
  return resources.some(({ type }) => type === KATIB_TYPE);
}

/** The person to run as. */
function personOf(
  stack: string,
  people: readonly string[],
  asked: string | undefined,
): Result<string> {
  const [only, ...others] = people;
  if (asked !== undefined) {
    return people.includes(asked)
      ? { ok: asked }
      : { problem: `stack ${stack} has no person ${quoted(asked)}; it has ${names(people)}` };
  }
  return only !== undefined && others.length === 0
    ? { ok: only }
    : { problem: `--as must name a person of stack ${stack}: ${names(people)}` };
}

function names(people: readonly string[]): string {
  return listed(people.map((name) => printable(name))) || "none";
}

function hourlyOf({ deployment }: StoredStack, now: Date): number | undefined {
  try {
    const cost = liveCost(deployment, { now, usage: {}, currency: USD });
    return cost === undefined || cost.hourly.atLeast ? undefined : cost.hourly.leastCents / 100;
  } catch (error) {
    if (error instanceof CostError) {
      return undefined;
    }
    throw error;
  }
}
