import * as pulumi from "@pulumi/pulumi";
import { defined } from "../../settings/defined";
import type { AwsImage } from "../../settings/versions/aws-images";

/** Place of a stack in AWS. */
export interface Account {
  readonly region: string;
  /** AWS account, 12 digits. */
  readonly accountId: pulumi.Input<string>;
}

/** A statement of a policy that allows something. */
export function allow(
  Sid: string,
  Action: readonly string[],
  Resource: pulumi.Input<string> | readonly pulumi.Input<string>[],
  Condition?: object,
): object {
  return { Sid, Effect: "Allow", Action, Resource, ...defined({ Condition }) };
}

/** Statements with which SageMaker pulls an image of AWS. */
export function imageStatements(region: string, { account, repository }: AwsImage): object[] {
  return [
    allow("ImageLogin", ["ecr:GetAuthorizationToken"], "*"),
    allow(
      "Image",
      ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      `arn:aws:ecr:${region}:${account}:repository/${repository}`,
    ),
  ];
}

/** Statement with which SageMaker writes to a log group that exists. */
export function logStatement(
  { region, accountId }: Account,
  group: pulumi.Input<string>,
  more: readonly string[] = [],
): object {
  const arn = pulumi.interpolate`arn:aws:logs:${region}:${accountId}:log-group:${group}`;
  return allow(
    "Log",
    [...more, "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
    [arn, pulumi.interpolate`${arn}:*`],
  );
}

/** Statement with which SageMaker writes metrics of machines, in one namespace. */
export function metricsStatement(namespace: string): object {
  return allow("Metrics", ["cloudwatch:PutMetricData"], "*", {
    StringEquals: { "cloudwatch:namespace": namespace },
  });
}
