import { createHash } from "node:crypto";
import { PROJECT } from "./contract";
import { TARGET_NAMES, type TargetName } from "./shared";

/**
 * Every physical name and tag by which something of a stack is found at AWS. The code that creates a resource and
 * the code that looks for it both import it from here, so that a rename cannot hide it from the audit or a janitor.
 */

/** Keys of the tags that every resource of a stack has. */
export const TAG_KEYS = {
  project: "Project",
  stack: "Stack",
  stackId: "StackId",
  target: "Target",
  owner: "Owner",
  lifecycle: "Lifecycle",
} as const;

/** Values of a stack's tags by the names of `TAG_KEYS`; the project's own is always the same. */
export type StackTags<T = string> = Readonly<Record<Exclude<keyof typeof TAG_KEYS, "project">, T>>;

/** Form of a stack's id: four random bytes in hexadecimal digits. */
export const STACK_ID = /^[0-9a-f]{8}$/;

/** The tags of a stack by their keys. */
export function stackTags<T>(values: StackTags<T>): Readonly<Record<string, T | string>> {
  const tags = Object.entries(values).map(([name, value]) => [
    TAG_KEYS[name as keyof typeof TAG_KEYS],
    value,
  ]);
  return { [TAG_KEYS.project]: PROJECT, ...Object.fromEntries(tags) } as Record<string, T | string>;
}

/**
 * Values of the tags of a stack of this project. Whatever lacks one of `Project`, `Stack` and `StackId` belongs to
 * somebody else.
 */
export function readStackTags(tags: Readonly<Record<string, string>>): StackTags | undefined {
  const { [TAG_KEYS.stack]: stack, [TAG_KEYS.stackId]: stackId = "" } = tags;
  return tags[TAG_KEYS.project] === PROJECT && stack !== undefined && STACK_ID.test(stackId)
    ? {
        stack,
        stackId,
        target: tags[TAG_KEYS.target] ?? "",
        owner: tags[TAG_KEYS.owner] ?? "",
        lifecycle: tags[TAG_KEYS.lifecycle] ?? "",
      }
    : undefined;
}

/** Logical name of a stack's target. All resources of the target have names that begin with it and a hyphen. */
export function targetName(target: TargetName): string {
  return target;
}

/** Beginning of the types of the targets' components. */
const TARGET_TYPE = "mlp:target:";

/** Type of a target's component. A state has it, so another one would replace everything in the target. */
export function targetType(target: TargetName): string {
  return `${TARGET_TYPE}${target.charAt(0).toUpperCase()}${target.slice(1)}`;
}

/** Target that has components of a type, even one that this version does not know; undefined for other types. */
export function targetOfType(type: string): string | undefined {
  return type.startsWith(TARGET_TYPE) ? type.slice(TARGET_TYPE.length).toLowerCase() : undefined;
}

const OF_A_TARGET = new RegExp(`^(${TARGET_NAMES.map(targetName).join("|")})-`);

/** True if a name begins as those of a target's resources do: a logical name, and physical ones such as those of IAM roles. */
export function isNameOfTarget(name: string): boolean {
  return OF_A_TARGET.test(name);
}

/** Name of a stack's cluster, and of its folder of parameters: unique in the account. */
export function clusterNameOf(stack: string, stackId: string): string {
  return `${stack}-${stackId}`;
}

/** Key of the tag that names the person to whom a resource belongs. */
export const PERSON_TAG = "Person";

/** Key of the tag that Kubernetes controllers read and give; its value is `OWNED` on what a cluster created. */
export function clusterTag(cluster: string): string {
  return `kubernetes.io/cluster/${cluster}`;
}

/** Value of a cluster's tag on what it created; "shared" is on what it only uses. */
export const OWNED = "owned";

/** Beginning of the names of log groups in which EKS writes. */
export const EKS_LOG_GROUPS = "/aws/eks/";

/** Log group of a control plane; EKS itself decides its name. */
export function clusterLogGroup(cluster: string): string {
  return `${EKS_LOG_GROUPS}${cluster}/cluster`;
}

/** Name of a stack's database instance: known before the instance is, since its log group is named after it. */
export function databaseName(stackId: string): string {
  return `${PROJECT}-${stackId}`;
}

/** Log group of a database's messages; RDS itself decides its name. */
export function databaseLogGroup(database: string): string {
  return `/aws/rds/instance/${database}/postgresql`;
}

/** Description of CloudFront's access control of a cluster: the resource can have no tags. */
export function accessControlDescription(cluster: string): string {
  return `cluster ${cluster}`;
}

/** Folder of a stack's SSM parameters. */
export function parameterPath(cluster: string): string {
  return `/${PROJECT}/${cluster}`;
}

/**
 * Prefix of the address of a stack's login pages, shared by everybody in a region. It has no stack name in it:
 * Cognito refuses prefixes with "aws", "amazon" or "cognito".
 */
export function loginPrefix(stackId: string): string {
  return `${PROJECT}-${stackId}`;
}

/**
 * Name of a stack's Studio domain: unique in the account, letters, digits and hyphens, no hyphen first, 63 at most.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateDomain.html
 */
export function studioDomainName(stack: string, stackId: string): string {
  const prefix = `${stack.slice(0, 40)}-`.replace(/[^a-zA-Z0-9-]+/g, "-").replace(/^-+/, "");
  return `${prefix}${stackId}`;
}

/**
 * Name of the snapshot that RDS takes when the database of a kept stack is deleted.
 *
 * @param name logical name of the database.
 */
export function finalSnapshotName(name: string, stackId: string): string {
  return `${name}-${stackId}-final`;
}

/**
 * Beginning of the names of a stack's VPC origins, which end with a digest of their configuration. The audit finds
 * them by name, since an origin's tags may be absent from lists of tagged resources.
 */
export function vpcOriginPrefix(stackId: string): string {
  return `${PROJECT}-${stackId}-`;
}

/** Name of the CloudFront function that admits `allowedCidrs`: unique in the account. */
export function allowedCidrsFunctionName(stackId: string): string {
  return `${PROJECT}-${stackId}-allowed-cidrs`;
}

/** Prefix in the bucket that all users read and write. */
export const SHARED_PREFIX = "shared";

/** Prefix in the bucket that only this person reads and writes. */
export function personPrefix(person: string): string {
  return `users/${person}`;
}

/** Prefix of a person's training runs in the bucket; `train.py` spells it, too. */
export function runsPrefix(person: string): string {
  return `${personPrefix(person)}/${WORKLOAD}`;
}

/** Prefix in the bucket that all users may read and only the program writes: what people are told to run. */
export const PUBLIC_PREFIX = "public";

/** Folder of the workload in the bucket: notebook, program and data set. */
export const WORKLOAD_PREFIX = `${PUBLIC_PREFIX}/workload`;

/** Folder of the workload's program and packages in the bucket. SageMaker copies all of it into a training job. */
export const WORKLOAD_CODE_PREFIX = `${WORKLOAD_PREFIX}/code`;

/** Folder of the models that are served, in the bucket. */
export const MODELS_PREFIX = `${PUBLIC_PREFIX}/models`;

const TRITON = "triton";

/**
 * Namespace and Service of the model server in a cluster, and its port: the same on the Service and in the container,
 * as the VPC CNI's network policies require.
 */
export const MODEL_SERVER = {
  namespace: "serving",
  name: TRITON,
  port: 8000,
  /** Labels of its pods. */
  labels: { app: TRITON },
} as const;

/** Address of the model server inside the cluster. */
export const MODEL_SERVER_URL = `http://${MODEL_SERVER.name}.${MODEL_SERVER.namespace}:${MODEL_SERVER.port}`;

/**
 * NVIDIA's names: the resource of a GPU, after which the nodes that have one are tainted, and the label without which
 * the chart of the device plugin puts no pod on a node, and says nothing.
 * https://github.com/NVIDIA/k8s-device-plugin/blob/main/deployments/helm/nvidia-device-plugin/values.yaml
 */
export const GPU = { resource: "nvidia.com/gpu", label: "nvidia.com/gpu.present" } as const;

/**
 * Name of a stack's endpoint of SageMaker: known before the endpoint is, since its log group is named after it. 63
 * letters, digits and hyphens at most.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpoint.html
 */
export function endpointName(stackId: string): string {
  return `${PROJECT}-${stackId}`;
}

/** Namespace of the metrics of endpoints, and beginning of the names of their log groups; both are SageMaker's. */
export const ENDPOINT_METRICS = "/aws/sagemaker/Endpoints";

/** Log group of an endpoint; SageMaker itself decides its name. */
export function endpointLogGroup(endpoint: string): string {
  return `${ENDPOINT_METRICS}/${endpoint}`;
}

/**
 * Name of what runs the workload in a person's namespace: the template of its Jobs, and their label. Names of Jobs
 * begin with it.
 */
export const WORKLOAD = "workload";

/**
 * Beginning of the names of the workload's training and tuning jobs. They are unique in the account, and the audit
 * and the janitor tell the program's own jobs by them.
 */
export function trainingJobPrefix(stackId: string): string {
  return `${PROJECT}-${stackId}-`;
}

/**
 * Name of a training job: 63 letters, digits and hyphens at most, so a run has 9 at most beside the longest name of a
 * person. https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
 */
export function trainingJobName(stackId: string, person: string, run: string): string {
  return `${trainingJobPrefix(stackId)}${person}-${run}`;
}

/** Name of the template of tuning Jobs in a person's namespace. Names of Jobs begin with it. */
export const TUNING = "tuning";

/** Name of the template of Jobs that ask the model server. Names of Jobs begin with it. */
export const PREDICTION = "prediction";

/** Program that asks the model server, in `workload/` and in what runs it. */
export const PREDICTION_PROGRAM = "predict.py";

/**
 * Beginning of the names of a person's tuning jobs, and of the training jobs that these start. SageMaker has 32
 * characters for a tuning job, too few for the longest name of a person: a key of five stands for it. It begins with
 * a digit, and no person's name does, so that no job of `trainingJobName` begins like it. Two of 50 people on a stack
 * have the same key once in 10,000 stacks.
 */
export function tuningJobPrefix(stackId: string, person: string): string {
  const digest = Number.parseInt(
    createHash("sha256").update(person).digest("hex").slice(0, 12),
    16,
  );
  const rest = (digest % 36 ** 4).toString(36).padStart(4, "0");
  return `${trainingJobPrefix(stackId)}${Math.floor(digest / 36 ** 4) % 10}${rest}`;
}

/**
 * Name of a tuning job: 32 letters, digits and hyphens at most, so a run has 6.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateHyperParameterTuningJob.html
 */
export function tuningJobName(stackId: string, person: string, run: string): string {
  return `${tuningJobPrefix(stackId, person)}${run}`;
}

/** Namespace of Katib's controller and of its database manager; Katib's programs expect this one. */
export const KATIB_NAMESPACE = "kubeflow";

/** Type of the database's component, by which a price rule knows its log group. */
export const DATABASE_TYPE = "mlp:component:Database";

/** Type of the component of a SageMaker endpoint, by which a price rule knows its log group. */
export const ENDPOINT_TYPE = "mlp:sagemaker:ModelEndpoint";

/** Type of Katib among a stack's resources, by which a command knows that the stack has it. */
export const KATIB_TYPE = "mlp:ml:Katib";

/** Labels that Katib gives: to the pods of an Experiment, and beside it to those that suggest or train. */
export const KATIB_LABELS = {
  experiment: "katib.kubeflow.org/experiment",
  suggestion: "katib.kubeflow.org/suggestion",
  trial: "katib.kubeflow.org/trial",
} as const;

/** Katib's names of the algorithm and of the way to collect metrics: the only ones that are installed. */
export const KATIB_METHODS = { algorithm: "tpe", collector: "StdOut" } as const;

/** Namespace of Katib's Experiments and their trials, apart from everybody's notebooks. */
export const TRIALS_NAMESPACE = "tuning";

/** Name of the template of trials, of their container and of their service account. */
export const TRIAL = "trial";

/** Log group of all training jobs of an account; SageMaker itself decides its name. */
export const TRAINING_LOG_GROUP = "/aws/sagemaker/TrainingJobs";

/** Namespace of a person's pods in a cluster. The hub's Python spells it, too: `platform_hub.py`. */
export function personNamespace(person: string): string {
  return `user-${person}`;
}

/** Service account of a person's pods, in their namespace. */
export const NOTEBOOK_ACCOUNT = "notebook";

/** Service account of the hub, in its own namespace. */
export const HUB_ACCOUNT = "hub";

/** Storage class that claims get unless they name another: encrypted gp3 volumes. */
export const STORAGE_CLASS = "gp3";
