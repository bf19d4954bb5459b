import * as aws from "@pulumi/aws";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { TRIAL, TRIALS_NAMESPACE, WORKLOAD_PREFIX } from "../../../settings/names";
import type { NotebookSize } from "../../../settings/values/notebooks";
import { sumOf, times } from "../../../settings/values/resources";
import { LONGEST_TRAINING_SECONDS, MOST_PARALLEL } from "../../../settings/versions/training";
import { COLLECTOR_REQUESTS, SUGGESTION_REQUESTS } from "../../../settings/versions/tuning";
import type { DataBucket } from "../../data-bucket";
import { inCluster, type KubernetesCluster } from "../../kubernetes/cluster";
import { PACKAGES_FILE, PROGRAM, workloadFile } from "../../workload";
import { AWS_TOKEN, serviceAccountRole } from "../../workload-identity";
import {
  GROUP,
  INSTALLER,
  neverRun,
  packagesCommand,
  resources,
  shareOfFirst,
  trialsAtOnce,
} from "../notebooks/training";
import {
  asRequests,
  CODE,
  HOME,
  UNPRIVILEGED,
  USER,
  CONTAINER_DEFAULTS,
} from "../notebooks/values";
import { trialNetwork } from "./network";
import { trialRights } from "./rights";
import { COLLECTS_METRICS } from "./webhooks";

/** Inputs of `placeForTrials`. */
export interface TrialsArgs {
  readonly cluster: KubernetesCluster;
  readonly bucket: DataBucket;
  readonly region: string;
  readonly sizes: readonly NotebookSize[];
  /** Image of notebooks, in which trials run, too. */
  readonly image: string;
  /** Resources that must be there for as long as an Experiment is. */
  readonly after: readonly pulumi.Resource[];
}

const ACCOUNT = { namespace: TRIALS_NAMESPACE, name: TRIAL };
/** Program of a trial. */
const TRIAL_PROGRAM = "trial.py";
/** Tunings that the namespace holds, each with the most trials at the same time. */
const TUNINGS = 2;

/**
 * Declares the namespace of Experiments and the template of their trials: a suspended CronJob, which
 * `npm run tune -- --katib` puts into an Experiment. Trials run beside those of other people, so they have no person's
 * rights: they read the data set and write nothing.
 *
 * The namespace depends on everything with which an Experiment ends. When Katib is turned off it is deleted first, and
 * the Experiments with it, while the controller and the database manager take off their finalizers.
 */
export function placeForTrials(parent: pulumi.Resource, name: string, args: TrialsArgs): void {
  const { cluster, bucket } = args;
  const namespace = new kubernetes.core.v1.Namespace(
    `${name}-trials`,
    {
      metadata: {
        name: TRIALS_NAMESPACE,
        labels: { "pod-security.kubernetes.io/enforce": "restricted", ...COLLECTS_METRICS },
      },
    },
    inCluster(cluster, parent, args.after),
  );
  const opts = inCluster(cluster, parent, [namespace]);
  const role = serviceAccountRole(parent, `${name}-trials-aws`, {
    issuer: cluster.issuer,
    account: ACCOUNT,
    description: "Trials of Katib on an ml-platform",
  });
  new aws.iam.RolePolicy(
    `${name}-trials-data`,
    {
      role: role.name,
      policy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: "s3:GetObject",
            Resource: pulumi.interpolate`${bucket.arn}/${WORKLOAD_PREFIX}/*`,
          },
        ],
      }),
    },
    { parent },
  );
  trialRights(name, opts);
  trialNetwork(name, opts);
  limits(name, args.sizes, opts);
  new kubernetes.core.v1.ServiceAccount(
    `${name}-trials-account`,
    { metadata: ACCOUNT, automountServiceAccountToken: false },
    opts,
  );
  template(name, args, { roleArn: role.arn, opts });
}

/** Declares a quota, and requests for containers that name none. Pods that have ended count no more. */
function limits(
  name: string,
  sizes: readonly NotebookSize[],
  opts: pulumi.CustomResourceOptions,
): void {
  const trial = sumOf([shareOfFirst(sizes, trialsAtOnce()), COLLECTOR_REQUESTS]);
  const { cpu, memory } = asRequests(
    times(TUNINGS, sumOf([times(MOST_PARALLEL, trial), SUGGESTION_REQUESTS])),
  );
  const metadata = { name: TRIAL, namespace: TRIALS_NAMESPACE };
  new kubernetes.core.v1.ResourceQuota(
    `${name}-trials-quota`,
    {
      metadata,
      spec: {
        hard: {
          pods: String(TUNINGS * (MOST_PARALLEL + 1)),
          "requests.cpu": cpu,
          "requests.memory": memory,
          persistentvolumeclaims: "0",
        },
      },
    },
    opts,
  );
  new kubernetes.core.v1.LimitRange(
    `${name}-trials-limits`,
    {
      metadata,
      spec: { limits: [CONTAINER_DEFAULTS] },
    },
    opts,
  );
}

interface Template {
  /** ARN of the role of trials. */
  readonly roleArn: pulumi.Input<string>;
  readonly opts: pulumi.CustomResourceOptions;
}

function template(name: string, args: TrialsArgs, { roleArn, opts }: Template): void {
  const metadata = { name: TRIAL, namespace: TRIALS_NAMESPACE };
  const files = [PROGRAM, TRIAL_PROGRAM, INSTALLER, "requirements.in", PACKAGES_FILE];
  new kubernetes.core.v1.ConfigMap(
    `${name}-trials-code`,
    { metadata, data: Object.fromEntries(files.map((file) => [file, workloadFile(file)])) },
    opts,
  );
  // A second attempt would be another measurement.
  const job = { backoffLimit: 0, activeDeadlineSeconds: LONGEST_TRAINING_SECONDS };
  new kubernetes.batch.v1.CronJob(
    `${name}-trials-template`,
    { metadata, spec: neverRun(TRIAL, job, pod(args, roleArn)) },
    opts,
  );
}

function pod(
  { bucket, region, sizes, image }: TrialsArgs,
  roleArn: pulumi.Input<string>,
): kubernetes.types.input.core.v1.PodSpec {
  const values = {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_WEB_IDENTITY_TOKEN_FILE: AWS_TOKEN.file,
    AWS_ROLE_ARN: roleArn,
    BUCKET: bucket.bucketName,
    HOME,
  };
  const container = {
    image,
    env: Object.entries(values).map(([key, value]) => ({ name: key, value })),
    securityContext: { ...UNPRIVILEGED, runAsUser: USER },
    resources: resources(sizes, trialsAtOnce()),
  };
  const mounts = [
    { name: "code", mountPath: CODE, readOnly: true },
    { name: "home", mountPath: HOME },
  ];
  return {
    serviceAccountName: TRIAL,
    automountServiceAccountToken: false,
    restartPolicy: "Never",
    securityContext: { fsGroup: GROUP },
    initContainers: [
      {
        ...container,
        name: "packages",
        command: packagesCommand({ direct: "requirements.in", locked: PACKAGES_FILE }),
        volumeMounts: mounts,
      },
    ],
    containers: [
      {
        ...container,
        name: TRIAL,
        command: ["python3", `${CODE}/${TRIAL_PROGRAM}`],
        volumeMounts: [...mounts, AWS_TOKEN.mount],
      },
    ],
    volumes: [
      { name: "code", configMap: { name: TRIAL } },
      { name: "home", emptyDir: {} },
      AWS_TOKEN.volume,
    ],
  };
}
