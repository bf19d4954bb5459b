import {
  DescribeDomainCommand,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeHyperParameterTuningJobCommand,
  DescribeModelCommand,
  DescribeProcessingJobCommand,
  DescribeTrainingJobCommand,
  DescribeTransformJobCommand,
  DescribeUserProfileCommand,
} from "@aws-sdk/client-sagemaker";
import type { Clients } from "./clients";
import type { Question } from "./questions";
import type { Detail, Found } from "./lookup";

/** A job that has ended costs nothing, and nobody can delete it. */
const RUNS = /^(InProgress|Stopping)$/;

function job(status: string | undefined, since: Date | undefined): Detail {
  return { gone: !RUNS.test(status ?? ""), since };
}

type Ask = (client: Clients["sagemaker"], thing: Found) => Promise<Detail>;

/**
 * What is in SageMaker. Studio gives the stack's tags to all that people start from it, so jobs and endpoints
 * carry them, too.
 */
const ASKS: Readonly<Record<string, readonly [what: string, permission: string, ask: Ask]>> = {
  domain: [
    "Studio domains",
    "DescribeDomain",
    async (client, { id }) => {
      const { CreationTime } = await client.send(new DescribeDomainCommand({ DomainId: id }));
      return { since: CreationTime };
    },
  ],
  "user-profile": [
    "Studio profiles",
    "DescribeUserProfile",
    async (client, { id }) => {
      const [DomainId, UserProfileName] = id.split("/");
      if (UserProfileName === undefined) {
        return {}; // its domain has just listed it
      }
      const { CreationTime } = await client.send(
        new DescribeUserProfileCommand({ DomainId, UserProfileName }),
      );
      return { since: CreationTime };
    },
  ],
  endpoint: [
    "endpoints",
    "DescribeEndpoint",
    async (client, { id }) => {
      const { CreationTime } = await client.send(new DescribeEndpointCommand({ EndpointName: id }));
      return { since: CreationTime };
    },
  ],
  "endpoint-config": [
    "configurations of endpoints",
    "DescribeEndpointConfig",
    async (client, { id }) => {
      const { CreationTime } = await client.send(
        new DescribeEndpointConfigCommand({ EndpointConfigName: id }),
      );
      return { since: CreationTime };
    },
  ],
  model: [
    "models",
    "DescribeModel",
    async (client, { id }) => {
      const { CreationTime } = await client.send(new DescribeModelCommand({ ModelName: id }));
      return { since: CreationTime };
    },
  ],
  "training-job": [
    "training jobs",
    "DescribeTrainingJob",
    async (client, { id }) => {
      const one = await client.send(new DescribeTrainingJobCommand({ TrainingJobName: id }));
      return job(one.TrainingJobStatus, one.CreationTime);
    },
  ],
  "processing-job": [
    "processing jobs",
    "DescribeProcessingJob",
    async (client, { id }) => {
      const one = await client.send(new DescribeProcessingJobCommand({ ProcessingJobName: id }));
      return job(one.ProcessingJobStatus, one.CreationTime);
    },
  ],
  "transform-job": [
    "transform jobs",
    "DescribeTransformJob",
    async (client, { id }) => {
      const one = await client.send(new DescribeTransformJobCommand({ TransformJobName: id }));
      return job(one.TransformJobStatus, one.CreationTime);
    },
  ],
  "hyper-parameter-tuning-job": [
    "tuning jobs",
    "DescribeHyperParameterTuningJob",
    async (client, { id }) => {
      const one = await client.send(
        new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName: id }),
      );
      return job(one.HyperParameterTuningJobStatus, one.CreationTime);
    },
  ],
};

/** Questions about what is in SageMaker. */
export const STUDIO_QUESTIONS: readonly Question[] = Object.entries(ASKS).map(
  ([type, [what, operation, ask]]) => ({
    ...{ kind: `sagemaker:${type}`, what, permission: `sagemaker:${operation}` },
    ask: ({ sagemaker }, thing) => ask(sagemaker, thing),
  }),
);
