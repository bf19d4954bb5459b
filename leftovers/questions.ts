import { GetApiCommand } from "@aws-sdk/client-apigatewayv2";
import {
  DescribeFunctionCommand,
  GetDistributionCommand,
  GetVpcOriginCommand,
} from "@aws-sdk/client-cloudfront";
import { DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeUserPoolCommand } from "@aws-sdk/client-cognito-identity-provider";
import { DescribeClusterCommand, DescribeNodegroupCommand } from "@aws-sdk/client-eks";
import { DescribeLoadBalancersCommand as DescribeClassicCommand } from "@aws-sdk/client-elastic-load-balancing";
import {
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import {
  GetInstanceProfileCommand,
  GetOpenIDConnectProviderCommand,
  GetRoleCommand,
} from "@aws-sdk/client-iam";
import { DescribeKeyCommand } from "@aws-sdk/client-kms";
import { GetFunctionCommand } from "@aws-sdk/client-lambda";
import {
  DescribeDBParameterGroupsCommand,
  DescribeDBSubnetGroupsCommand,
} from "@aws-sdk/client-rds";
import { GetHostedZoneCommand } from "@aws-sdk/client-route-53";
import { HeadBucketCommand } from "@aws-sdk/client-s3";
import { DescribeSecretCommand } from "@aws-sdk/client-secrets-manager";
import { GetParameterCommand } from "@aws-sdk/client-ssm";
import { HOURS_PER_MONTH } from "../cost/rule";
import type { Clients } from "./clients";
import { bucketSize } from "./data-details";
import { gigabytes } from "./detailed-kind";
import type { Detail, Found } from "./remains";
import { STUDIO_QUESTIONS } from "./studio-questions";

/** A kind of which AWS is asked one by one; an answer that there is no such thing means that it is gone. */
export interface Question {
  /** Entry of `KINDS`. */
  readonly kind: string;
  /** As it reads after "more about". */
  readonly what: string;
  readonly permission: string;
  readonly ask: (clients: Clients, thing: Found) => Promise<Detail>;
}

const GIB = 2 ** 30;

/** Prices of an hour, by type of load balancer. */
const HOURLY: Readonly<Record<string, string>> = {
  application: "elb.alb.hour",
  network: "elb.network.hour",
};

/** One question for each kind that no list tells more of. */
export const QUESTIONS: readonly Question[] = [
  {
    ...{ kind: "s3:", what: "buckets", permission: "s3:ListBucket" },
    ask: async (clients, { id }) => {
      await clients.s3.send(new HeadBucketCommand({ Bucket: id }));
      return bucketSize(clients, id);
    },
  },
  {
    ...{ kind: "ssm:parameter", what: "parameters", permission: "ssm:GetParameter" },
    ask: async ({ ssm }, { id }) => {
      const { Parameter } = await ssm.send(new GetParameterCommand({ Name: `/${id}` }));
      return { since: Parameter?.LastModifiedDate };
    },
  },
  {
    ...{ kind: "logs:log-group", what: "log groups", permission: "logs:DescribeLogGroups" },
    ask: async ({ logs }, { id }) => {
      const { logGroups = [] } = await logs.send(
        new DescribeLogGroupsCommand({ logGroupNamePrefix: id }),
      );
      const group = logGroups.find(({ logGroupName }) => logGroupName === id);
      const { creationTime, storedBytes = 0 } = group ?? {};
      return group === undefined
        ? { gone: true }
        : {
            since: creationTime === undefined ? undefined : new Date(creationTime),
            ...gigabytes(storedBytes / GIB, "logs.storage.gbMonth"),
          };
    },
  },
  {
    ...{ kind: "kms:key", what: "encryption keys", permission: "kms:DescribeKey" },
    ask: async ({ kms }, { id }) => {
      const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: id }));
      const { CreationDate, KeyState } = KeyMetadata ?? {};
      // AWS bills a key no more once its deletion is scheduled.
      return { gone: KeyState === "PendingDeletion", since: CreationDate };
    },
  },
  {
    kind: "secretsmanager:secret",
    what: "secrets",
    permission: "secretsmanager:DescribeSecret",
    ask: async ({ secrets }, { arn, id }) => {
      const { CreatedDate, DeletedDate, OwningService } = await secrets.send(
        new DescribeSecretCommand({ SecretId: arn ?? id }),
      );
      // One whose deletion is scheduled costs nothing any more.
      const gone = DeletedDate !== undefined;
      // RDS makes that of a master user, and takes it along.
      return { gone, held: OwningService !== undefined, since: CreatedDate };
    },
  },
  {
    ...{ kind: "cognito-idp:userpool", what: "user pools" },
    permission: "cognito-idp:DescribeUserPool",
    ask: async ({ cognito }, { id }) => {
      const { UserPool } = await cognito.send(new DescribeUserPoolCommand({ UserPoolId: id }));
      return { since: UserPool?.CreationDate };
    },
  },
  {
    ...{ kind: "route53:hostedzone", what: "hosted zones", permission: "route53:GetHostedZone" },
    ask: async ({ route53 }, { id }) => {
      await route53.send(new GetHostedZoneCommand({ Id: id }));
      return {};
    },
  },
  {
    ...{ kind: "cloudfront:distribution", what: "distributions" },
    permission: "cloudfront:GetDistribution",
    ask: async ({ cloudfront }, { id }) => {
      await cloudfront.send(new GetDistributionCommand({ Id: id }));
      return {};
    },
  },
  {
    ...{ kind: "cloudfront:vpcorigin", what: "VPC origins" },
    permission: "cloudfront:GetVpcOrigin",
    ask: async ({ cloudfront }, { id }) => {
      const { VpcOrigin } = await cloudfront.send(new GetVpcOriginCommand({ Id: id }));
      return { since: VpcOrigin?.CreatedTime };
    },
  },
  {
    ...{ kind: "cloudfront:function", what: "CloudFront functions" },
    permission: "cloudfront:DescribeFunction",
    ask: async ({ cloudfront }, { id }) => {
      const { FunctionSummary } = await cloudfront.send(new DescribeFunctionCommand({ Name: id }));
      return { since: FunctionSummary?.FunctionMetadata?.CreatedTime };
    },
  },
  {
    ...{ kind: "lambda:function", what: "functions", permission: "lambda:GetFunction" },
    ask: async ({ lambda }, { id }) => {
      await lambda.send(new GetFunctionCommand({ FunctionName: id }));
      return {};
    },
  },
  {
    ...{ kind: "apigateway:apis", what: "HTTP APIs", permission: "apigateway:GET" },
    ask: async ({ apis }, { id }) => {
      const { CreatedDate } = await apis.send(new GetApiCommand({ ApiId: id }));
      return { since: CreatedDate };
    },
  },
  {
    ...{ kind: "eks:cluster", what: "EKS clusters", permission: "eks:DescribeCluster" },
    ask: async ({ eks }, { id: name }) => {
      const { cluster } = await eks.send(new DescribeClusterCommand({ name }));
      return { since: cluster?.createdAt };
    },
  },
  {
    ...{ kind: "eks:nodegroup", what: "node groups", permission: "eks:DescribeNodegroup" },
    ask: async ({ eks }, { id }) => {
      const [clusterName, nodegroupName] = id.split("/");
      const { nodegroup } = await eks.send(
        new DescribeNodegroupCommand({ clusterName, nodegroupName }),
      );
      return { since: nodegroup?.createdAt };
    },
  },
  {
    ...{ kind: "rds:subgrp", what: "subnet groups", permission: "rds:DescribeDBSubnetGroups" },
    ask: async ({ rds }, { id }) => {
      await rds.send(new DescribeDBSubnetGroupsCommand({ DBSubnetGroupName: id }));
      return {};
    },
  },
  {
    ...{ kind: "rds:pg", what: "parameter groups", permission: "rds:DescribeDBParameterGroups" },
    ask: async ({ rds }, { id }) => {
      await rds.send(new DescribeDBParameterGroupsCommand({ DBParameterGroupName: id }));
      return {};
    },
  },
  {
    kind: "elasticloadbalancing:loadbalancer",
    what: "load balancers",
    permission: "elasticloadbalancing:DescribeLoadBalancers",
    ask: async ({ balancers, classic }, { arn = "", id }) => {
      if (!id.includes("/")) {
        const { LoadBalancerDescriptions: [one] = [] } = await classic.send(
          new DescribeClassicCommand({ LoadBalancerNames: [id] }),
        );
        return { since: one?.CreatedTime };
      }
      const { LoadBalancers: [one] = [] } = await balancers.send(
        new DescribeLoadBalancersCommand({ LoadBalancerArns: [arn] }),
      );
      // What it has worked for costs besides, by its units of capacity.
      const priceKey = HOURLY[one?.Type ?? ""];
      const charges = priceKey !== undefined && {
        charges: [{ priceKey, quantity: HOURS_PER_MONTH }],
      };
      return { since: one?.CreatedTime, ...charges };
    },
  },
  {
    kind: "elasticloadbalancing:targetgroup",
    what: "target groups",
    permission: "elasticloadbalancing:DescribeTargetGroups",
    ask: async ({ balancers }, { arn = "" }) => {
      await balancers.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [arn] }));
      return {};
    },
  },
  {
    ...{ kind: "iam:role", what: "roles", permission: "iam:GetRole" },
    ask: async ({ iam }, { id }) => {
      const { Role } = await iam.send(new GetRoleCommand({ RoleName: id.split("/").at(-1) }));
      return { since: Role?.CreateDate };
    },
  },
  {
    ...{ kind: "iam:instance-profile", what: "instance profiles" },
    permission: "iam:GetInstanceProfile",
    ask: async ({ iam }, { id }) => {
      const { InstanceProfile } = await iam.send(
        new GetInstanceProfileCommand({ InstanceProfileName: id }),
      );
      return { since: InstanceProfile?.CreateDate };
    },
  },
  {
    ...{ kind: "iam:oidc-provider", what: "identity providers" },
    permission: "iam:GetOpenIDConnectProvider",
    ask: async ({ iam }, { arn = "" }) => {
      const { CreateDate } = await iam.send(
        new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }),
      );
      return { since: CreateDate };
    },
  },
  ...STUDIO_QUESTIONS,
];
