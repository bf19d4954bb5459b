import {
  DeleteEndpointCommand,
  ListTagsCommand,
  paginateListEndpoints,
  paginateListHyperParameterTuningJobs,
  paginateListProcessingJobs,
  paginateListTrainingJobs,
  paginateListTransformJobs,
  StopHyperParameterTuningJobCommand,
  StopProcessingJobCommand,
  StopTrainingJobCommand,
  StopTransformJobCommand,
  type SageMakerClient,
  type Tag,
} from "@aws-sdk/client-sagemaker";
import { collect } from "../collect";
import type { Finding } from "../finding";

/** A running job or an endpoint. */
export interface UserJob extends Finding {
  /** Command with which a person stops it. */
  readonly command: string;
  /** True for a training job or a tuning job of the workload, by its name. */
  readonly ofWorkload: boolean;
}

/** Tag of Studio on everything that is started from it. https://docs.aws.amazon.com/sagemaker/latest/dg/domain-resource-isolation.html */
export const DOMAIN_TAG = "sagemaker:domain-arn";

/**
 * Jobs and endpoints that were started from this domain, as long as they run and so cost money, and training jobs and
 * tuning jobs of the workload. Tuning jobs are first, since one that runs would start others in the place of training
 * jobs that are stopped.
 *
 * @param workloadPrefix beginning of the names of the workload's jobs. @default the stack has none
 */
export async function userJobs(
  client: SageMakerClient,
  domainArn: string,
  workloadPrefix?: string,
): Promise<UserJob[]> {
  const kinds = await Promise.all([
    tuningJobs(client),
    endpoints(client),
    trainingJobs(client),
    processingJobs(client),
    transformJobs(client),
  ]);
  const ofDomain: UserJob[] = [];
  for (const job of kinds.flat()) {
    const ofWorkload =
      [TRAINING, TUNING].includes(job.kind) &&
      workloadPrefix !== undefined &&
      job.id.startsWith(workloadPrefix);
    const tags = ofWorkload ? [] : await tagsOf(client, job.arn);
    if (ofWorkload || tags.some(({ Key, Value }) => Key === DOMAIN_TAG && Value === domainArn)) {
      ofDomain.push({ ...job, ofWorkload });
    }
  }
  return ofDomain;
}

type Listed = Omit<UserJob, "ofWorkload"> & { readonly arn: string };

const TRAINING = "sagemaker:training-job";
const TUNING = "sagemaker:hyper-parameter-tuning-job";

/** Kinds of jobs and endpoints that people start from Studio, with AWS's command that stops or deletes one. */
export const STUDIO_JOBS = {
  "sagemaker:endpoint": {
    name: "endpoint",
    command: (id: string) => `aws sagemaker delete-endpoint --endpoint-name ${id}`,
  },
  [TRAINING]: {
    name: "training job",
    command: (id: string) => `aws sagemaker stop-training-job --training-job-name ${id}`,
  },
  "sagemaker:processing-job": {
    name: "processing job",
    command: (id: string) => `aws sagemaker stop-processing-job --processing-job-name ${id}`,
  },
  "sagemaker:transform-job": {
    name: "transform job",
    command: (id: string) => `aws sagemaker stop-transform-job --transform-job-name ${id}`,
  },
  [TUNING]: {
    name: "tuning job",
    command: (id: string) =>
      `aws sagemaker stop-hyper-parameter-tuning-job --hyper-parameter-tuning-job-name ${id}`,
  },
} as const;

function listed(kind: keyof typeof STUDIO_JOBS, id: string, arn: string): Listed {
  const { name, command } = STUDIO_JOBS[kind];
  return { kind, label: name, id, arn, command: command(id) };
}

/** Tags of a job or an endpoint; none if it was deleted since it was listed. */
async function tagsOf(client: SageMakerClient, ResourceArn: string): Promise<readonly Tag[]> {
  try {
    return (await client.send(new ListTagsCommand({ ResourceArn }))).Tags ?? [];
  } catch (error) {
    if (/NotFound|ValidationException/.test((error as Error).name)) {
      return [];
    }
    throw error;
  }
}

/** States in which AWS deletes an endpoint; in any other it is changing, and is checked again later. */
const SETTLED = ["InService", "OutOfService", "Failed", "UpdateRollbackFailed"];

/** Endpoints, which never stop by themselves. */
async function endpoints(client: SageMakerClient): Promise<Listed[]> {
  const all = await collect(paginateListEndpoints({ client }, {}), (page) => page.Endpoints);
  return all
    .filter(({ EndpointStatus }) => EndpointStatus !== "Deleting")
    .map(({ EndpointName = "", EndpointArn = "", EndpointStatus = "" }) => ({
      ...listed("sagemaker:endpoint", EndpointName, EndpointArn),
      ...(SETTLED.includes(EndpointStatus) && {
        remove: () => client.send(new DeleteEndpointCommand({ EndpointName })),
      }),
    }));
}

/** Filter of running jobs; a new object each time, since the SDK writes the token of a page into it. */
const running = () => ({ StatusEquals: "InProgress" }) as const;

async function trainingJobs(client: SageMakerClient): Promise<Listed[]> {
  const all = await collect(
    paginateListTrainingJobs({ client }, running()),
    (page) => page.TrainingJobSummaries,
  );
  return all.map(({ TrainingJobName = "", TrainingJobArn = "" }) => ({
    ...listed(TRAINING, TrainingJobName, TrainingJobArn),
    remove: () => client.send(new StopTrainingJobCommand({ TrainingJobName })),
  }));
}

async function processingJobs(client: SageMakerClient): Promise<Listed[]> {
  const all = await collect(
    paginateListProcessingJobs({ client }, running()),
    (page) => page.ProcessingJobSummaries,
  );
  return all.map(({ ProcessingJobName = "", ProcessingJobArn = "" }) => ({
    ...listed("sagemaker:processing-job", ProcessingJobName, ProcessingJobArn),
    remove: () => client.send(new StopProcessingJobCommand({ ProcessingJobName })),
  }));
}

async function transformJobs(client: SageMakerClient): Promise<Listed[]> {
  const all = await collect(
    paginateListTransformJobs({ client }, running()),
    (page) => page.TransformJobSummaries,
  );
  return all.map(({ TransformJobName = "", TransformJobArn = "" }) => ({
    ...listed("sagemaker:transform-job", TransformJobName, TransformJobArn),
    remove: () => client.send(new StopTransformJobCommand({ TransformJobName })),
  }));
}

async function tuningJobs(client: SageMakerClient): Promise<Listed[]> {
  const all = await collect(
    paginateListHyperParameterTuningJobs({ client }, running()),
    (page) => page.HyperParameterTuningJobSummaries,
  );
  return all.map(({ HyperParameterTuningJobName = "", HyperParameterTuningJobArn = "" }) => ({
    ...listed(TUNING, HyperParameterTuningJobName, HyperParameterTuningJobArn),
    remove: () =>
      client.send(new StopHyperParameterTuningJobCommand({ HyperParameterTuningJobName })),
  }));
}
