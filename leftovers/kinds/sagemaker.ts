import { sagemakerPriceKey } from "../../settings/values/instance-types";
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
  type SageMakerClient,
} from "@aws-sdk/client-sagemaker";
import { argumentsOf } from "../../aws/finders/studio-contents";
import { DOMAIN_TAG, STUDIO_JOBS } from "../../aws/finders/studio-jobs";
import type { Finding } from "../../aws/finding";
import { HOURS_PER_MONTH } from "../../cost/rule";
import { defined } from "../../settings/defined";
import { waitWhile } from "../shell";
import { FREE, oneByOne, orGone, type Description, type Kind, type Tags } from "./kind";

/**
 * Kinds of SageMaker. Studio gives the stack's tags to everything that people start from it, so jobs, models and
 * endpoints are among them, beside those of `serving.endpoint`.
 */
export const SAGEMAKER = {
  "sagemaker:app": {
    name: "Studio app",
    plural: "Studio apps",
    describe: "listed",
    charges: ({ app }) =>
      app?.instanceType === undefined
        ? undefined
        : [{ priceKey: sagemakerPriceKey(app.instanceType, "studio"), quantity: HOURS_PER_MONTH }],
    byUsers: true,
    remove: (finding) => removeFromStudio("app", argumentsOf(finding)),
  },
  "sagemaker:space": {
    name: "space",
    plural: "spaces",
    describe: "listed",
    charges: "usage",
    byUsers: true,
    remove: (finding) => removeFromStudio("space", argumentsOf(finding)),
    after: ["sagemaker:app"],
  },
  "sagemaker:user-profile": {
    name: "Studio profile",
    plural: "Studio profiles",
    describe: oneByOne("sagemaker:DescribeUserProfile", async ({ sagemaker }, finding) => {
      const [DomainId, UserProfileName] = profileOf(finding);
      const { CreationTime } = await sagemaker.send(
        new DescribeUserProfileCommand({ DomainId, UserProfileName }),
      );
      return { since: CreationTime };
    }),
    charges: FREE,
    remove: (finding) => {
      const [domain, profile] = profileOf(finding);
      return removeFromStudio(
        "user-profile",
        `--domain-id ${domain} --user-profile-name ${profile}`,
      );
    },
    after: ["sagemaker:app", "sagemaker:space"],
  },
  "sagemaker:domain": {
    name: "Studio domain",
    plural: "Studio domains",
    describe: oneByOne("sagemaker:DescribeDomain", async ({ sagemaker }, { id }) => {
      const { CreationTime } = await sagemaker.send(new DescribeDomainCommand({ DomainId: id }));
      return { since: CreationTime };
    }),
    charges: FREE,
    remove: ({ id }) =>
      removeFromStudio(
        "domain",
        `--domain-id ${id}`,
        " --retention-policy HomeEfsFileSystem=Delete",
      ),
    after: ["sagemaker:app", "sagemaker:space", "sagemaker:user-profile"],
  },
  "sagemaker:endpoint": {
    name: STUDIO_JOBS["sagemaker:endpoint"].name,
    plural: "endpoints",
    describe: oneByOne(
      "sagemaker:DescribeEndpoint, sagemaker:DescribeEndpointConfig",
      async ({ sagemaker }, { id }) => {
        const { CreationTime, EndpointConfigName } = await sagemaker.send(
          new DescribeEndpointCommand({ EndpointName: id }),
        );
        // An endpoint runs on without its configuration, which somebody may have deleted.
        const { charges } = await orGone(hostingOf(sagemaker, EndpointConfigName));
        return { since: CreationTime, ...defined({ charges }) };
      },
    ),
    charges: "described",
    byUsers: isOfStudio,
    remove: ({ id }) => [
      STUDIO_JOBS["sagemaker:endpoint"].command(id),
      `aws sagemaker wait endpoint-deleted --endpoint-name ${id}`,
    ],
  },
  "sagemaker:endpoint-config": {
    name: "configuration of an endpoint",
    plural: "configurations of endpoints",
    describe: oneByOne("sagemaker:DescribeEndpointConfig", async ({ sagemaker }, { id }) => {
      const { CreationTime } = await sagemaker.send(
        new DescribeEndpointConfigCommand({ EndpointConfigName: id }),
      );
      return { since: CreationTime };
    }),
    charges: FREE,
    byUsers: isOfStudio,
    remove: ({ id }) => [`aws sagemaker delete-endpoint-config --endpoint-config-name ${id}`],
    after: ["sagemaker:endpoint"],
  },
  "sagemaker:model": {
    name: "model",
    plural: "models",
    describe: oneByOne("sagemaker:DescribeModel", async ({ sagemaker }, { id }) => {
      const { CreationTime } = await sagemaker.send(new DescribeModelCommand({ ModelName: id }));
      return { since: CreationTime };
    }),
    charges: FREE,
    byUsers: isOfStudio,
    remove: ({ id }) => [`aws sagemaker delete-model --model-name ${id}`],
    after: ["sagemaker:endpoint-config"],
  },
  "sagemaker:training-job": {
    name: STUDIO_JOBS["sagemaker:training-job"].name,
    plural: "training jobs",
    describe: oneByOne("sagemaker:DescribeTrainingJob", async ({ sagemaker }, { id }) => {
      const job = await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: id }));
      return ofJob(job.TrainingJobStatus, job.CreationTime);
    }),
    charges: "usage",
    byUsers: true,
    remove: ({ id }) => [STUDIO_JOBS["sagemaker:training-job"].command(id)],
    // In the place of one that is stopped it would start another.
    after: ["sagemaker:hyper-parameter-tuning-job"],
  },
  "sagemaker:processing-job": {
    name: STUDIO_JOBS["sagemaker:processing-job"].name,
    plural: "processing jobs",
    describe: oneByOne("sagemaker:DescribeProcessingJob", async ({ sagemaker }, { id }) => {
      const job = await sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName: id }));
      return ofJob(job.ProcessingJobStatus, job.CreationTime);
    }),
    charges: "usage",
    byUsers: true,
    remove: ({ id }) => [STUDIO_JOBS["sagemaker:processing-job"].command(id)],
  },
  "sagemaker:transform-job": {
    name: STUDIO_JOBS["sagemaker:transform-job"].name,
    plural: "transform jobs",
    describe: oneByOne("sagemaker:DescribeTransformJob", async ({ sagemaker }, { id }) => {
      const job = await sagemaker.send(new DescribeTransformJobCommand({ TransformJobName: id }));
      return ofJob(job.TransformJobStatus, job.CreationTime);
    }),
    charges: "usage",
    byUsers: true,
    remove: ({ id }) => [STUDIO_JOBS["sagemaker:transform-job"].command(id)],
  },
  "sagemaker:hyper-parameter-tuning-job": {
    name: STUDIO_JOBS["sagemaker:hyper-parameter-tuning-job"].name,
    plural: "tuning jobs",
    describe: oneByOne(
      "sagemaker:DescribeHyperParameterTuningJob",
      async ({ sagemaker }, { id }) => {
        const job = await sagemaker.send(
          new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName: id }),
        );
        return ofJob(job.HyperParameterTuningJobStatus, job.CreationTime);
      },
    ),
    charges: "usage",
    byUsers: true,
    remove: ({ id }) => [STUDIO_JOBS["sagemaker:hyper-parameter-tuning-job"].command(id)],
  },
} satisfies Readonly<Record<string, Kind>>;

/** Test for `byUsers`: Studio tags what people start with its domain, and Pulumi does not. */
function isOfStudio(tags: Tags): boolean {
  return DOMAIN_TAG in tags;
}

/** Charges of a configuration's instances; none where it has no instances of its own. */
async function hostingOf(
  client: SageMakerClient,
  EndpointConfigName: string | undefined,
): Promise<Description> {
  const { ProductionVariants = [] } = await client.send(
    new DescribeEndpointConfigCommand({ EndpointConfigName }),
  );
  const charges = ProductionVariants.flatMap(({ InstanceType, InitialInstanceCount = 1 }) =>
    InstanceType === undefined
      ? []
      : [
          {
            priceKey: sagemakerPriceKey(InstanceType, "hosting"),
            quantity: InitialInstanceCount * HOURS_PER_MONTH,
          },
        ],
  );
  return charges.length > 0 ? { charges } : {};
}

/** Domain and name of a profile: an ARN has both as its id, the list of a domain has the name alone. */
function profileOf({ parent, id }: Finding): readonly [domain: string, name: string] {
  const [domain = "", name = ""] = parent === undefined ? id.split("/") : [parent, id];
  return [domain, name];
}

/** States in which a job costs money. One that has ended costs nothing, and AWS cannot delete it. */
const RUNS = /^(InProgress|Stopping)$/;

function ofJob(status: string | undefined, since: Date | undefined): Description {
  return { gone: !RUNS.test(status ?? ""), since };
}

/** AWS takes minutes to delete any of these, and blocks the deletion of what contains it so long. */
function removeFromStudio(
  kind: "app" | "space" | "user-profile" | "domain",
  where: string,
  how = "",
): string[] {
  return [
    `aws sagemaker delete-${kind} ${where}${how}`,
    waitWhile("Deleting", `aws sagemaker describe-${kind} ${where} --query Status`),
  ];
}
