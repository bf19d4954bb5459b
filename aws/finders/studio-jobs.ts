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
import { type Found } from "../finding";
import { collect } from "../collect";

/** A running job or an endpoint, and how a person stops it. */
export interface UserJob extends Found {
  readonly command: string;
}

/** Tag that Studio puts on what is started from it. https://docs.aws.amazon.com/sagemaker/latest/dg/domain-resource-isolation.html */
const DOMAIN_TAG = "sagemaker:domain-arn";

interface Listed {
  readonly what: string;
  readonly name: string;
  readonly arn: string;
  readonly command: string;
  readonly remove?: () => Promise<unknown>;
}

/** What runs and was started from this domain, and from no other. Only what costs while it runs. */
export async function userJobs(client: SageMakerClient, domainArn: string): Promise<UserJob[]> {
  const kinds = await Promise.all([
    endpoints(client),
    trainingJobs(client),
    processingJobs(client),
    transformJobs(client),
    tuningJobs(client),
  ]);
  const ours: UserJob[] = [];
  for (const { what, name, arn, command, remove } of kinds.flat()) {
    const tags = await tagsOf(client, arn);
    if (tags.some(({ Key, Value }) => Key === DOMAIN_TAG && Value === domainArn)) {
      const told = { what, id: name, command: `aws sagemaker ${command} ${name}` };
      ours.push(remove === undefined ? told : { ...told, remove });
    }
  }
  return ours;
}

/** Tags of what was listed; none when it has gone since. */
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

/** What AWS lets go; others change at the moment, and are looked at again. */
const SETTLED = ["InService", "OutOfService", "Failed", "UpdateRollbackFailed"];

/** An endpoint never stops by itself. */
async function endpoints(client: SageMakerClient): Promise<Listed[]> {
  const all = await collect(paginateListEndpoints({ client }, {}), (page) => page.Endpoints);
  return all
    .filter(({ EndpointStatus }) => EndpointStatus !== "Deleting")
    .map(({ EndpointName = "", EndpointArn = "", EndpointStatus = "" }) => ({
      what: "endpoint",
      name: EndpointName,
      arn: EndpointArn,
      command: "delete-endpoint --endpoint-name",
      ...(SETTLED.includes(EndpointStatus) && {
        remove: () => client.send(new DeleteEndpointCommand({ EndpointName })),
      }),
    }));
}

/** A new object each time: the SDK writes the token of a page into what it is given. */
const running = () => ({ StatusEquals: "InProgress" }) as const;

async function trainingJobs(client: SageMakerClient): Promise<Listed[]> {
  const all = await collect(
    paginateListTrainingJobs({ client }, running()),
    (page) => page.TrainingJobSummaries,
  );
  return all.map(({ TrainingJobName = "", TrainingJobArn = "" }) => ({
    what: "training job",
    name: TrainingJobName,
    arn: TrainingJobArn,
    command: "stop-training-job --training-job-name",
    remove: () => client.send(new StopTrainingJobCommand({ TrainingJobName })),
  }));
}

async function processingJobs(client: SageMakerClient): Promise<Listed[]> {
  const all = await collect(
    paginateListProcessingJobs({ client }, running()),
    (page) => page.ProcessingJobSummaries,
  );
  return all.map(({ ProcessingJobName = "", ProcessingJobArn = "" }) => ({
    what: "processing job",
    name: ProcessingJobName,
    arn: ProcessingJobArn,
    command: "stop-processing-job --processing-job-name",
    remove: () => client.send(new StopProcessingJobCommand({ ProcessingJobName })),
  }));
}

async function transformJobs(client: SageMakerClient): Promise<Listed[]> {
  const all = await collect(
    paginateListTransformJobs({ client }, running()),
    (page) => page.TransformJobSummaries,
  );
  return all.map(({ TransformJobName = "", TransformJobArn = "" }) => ({
    what: "transform job",
    name: TransformJobName,
    arn: TransformJobArn,
    command: "stop-transform-job --transform-job-name",
    remove: () => client.send(new StopTransformJobCommand({ TransformJobName })),
  }));
}

async function tuningJobs(client: SageMakerClient): Promise<Listed[]> {
  const all = await collect(
    paginateListHyperParameterTuningJobs({ client }, running()),
    (page) => page.HyperParameterTuningJobSummaries,
  );
  return all.map(({ HyperParameterTuningJobName = "", HyperParameterTuningJobArn = "" }) => ({
    what: "tuning job",
    name: HyperParameterTuningJobName,
    arn: HyperParameterTuningJobArn,
    command: "stop-hyper-parameter-tuning-job --hyper-parameter-tuning-job-name",
    remove: () =>
      client.send(new StopHyperParameterTuningJobCommand({ HyperParameterTuningJobName })),
  }));
}
