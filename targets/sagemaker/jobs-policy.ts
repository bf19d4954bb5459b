import * as pulumi from "@pulumi/pulumi";
import { TRAINING_LOG_GROUP, trainingJobPrefix, tuningJobPrefix } from "../../settings/names";
import { LONGEST_TRAINING_SECONDS, trainingImage } from "../../settings/versions/training";
import { allow, imageStatements, logStatement, metricsStatement, type Account } from "./statements";

/** Interfaces in the VPC, which SageMaker creates and deletes with the rights of a job's role. */
const INTERFACES = [
  "ec2:CreateNetworkInterface",
  "ec2:CreateNetworkInterfacePermission",
  "ec2:DeleteNetworkInterface",
  "ec2:DeleteNetworkInterfacePermission",
  "ec2:DescribeDhcpOptions",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeSecurityGroups",
  "ec2:DescribeSubnets",
  "ec2:DescribeVpcs",
];

/**
 * Statements that a job's role needs to run, beside the data: the image, the log, metrics, and interfaces.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html#sagemaker-roles-createtrainingjob-perms
 */
export function runStatements({ region, accountId }: Account): object[] {
  return [
    ...imageStatements(region, trainingImage(region)),
    logStatement({ region, accountId }, TRAINING_LOG_GROUP, ["logs:CreateLogGroup"]),
    metricsStatement(TRAINING_LOG_GROUP),
    allow("Interfaces", INTERFACES, "*"),
  ];
}

/** Limits within which a person may start jobs. */
interface StartArgs extends Account {
  readonly stackId: pulumi.Input<string>;
  readonly person: string;
  /** Role of the person's jobs. */
  readonly roleArn: pulumi.Input<string>;
  readonly groupId: pulumi.Input<string>;
  readonly subnetIds: readonly pulumi.Input<string>[];
  readonly instanceTypes: readonly string[];
}

/**
 * Statements of a person's own role: they start, see and stop jobs that begin with the stack's and their name, with
 * the role of their jobs, on the allowed types, in the VPC, for an hour at most. Of a tuning job the same is true of
 * each training job that it starts.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
 */
export function startStatements(args: StartArgs): object[] {
  const { region, accountId, stackId, person, roleArn, groupId, subnetIds, instanceTypes } = args;
  const prefix = pulumi.output(stackId).apply((id) => ({
    own: `${trainingJobPrefix(id)}${person}-`,
    tuned: tuningJobPrefix(id, person),
  }));
  const sagemaker = pulumi.interpolate`arn:aws:sagemaker:${region}:${accountId}`;
  const jobs = pulumi.interpolate`${sagemaker}:training-job/${prefix.own}*`;
  const trials = pulumi.interpolate`${sagemaker}:training-job/${prefix.tuned}*`;
  const tunings = pulumi.interpolate`${sagemaker}:hyper-parameter-tuning-job/${prefix.tuned}*`;
  const streams = pulumi.interpolate`arn:aws:logs:${region}:${accountId}:log-group:${TRAINING_LOG_GROUP}:log-stream`;
  const create = ["sagemaker:CreateTrainingJob", "sagemaker:CreateHyperParameterTuningJob"];
  return [
    allow("StartOwnJobs", create, [jobs, tunings], {
      "ForAllValues:StringEquals": {
        "sagemaker:InstanceTypes": instanceTypes,
        "sagemaker:VpcSubnets": subnetIds,
        "sagemaker:VpcSecurityGroupIds": [groupId],
      },
      NumericLessThanEquals: { "sagemaker:MaxRuntimeInSeconds": String(LONGEST_TRAINING_SECONDS) },
      // Otherwise a request without one of them would be allowed.
      Null: {
        "sagemaker:InstanceTypes": "false",
        "sagemaker:VpcSubnets": "false",
        "sagemaker:VpcSecurityGroupIds": "false",
      },
    }),
    allow(
      "OwnJobs",
      ["sagemaker:DescribeTrainingJob", "sagemaker:StopTrainingJob"],
      [jobs, trials],
    ),
    allow(
      "OwnTuningJobs",
      [
        "sagemaker:DescribeHyperParameterTuningJob",
        "sagemaker:ListTrainingJobsForHyperParameterTuningJob",
        "sagemaker:StopHyperParameterTuningJob",
      ],
      tunings,
    ),
    allow("TagJobsAtCreation", ["sagemaker:AddTags"], [jobs, tunings], {
      Null: { "sagemaker:TaggingAction": "false" },
    }),
    allow("GiveJobsTheirRole", ["iam:PassRole"], roleArn, {
      StringEquals: { "iam:PassedToService": "sagemaker.amazonaws.com" },
    }),
    allow(
      "LogsOfOwnJobs",
      ["logs:GetLogEvents"],
      [
        pulumi.interpolate`${streams}:${prefix.own}*`,
        pulumi.interpolate`${streams}:${prefix.tuned}*`,
      ],
    ),
  ];
}
