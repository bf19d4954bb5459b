import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import {
  NOTEBOOK_ACCOUNT,
  PREDICTION,
  PREDICTION_PROGRAM,
  TUNING,
  WORKLOAD,
} from "../../../settings/names";
import { firstRequests, firstSize, type NotebookSize } from "../../../settings/values/notebooks";
import type { Person } from "../../../settings/values/people";
import type { Resources } from "../../../settings/values/resources";
import {
  LONGEST_TRAINING_SECONDS,
  LONGEST_TUNING_SECONDS,
} from "../../../settings/versions/training";
import { inCluster, type KubernetesCluster } from "../../kubernetes/cluster";
import { AWS_TOKEN, serviceAccountOf } from "../../workload-identity";
import { PACKAGES_FILE, PROGRAM, SPACE_FILE, TUNING_PROGRAM, workloadFile } from "../../workload";
import { hubFile } from "./hub-files";
import {
  asRequests,
  CODE,
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

/** Inputs of `trainingTemplates`. */
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
/** Program that installs packages. */
export const INSTALLER = "install.py";
/** Group of the images' own user; files of volumes belong to it. */
export const GROUP = 100;
/** A day that never comes: only copies of the template run. */
const NEVER = "0 0 31 2 *";

/** Parts in which the templates of Jobs differ. */
interface JobKind {
  /** Name of the template. */
  readonly template: string;
  readonly program: string;
  /** Direct packages of the program, and all of them with their hashes. */
  readonly packages: { readonly direct: string; readonly locked: string };
  /** Number of pods that together request as much as a notebook of the first size. */
  readonly pods: number;
  readonly spec: Omit<kubernetes.types.input.batch.v1.JobSpec, "template">;
}

const TRAINING_JOB: JobKind = {
  template: WORKLOAD,
  program: PROGRAM,
  packages: { direct: "requirements.in", locked: PACKAGES_FILE },
  pods: 1,
  // A second attempt would be another measurement.
  spec: { backoffLimit: 0, activeDeadlineSeconds: LONGEST_TRAINING_SECONDS },
};

/** Clients of the model server. */
const PREDICTION_JOB: JobKind = {
  ...TRAINING_JOB,
  template: PREDICTION,
  program: PREDICTION_PROGRAM,
};

/** Number of trials at the same time that the search space of this checkout asks for. */
export function trialsAtOnce(): number {
  return (JSON.parse(workloadFile(SPACE_FILE)) as { readonly parallel: number }).parallel;
}

/** Workers with an index each. They share what there is to do, so one that ends is started again once. */
function tuningJob(): JobKind {
  const parallel = trialsAtOnce();
  return {
    template: TUNING,
    program: TUNING_PROGRAM,
    packages: { direct: "tuning.in", locked: "tuning.txt" },
    // So they fit into the quota beside a notebook.
    pods: parallel,
    spec: {
      completionMode: "Indexed",
      completions: parallel,
      parallelism: parallel,
      backoffLimitPerIndex: 1,
      activeDeadlineSeconds: LONGEST_TUNING_SECONDS,
    },
  };
}

/**
 * Declares the templates of the workload's Jobs in a person's namespace, to train, to tune and, where there is a model
 * server, to ask it: suspended CronJobs, which `kubectl create job --from=cronjob/workload` copies. A pod has the image, the size, the identity and the
 * network of a notebook of the first size; the workers of a tuning share its size. A training ends after an hour, a
 * tuning after two.
 */
export function trainingTemplates(parent: pulumi.Resource, name: string, args: TrainingArgs): void {
  const { cluster, person, after } = args;
  const { namespace } = serviceAccountOf(person);
  const opts = inCluster(cluster, parent, after);
  const kinds = {
    [name]: TRAINING_JOB,
    [`${name}-tuning`]: tuningJob(),
    ...(args.servingUrl !== undefined && { [`${name}-prediction`]: PREDICTION_JOB }),
  };
  const files = Object.values(kinds).flatMap(({ program, packages: { direct, locked } }) => [
    program,
    direct,
    locked,
  ]);
  new kubernetes.core.v1.ConfigMap(
    `${name}-code`,
    {
      metadata: { name: WORKLOAD, namespace },
      data: {
        ...Object.fromEntries(
          [...files, INSTALLER, SPACE_FILE].map((file) => [file, workloadFile(file)]),
        ),
        [START_FILE]: hubFile(START_FILE),
      },
    },
    opts,
  );
  for (const [logical, kind] of Object.entries(kinds)) {
    const job = { ...kind.spec, ttlSecondsAfterFinished: KEPT_SECONDS };
    new kubernetes.batch.v1.CronJob(
      logical,
      {
        metadata: { name: kind.template, namespace },
        spec: neverRun(kind.template, job, pod(kind, args)),
      },
      opts,
    );
  }
}

/** A CronJob that never runs by itself: copies of its Job do, whose label `app` is the name. */
export function neverRun(
  app: string,
  job: JobKind["spec"],
  spec: kubernetes.types.input.core.v1.PodSpec,
): kubernetes.types.input.batch.v1.CronJobSpec {
  const metadata = { labels: { app } };
  return {
    schedule: NEVER,
    suspend: true,
    jobTemplate: { metadata, spec: { ...job, template: { metadata, spec } } },
  };
}

function pod(
  { program, packages, pods }: JobKind,
  args: TrainingArgs,
): kubernetes.types.input.core.v1.PodSpec {
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
      },
      {
        name: "packages",
        image,
        command: packagesCommand(packages),
        env,
        securityContext: UNPRIVILEGED,
        resources: resources(args.sizes, pods),
        volumeMounts: mounts,
      },
    ],
    containers: [
      {
        name: WORKLOAD,
        image,
        command: ["python3", `${CODE}/${program}`],
        args: ["--run", "by-hand"],
        env,
        securityContext: UNPRIVILEGED,
        resources: resources(args.sizes, pods),
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

/** MiB that a worker needs: 300 for the program with its data, and room for pip, which installs its packages. */
const LEAST_MIB = 512;

/** The command that installs a program's packages where the image has other ones. */
export function packagesCommand({ direct, locked }: JobKind["packages"]): string[] {
  return ["python3", ...[INSTALLER, direct, locked].map((file) => `${CODE}/${file}`)];
}

/** Requests of one of some pods that share the size of a notebook of the first size. */
export function shareOfFirst(sizes: readonly NotebookSize[], pods: number): Resources {
  const { vcpus, gib } = firstRequests(sizes);
  const mib = gib * 1024;
  return {
    millicores: Math.floor((vcpus * 1000) / pods),
    mib: Math.max(Math.floor(mib / pods), Math.min(mib, LEAST_MIB)),
  };
}

/** Requests and limits of such a pod. */
export function resources(
  sizes: readonly NotebookSize[],
  pods: number,
): kubernetes.types.input.core.v1.ResourceRequirements {
  const { cpu, memory } = asRequests(shareOfFirst(sizes, pods));
  return {
    // A whole size is written as notebooks write it.
    requests: { cpu: pods === 1 ? String(firstRequests(sizes).vcpus) : cpu, memory },
    limits: { cpu: String(firstSize(sizes).vcpus), memory },
  };
}
