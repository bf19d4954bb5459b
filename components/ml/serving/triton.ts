import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { MODEL_SERVER } from "../../../settings/names";
import { AWS_CLI_IMAGE, TRITON_IMAGE, TRITON_REQUESTS } from "../../../settings/versions/serving";
import { AWS_TOKEN } from "../../workload-identity";
import { asRequests, UNPRIVILEGED } from "../notebooks/values";
import type { ModelFolder, ModelName } from "./model-folder";

/** Inputs of `tritonPod`. */
export interface TritonPodArgs {
  readonly model: ModelName;
  readonly folder: Pick<ModelFolder, "prefix">;
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

/**
 * Pod of a Triton with one model. An init container copies the model's folder from the bucket: with a token that only
 * it has, so that the server itself has no right on AWS.
 *
 * The root file system stays writable, since the image's entrypoint makes links in it.
 */
export function tritonPod(args: TritonPodArgs): kubernetes.types.input.core.v1.PodSpec {
  return {
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

function server({ model, secretName }: TritonPodArgs): kubernetes.types.input.core.v1.Container {
  const { name, port } = MODEL_SERVER;
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
    startupProbe: { ...healthy("ready"), periodSeconds: 5, failureThreshold: 60 },
    readinessProbe: { ...healthy("ready"), periodSeconds: 5 },
    livenessProbe: { ...healthy("live"), periodSeconds: 10 },
    securityContext: UNPRIVILEGED,
    resources: { requests: asRequests(TRITON_REQUESTS), limits: { memory: "2Gi" } },
    volumeMounts: [
      { name: "models", mountPath: MODELS, readOnly: true },
      { name: "shared-memory", mountPath: "/dev/shm" },
    ],
  };
}
