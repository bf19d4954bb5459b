import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { GPU, MODEL_SERVER } from "../../../settings/names";
import {
  AWS_CLI_IMAGE,
  TRITON_GPU_REQUESTS,
  TRITON_IMAGE,
  TRITON_REQUESTS,
} from "../../../settings/versions/serving";
import { AWS_TOKEN } from "../../workload-identity";
import { asRequests, UNPRIVILEGED } from "../notebooks/values";
import type { Accelerator, ModelFolder, ModelName } from "./model-folder";

/** Inputs of `tritonPod`. */
export interface TritonPodArgs {
  readonly model: ModelName;
  readonly folder: Pick<ModelFolder, "prefix">;
  /** That of the folder's configuration. */
  readonly accelerator: Accelerator;
  readonly bucketName: pulumi.Input<string>;
  readonly region: string;
  /** ARN of the role that may read the folder. */
  readonly roleArn: pulumi.Input<string>;
  readonly accountName: string;
  /** Secret with the key of the closed part of the server's API, under `ADMIN_KEY`. */
  readonly secretName: pulumi.Input<string>;
}

/** Name in the Secret, and of the variable in the container. */
export const ADMIN_KEY = "ADMIN_KEY";

/**
 * Parts of the API that only a request with the key may use. Whoever loads a model runs code in the server, and
 * shared memory has been a way there, too.
 * https://docs.nvidia.com/deeplearning/triton-inference-server/user-guide/docs/customization_guide/deploy.html
 */
const CLOSED = ["model-repository", "shared-memory", "logging", "trace"];

/**
 * User and group `triton-server` of the image. As another one its entrypoint fails.
 * https://github.com/triton-inference-server/server/issues/2600
 */
const USER = 1000;
/** Folder of models in the pod. */
const MODELS = "/models";

/** Part of a pod and of its container that depends on what computes. */
interface Machinery {
  readonly place: Pick<kubernetes.types.input.core.v1.PodSpec, "nodeSelector" | "tolerations">;
  readonly resources: kubernetes.types.input.core.v1.ResourceRequirements;
  /** Seconds within which the model must be loaded. */
  readonly startSeconds: number;
  /** Folder in which engines are kept, as the model's configuration names it. @default there are none */
  readonly engines?: string;
}

const MACHINERY: Readonly<Record<Accelerator, Machinery>> = {
  none: {
    place: {},
    resources: { requests: asRequests(TRITON_REQUESTS), limits: { memory: "2Gi" } },
    startSeconds: 300,
  },
  tensorrt: {
    place: {
      nodeSelector: { [GPU.label]: "true" },
      tolerations: [{ key: GPU.resource, operator: "Exists", effect: "NoSchedule" }],
    },
    resources: {
      requests: asRequests(TRITON_GPU_REQUESTS),
      limits: { memory: `${TRITON_GPU_REQUESTS.mib}Mi`, [GPU.resource]: "1" },
    },
    // TensorRT measures many ways to compute a model before it chooses one: seconds for a small one, minutes for others.
    startSeconds: 900,
    engines: "/tmp/engines",
  },
};

/** Seconds between two questions whether the server has started. */
const PROBE_SECONDS = 5;

/**
 * Pod of a Triton with one model. An init container copies the model's folder from the bucket: with a token that only
 * it has, so that the server itself has no right on AWS.
 *
 * The root file system stays writable, since the image's entrypoint makes links in it.
 */
export function tritonPod(args: TritonPodArgs): kubernetes.types.input.core.v1.PodSpec {
  const { place, engines } = MACHINERY[args.accelerator];
  return {
    ...place,
    serviceAccountName: args.accountName,
    automountServiceAccountToken: false,
    // The variables of a Service `triton` begin as those that the server reads.
    enableServiceLinks: false,
    securityContext: { runAsUser: USER, runAsGroup: USER, fsGroup: USER },
    initContainers: [copy(args)],
    containers: [server(args)],
    volumes: [
      { name: "models", emptyDir: { sizeLimit: "1Gi" } },
      // Requests and answers between Triton and a backend of another process; 64 MiB is a container's usual size.
      { name: "shared-memory", emptyDir: { medium: "Memory", sizeLimit: "64Mi" } },
      // As long as the pod: a container that starts again builds no engine.
      ...(engines === undefined ? [] : [{ name: "engines", emptyDir: { sizeLimit: "2Gi" } }]),
      AWS_TOKEN.volume,
    ],
  };
}

function copy({
  model,
  folder,
  bucketName,
  region,
  roleArn,
}: TritonPodArgs): kubernetes.types.input.core.v1.Container {
  const values = {
    BUCKET: bucketName,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ROLE_ARN: roleArn,
    AWS_WEB_IDENTITY_TOKEN_FILE: AWS_TOKEN.file,
    // The image's own user is root; another one has no home.
    HOME: "/tmp",
  };
  return {
    name: "copy",
    image: AWS_CLI_IMAGE,
    command: ["aws"],
    args: [
      ...["s3", "cp", "--recursive", "--only-show-errors"],
      `s3://$(BUCKET)/${folder.prefix}/`,
      `${MODELS}/${model}/`,
    ],
    env: Object.entries(values).map(([name, value]) => ({ name, value })),
    securityContext: UNPRIVILEGED,
    resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "512Mi" } },
    volumeMounts: [{ name: "models", mountPath: MODELS }, AWS_TOKEN.mount],
  };
}

function server({
  model,
  accelerator,
  secretName,
}: TritonPodArgs): kubernetes.types.input.core.v1.Container {
  const { name, port } = MODEL_SERVER;
  const { resources, startSeconds, engines } = MACHINERY[accelerator];
  const healthy = (what: "live" | "ready") => ({ httpGet: { path: `/v2/health/${what}`, port } });
  return {
    name,
    image: TRITON_IMAGE,
    args: [
      "tritonserver",
      `--model-repository=${MODELS}`,
      "--model-control-mode=explicit",
      `--load-model=${model}`,
      "--exit-on-error=true",
      `--http-port=${port}`,
      `--http-restricted-api=${CLOSED.join(",")}:admin-key=$(${ADMIN_KEY})`,
      // gRPC has the same API, and a list of its own of what is closed.
      "--allow-grpc=false",
    ],
    env: [
      {
        name: ADMIN_KEY,
        valueFrom: { secretKeyRef: { name: secretName, key: ADMIN_KEY } },
      },
    ],
    ports: [{ name: "http", containerPort: port }],
    startupProbe: {
      ...healthy("ready"),
      periodSeconds: PROBE_SECONDS,
      failureThreshold: startSeconds / PROBE_SECONDS,
    },
    readinessProbe: { ...healthy("ready"), periodSeconds: PROBE_SECONDS },
    livenessProbe: { ...healthy("live"), periodSeconds: 10 },
    securityContext: UNPRIVILEGED,
    resources,
    volumeMounts: [
      { name: "models", mountPath: MODELS, readOnly: true },
      { name: "shared-memory", mountPath: "/dev/shm" },
      ...(engines === undefined ? [] : [{ name: "engines", mountPath: engines }]),
    ],
  };
}
