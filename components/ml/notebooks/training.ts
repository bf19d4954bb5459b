import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { NOTEBOOK_ACCOUNT, WORKLOAD } from "../../../settings/names";
import { firstSize, type NotebookSize } from "../../../settings/values/notebooks";
import type { Person } from "../../../settings/values/people";
import { LONGEST_TRAINING_SECONDS } from "../../../settings/versions/training";
import { inCluster, type KubernetesCluster } from "../../kubernetes/cluster";
import { AWS_TOKEN, serviceAccountOf } from "../../workload-identity";
import { PACKAGES_FILE, PROGRAM, workloadFile } from "../../workload";
import { hubFile } from "./hub-files";
import {
  environment,
  HOME,
  ROOTS,
  ROOTS_FILE,
  rootsContainer,
  START_FILE,
  UNPRIVILEGED,
  USER,
  type ValuesArgs,
} from "./values";

/** Inputs of `trainingTemplate`. */
export interface TrainingArgs extends Pick<
  ValuesArgs,
  "region" | "bucketName" | "database" | "servingUrl" | "image" | "sizes" | "roleArns"
> {
  readonly cluster: KubernetesCluster;
  readonly person: Person;
  /** Resources to create before these: the person's namespace. */
  readonly after: readonly pulumi.Resource[];
}

/** Seconds for which a finished Job and its log can be read. */
const KEPT_SECONDS = 24 * 60 * 60;
/** Folder of the programs in a pod. */
const CODE = "/opt/ml-platform";
/** Group of the images' own user; files of volumes belong to it. */
const GROUP = 100;
/** A day that never comes: only copies of the template run. */
const NEVER = "0 0 31 2 *";

/**
 * Declares the template of the workload's Jobs in a person's namespace: a suspended CronJob, which
 * `kubectl create job --from=cronjob/workload` copies. A Job has the image, the size, the identity and the network
 * of a notebook of the first size, and ends after an hour.
 */
export function trainingTemplate(parent: pulumi.Resource, name: string, args: TrainingArgs): void {
  const { cluster, person, after } = args;
  const { namespace } = serviceAccountOf(person);
  const opts = inCluster(cluster, parent, after);
  const metadata = { name: WORKLOAD, namespace };
  const files = [PROGRAM, PACKAGES_FILE, "requirements.in", "install.py"];
  new kubernetes.core.v1.ConfigMap(
    `${name}-code`,
    {
      metadata,
      data: {
        ...Object.fromEntries(files.map((file) => [file, workloadFile(file)])),
        [START_FILE]: hubFile(START_FILE),
      },
    },
    opts,
  );
  const labels = { app: WORKLOAD };
  new kubernetes.batch.v1.CronJob(
    name,
    {
      metadata,
      spec: {
        schedule: NEVER,
        suspend: true,
        jobTemplate: {
          metadata: { labels },
          spec: {
            // A second attempt would be another measurement.
            backoffLimit: 0,
            activeDeadlineSeconds: LONGEST_TRAINING_SECONDS,
            ttlSecondsAfterFinished: KEPT_SECONDS,
            template: { metadata: { labels }, spec: pod(args) },
          },
        },
      },
    },
    opts,
  );
}

function pod(args: TrainingArgs): kubernetes.types.input.core.v1.PodSpec {
  const { database, image, person, roleArns } = args;
  const mounts = [
    { name: "code", mountPath: CODE, readOnly: true },
    { name: "home", mountPath: HOME },
  ];
  const variables = {
    ...environment(args),
    PERSON: person.name,
    AWS_ROLE_ARN: roleArns[person.name] ?? "",
    AWS_ROLE_SESSION_NAME: person.name,
    HOME,
  };
  const env = Object.entries(variables).map(([key, value]) => ({ name: key, value }));
  return {
    serviceAccountName: NOTEBOOK_ACCOUNT,
    automountServiceAccountToken: false,
    restartPolicy: "Never",
    securityContext: { runAsUser: USER, fsGroup: GROUP },
    initContainers: [
      {
        ...rootsContainer(image),
        command: ["python3", `${CODE}/${START_FILE}`, database.rootsUrl, ROOTS_FILE],
        volumeMounts: [...mounts, ROOTS],
      } as kubernetes.types.input.core.v1.Container,
      {
        name: "packages",
        image,
        command: [
          "python3",
          `${CODE}/install.py`,
          `${CODE}/requirements.in`,
          `${CODE}/${PACKAGES_FILE}`,
        ],
        env,
        securityContext: UNPRIVILEGED,
        resources: resources(args.sizes),
        volumeMounts: mounts,
      },
    ],
    containers: [
      {
        name: WORKLOAD,
        image,
        command: ["python3", `${CODE}/${PROGRAM}`],
        args: ["--run", "by-hand"],
        env,
        securityContext: UNPRIVILEGED,
        resources: resources(args.sizes),
        volumeMounts: [...mounts, { ...ROOTS, readOnly: true }, AWS_TOKEN.mount],
      },
    ],
    volumes: [
      { name: "code", configMap: { name: WORKLOAD } },
      { name: "home", emptyDir: {} },
      { name: ROOTS.name, emptyDir: {} },
      AWS_TOKEN.volume,
    ],
  };
}

/** Requests and limits of a notebook of the first size. */
function resources(
  sizes: readonly NotebookSize[],
): kubernetes.types.input.core.v1.ResourceRequirements {
  const { vcpus, gib } = firstSize(sizes);
  const memory = `${gib * 1024}Mi`;
  return {
    requests: { cpu: String(vcpus), memory },
    limits: { cpu: String(sizes[0]?.vcpus), memory },
  };
}
