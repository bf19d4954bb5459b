import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ModelFolder, SERVED_MODEL as MODEL } from "../../components/ml/serving/model-folder";
import {
  ENDPOINT_METRICS,
  endpointLogGroup,
  endpointName,
  MODELS_PREFIX,
  ENDPOINT_TYPE,
} from "../../settings/names";
import type { EndpointSettings } from "../../settings/values/serving";
import { endpointImage, GPU_ENDPOINT_AMI, endpointHasGpu } from "../../settings/versions/serving";
import type { SharedServices } from "../target";
import { allow, imageStatements, logStatement, metricsStatement, type Account } from "./statements";

/** Inputs of `ModelEndpoint`. */
export interface ModelEndpointArgs extends Pick<
  SharedServices,
  "bucket" | "region" | "accountId" | "stackId"
> {
  readonly instanceType: EndpointSettings["serving"]["instanceType"];
}

/** Days for which lines of the server are kept; it writes some at a start and after an error. */
const LOG_DAYS = 90;
/**
 * Seconds that the server may take to answer `/ping`. On a GPU it first builds TensorRT's engine, which takes minutes.
 * SageMaker admits 60 to 3600.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html
 */
const START_SECONDS = { cpu: 600, gpu: 1800 };

/**
 * An endpoint of SageMaker with one instance, on which Triton serves a model from the bucket. SageMaker admits signed
 * calls only, of those whom `invokeStatement` allows it.
 *
 * The server calls nothing, so it is not in the VPC and its container has no network. It bills by the hour until it is
 * deleted, used or not.
 */
export class ModelEndpoint extends pulumi.ComponentResource {
  /** Name of the endpoint: known as soon as the stack id is, so that nothing else waits for the endpoint. */
  readonly endpointName: pulumi.Output<string>;

  constructor(
    private readonly name: string,
    private readonly args: ModelEndpointArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super(ENDPOINT_TYPE, name, {}, opts);
    const { bucket, stackId, instanceType } = args;
    this.endpointName = stackId.apply(endpointName);
    const folder = new ModelFolder(
      `${name}-${MODEL}`,
      { model: MODEL, bucket, accelerator: endpointHasGpu(instanceType) ? "tensorrt" : "none" },
      { parent: this },
    );
    const logs = new aws.cloudwatch.LogGroup(
      `${name}-logs`,
      { name: this.endpointName.apply(endpointLogGroup), retentionInDays: LOG_DAYS },
      { parent: this },
    );
    const configuration = this.configuration(this.model(folder, logs));
    new aws.sagemaker.Endpoint(
      name,
      {
        name: this.endpointName,
        // Another configuration is an update in place: AWS moves requests to a new instance and then ends the old one.
        endpointConfigName: configuration.id,
      },
      { parent: this },
    );
    this.registerOutputs({ endpointName: this.endpointName });
  }

  /** The image, the model in the bucket, and the role with which SageMaker fetches both. */
  private model(folder: ModelFolder, logs: aws.cloudwatch.LogGroup): aws.sagemaker.Model {
    const { region, instanceType, bucket } = this.args;
    const { role, policy } = this.role(folder, logs);
    return new aws.sagemaker.Model(
      `${this.name}-model`,
      {
        executionRoleArn: role.arn,
        enableNetworkIsolation: true,
        primaryContainer: {
          image: endpointImage(region, instanceType).address,
          modelDataSource: {
            s3DataSources: [
              {
                // The folder above that of the model: Triton finds models by the names of their folders.
                s3Uri: pulumi.interpolate`s3://${bucket.bucketName}/${MODELS_PREFIX}/`,
                s3DataType: "S3Prefix",
                compressionType: "None",
              },
            ],
          },
          environment: {
            SAGEMAKER_TRITON_DEFAULT_MODEL_NAME: MODEL,
            // The image's script turns it on: lines for every request.
            SAGEMAKER_TRITON_LOG_VERBOSE: "false",
            // Nothing reads it. Another model is another resource, so that a new instance fetches it.
            MODEL_DIGEST: folder.digest,
          },
        },
      },
      { parent: this, dependsOn: [folder, policy] },
    );
  }

  private configuration(model: aws.sagemaker.Model): aws.sagemaker.EndpointConfiguration {
    const { instanceType } = this.args;
    const gpu = endpointHasGpu(instanceType);
    return new aws.sagemaker.EndpointConfiguration(
      `${this.name}-configuration`,
      {
        productionVariants: [
          {
            variantName: MODEL,
            modelName: model.id,
            instanceType,
            initialInstanceCount: 1,
            containerStartupHealthCheckTimeoutInSeconds: START_SECONDS[gpu ? "gpu" : "cpu"],
            ...(gpu && { inferenceAmiVersion: GPU_ENDPOINT_AMI }),
          },
        ],
      },
      { parent: this },
    );
  }

  /**
   * A role that reads the model's folder, pulls the image, and writes the log and metrics of the instance. It cannot create a log group, so that
   * nothing makes this one again while it is deleted.
   */
  private role(
    { prefix }: ModelFolder,
    logs: aws.cloudwatch.LogGroup,
  ): { role: aws.iam.Role; policy: aws.iam.RolePolicy } {
    const { bucket, region, instanceType } = this.args;
    const role = new aws.iam.Role(
      `${this.name}-role`,
      {
        description: "Model server of an ml-platform",
        assumeRolePolicy: pulumi.jsonStringify(
          aws.iam.assumeRolePolicyForPrincipal({ Service: "sagemaker.amazonaws.com" }),
        ),
      },
      { parent: this },
    );
    const Statement = [
      allow("List", ["s3:ListBucket"], bucket.arn, {
        StringLike: { "s3:prefix": [`${MODELS_PREFIX}/`, `${prefix}/*`] },
      }),
      allow("Model", ["s3:GetObject"], pulumi.interpolate`${bucket.arn}/${prefix}/*`),
      ...imageStatements(region, endpointImage(region, instanceType)),
      logStatement(this.args, logs.name),
      metricsStatement(ENDPOINT_METRICS),
    ];
    const policy = new aws.iam.RolePolicy(
      `${this.name}-run`,
      { role: role.name, policy: pulumi.jsonStringify({ Version: "2012-10-17", Statement }) },
      { parent: this },
    );
    return { role, policy };
  }
}

/** Statement of those who may call an endpoint. */
export function invokeStatement(
  { region, accountId }: Account,
  endpoint: pulumi.Input<string>,
): object {
  return allow(
    "Predict",
    ["sagemaker:InvokeEndpoint"],
    pulumi.interpolate`arn:aws:sagemaker:${region}:${accountId}:endpoint/${endpoint}`,
  );
}
