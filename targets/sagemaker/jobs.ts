import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { DATABASE_NAME, DATABASE_PORT } from "../../components/database";
import { dataStatements } from "../../components/people";
import { PROGRAM } from "../../components/workload";
import { defined } from "../../settings/defined";
import { PERSON_TAG, runsPrefix, WORKLOAD_CODE_PREFIX } from "../../settings/names";
import type { SagemakerSettings } from "../../settings/targets/sagemaker";
import type { Person } from "../../settings/values/people";
import { LONGEST_TRAINING_SECONDS, trainingImage } from "../../settings/versions/training";
import type { SharedServices, TrainingJobTemplate } from "../target";
import { invokeStatement } from "./endpoint";
import { runStatements, startStatements } from "./jobs-policy";

/** Inputs of `Jobs`. */
export interface JobsArgs extends Pick<
  SharedServices,
  "network" | "bucket" | "database" | "region" | "accountId" | "stackId" | "tags"
> {
  readonly users: readonly Person[];
  readonly studio: Pick<SagemakerSettings["studio"], "instanceType" | "instanceTypes">;
  /** Role of each user in Studio, by name. */
  readonly personRoles: Readonly<Record<string, aws.iam.Role>>;
  /** Name of the endpoint, which jobs may call. @default there is none */
  readonly servingEndpoint: pulumi.Output<string> | undefined;
}

/** GB of a job's disk: the unpacked packages, and room for data. */
const DISK_GB = 30;
/** Folder into which SageMaker copies the program. */
const CODE = "/opt/ml/input/data/code";

/**
 * Training jobs of people: a security group, a role for each person's jobs, and the right of their role in Studio to
 * start jobs with it. Declared with `studio.jobs` only.
 *
 * Free by itself: SageMaker bills the seconds of each job.
 */
export class Jobs extends pulumi.ComponentResource {
  /** The job that each person may start, by name. */
  readonly templates: Readonly<Record<string, pulumi.Output<TrainingJobTemplate>>>;

  constructor(
    private readonly name: string,
    private readonly args: JobsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("mlp:sagemaker:Jobs", name, {}, opts);
    const groupId = this.group();
    args.database.allow("sagemaker-jobs", groupId);
    this.templates = Object.fromEntries(
      args.users.map((person) => [person.name, this.add(person, groupId)]),
    );
    this.registerOutputs();
  }

  /** Group of jobs: no way in, and no way to people's notebooks and homes. */
  private group(): pulumi.Output<string> {
    const { id } = new aws.ec2.SecurityGroup(
      `${this.name}-group`,
      {
        vpcId: this.args.network.vpcId,
        description: "Training jobs",
        tags: { Name: `${this.name}-group` },
      },
      { parent: this },
    );
    new aws.vpc.SecurityGroupEgressRule(
      `${this.name}-group-out`,
      {
        securityGroupId: id,
        cidrIpv4: "0.0.0.0/0",
        ipProtocol: "-1",
        description: "AWS APIs, packages, database",
      },
      { parent: this },
    );
    return id;
  }

  /** Declares the role of a person's jobs, and their right to start some; returns the request for one. */
  private add(person: Person, groupId: pulumi.Output<string>): pulumi.Output<TrainingJobTemplate> {
    const { args } = this;
    const role = new aws.iam.Role(
      `${this.name}-${person.name}-role`,
      {
        description: `What training jobs of ${person.name} may do on the ML platform`,
        assumeRolePolicy: pulumi.jsonStringify(
          aws.iam.assumeRolePolicyForPrincipal({ Service: "sagemaker.amazonaws.com" }),
        ),
        tags: { [PERSON_TAG]: person.name },
      },
      { parent: this },
    );
    this.policy(`${person.name}-run`, role, [
      ...dataStatements(person, args),
      ...runStatements(args),
      ...(args.servingEndpoint ? [invokeStatement(args, args.servingEndpoint)] : []),
    ]);
    const own = args.personRoles[person.name];
    if (own !== undefined) {
      const limits = {
        ...args,
        person: person.name,
        roleArn: role.arn,
        groupId,
        subnetIds: args.network.privateSubnetIds,
        instanceTypes: args.studio.instanceTypes,
      };
      this.policy(`${person.name}-start`, own, startStatements(limits));
    }
    return this.template(person, role, groupId);
  }

  private policy(logical: string, { name: role }: aws.iam.Role, Statement: object[]): void {
    const policy = pulumi.jsonStringify({ Version: "2012-10-17", Statement });
    new aws.iam.RolePolicy(`${this.name}-${logical}`, { role, policy }, { parent: this });
  }

  /**
   * The request for a job, in script mode: the toolkit in AWS's image installs `requirements.txt` and runs the program
   * from the folder that SageMaker has filled. Hyperparameters are JSON.
   * https://github.com/aws/sagemaker-training-toolkit
   */
  private template(
    person: Person,
    role: aws.iam.Role,
    groupId: pulumi.Output<string>,
  ): pulumi.Output<TrainingJobTemplate> {
    const { bucket, database, network, region, tags, studio, servingEndpoint } = this.args;
    const known = pulumi.output({
      bucketName: bucket.bucketName,
      databaseHost: database.host,
      roleArn: role.arn,
      groupId,
      subnetIds: [...network.privateSubnetIds],
      tags,
      ...(servingEndpoint && { servingEndpoint }),
    });
    return known.apply(({ bucketName, roleArn, ...all }): TrainingJobTemplate => ({
      AlgorithmSpecification: {
        TrainingImage: trainingImage(region).address,
        TrainingInputMode: "File",
      },
      HyperParameters: {
        sagemaker_program: JSON.stringify(PROGRAM),
        sagemaker_submit_directory: JSON.stringify(CODE),
        sagemaker_region: JSON.stringify(region),
      },
      InputDataConfig: [codeChannel(bucketName)],
      OutputDataConfig: { S3OutputPath: `s3://${bucketName}/${runsPrefix(person.name)}` },
      ResourceConfig: {
        InstanceType: studio.instanceType as TrainingInstanceType,
        InstanceCount: 1,
        VolumeSizeInGB: DISK_GB,
      },
      RoleArn: roleArn,
      StoppingCondition: { MaxRuntimeInSeconds: LONGEST_TRAINING_SECONDS },
      VpcConfig: { SecurityGroupIds: [all.groupId], Subnets: all.subnetIds },
      ProfilerConfig: { DisableProfiler: true },
      Environment: {
        PERSON: person.name,
        BUCKET: bucketName,
        DATABASE_HOST: all.databaseHost,
        DATABASE_PORT: String(DATABASE_PORT),
        DATABASE_NAME,
        AWS_DEFAULT_REGION: region,
        ...defined({ SERVING_ENDPOINT: all.servingEndpoint }),
      },
      Tags: Object.entries({ ...all.tags, [PERSON_TAG]: person.name }).map(([Key, Value]) => ({
        Key,
        Value,
      })),
    }));
  }
}

/** Channel that SageMaker copies to `CODE`: its name is the folder's. */
function codeChannel(bucketName: string): Channel {
  return {
    ChannelName: "code",
    DataSource: {
      S3DataSource: {
        S3DataType: "S3Prefix",
        S3Uri: `s3://${bucketName}/${WORKLOAD_CODE_PREFIX}/`,
        S3DataDistributionType: "FullyReplicated",
      },
    },
  };
}

type Channel = NonNullable<TrainingJobTemplate["InputDataConfig"]>[number];
type TrainingInstanceType = NonNullable<
  NonNullable<TrainingJobTemplate["ResourceConfig"]>["InstanceType"]
>;
