import { ApiGatewayV2Client } from "@aws-sdk/client-apigatewayv2";
import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { EKSClient } from "@aws-sdk/client-eks";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { Route53Client } from "@aws-sdk/client-route-53";
import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SSMClient } from "@aws-sdk/client-ssm";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { EC2Client } from "@aws-sdk/client-ec2";
import { EFSClient } from "@aws-sdk/client-efs";
import { ElasticLoadBalancingClient } from "@aws-sdk/client-elastic-load-balancing";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { IAMClient } from "@aws-sdk/client-iam";
import { KMSClient } from "@aws-sdk/client-kms";
import { RDSClient } from "@aws-sdk/client-rds";
import { ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { SageMakerClient } from "@aws-sdk/client-sagemaker";
import { clientSettings } from "../aws/client-settings";
import type { AwsAccess } from "../settings/schema/aws-access";

/** Clients of the audit. It has no other way to AWS, and sends only requests that read. */
export interface Clients {
  readonly tags: ResourceGroupsTaggingAPIClient;
  /** In us-east-1, where AWS keeps the tags of resources without a region. */
  readonly globalTags: ResourceGroupsTaggingAPIClient;
  readonly iam: IAMClient;
  readonly ec2: EC2Client;
  readonly classic: ElasticLoadBalancingClient;
  readonly balancers: ElasticLoadBalancingV2Client;
  readonly rds: RDSClient;
  readonly efs: EFSClient;
  readonly kms: KMSClient;
  readonly logs: CloudWatchLogsClient;
  readonly sagemaker: SageMakerClient;
  readonly s3: S3Client;
  readonly cloudwatch: CloudWatchClient;
  readonly ssm: SSMClient;
  readonly secrets: SecretsManagerClient;
  readonly cognito: CognitoIdentityProviderClient;
  readonly route53: Route53Client;
  readonly cloudfront: CloudFrontClient;
  readonly lambda: LambdaClient;
  readonly apis: ApiGatewayV2Client;
  readonly eks: EKSClient;
}

/** Clients with the same access as the stack's own provider. */
export function clientsFor(access: AwsAccess): Clients {
  const to = (service: string) => clientSettings(access, service);
  const everywhere = { ...access, region: "us-east-1" };
  return {
    tags: new ResourceGroupsTaggingAPIClient(to("resourcegroupstaggingapi")),
    globalTags: new ResourceGroupsTaggingAPIClient(
      clientSettings(everywhere, "resourcegroupstaggingapi"),
    ),
    iam: new IAMClient(to("iam")),
    ec2: new EC2Client(to("ec2")),
    classic: new ElasticLoadBalancingClient(to("elb")),
    balancers: new ElasticLoadBalancingV2Client(to("elbv2")),
    rds: new RDSClient(to("rds")),
    efs: new EFSClient(to("efs")),
    kms: new KMSClient(to("kms")),
    logs: new CloudWatchLogsClient(to("logs")),
    sagemaker: new SageMakerClient(to("sagemaker")),
    // The provider does the same where an endpoint is given: an emulator has no host name for each bucket.
    s3: new S3Client({ ...to("s3"), forcePathStyle: true }),
    cloudwatch: new CloudWatchClient(to("cloudwatch")),
    ssm: new SSMClient(to("ssm")),
    secrets: new SecretsManagerClient(to("secretsmanager")),
    cognito: new CognitoIdentityProviderClient(to("cognitoidp")),
    route53: new Route53Client(to("route53")),
    cloudfront: new CloudFrontClient(to("cloudfront")),
    lambda: new LambdaClient(to("lambda")),
    apis: new ApiGatewayV2Client(to("apigatewayv2")),
    eks: new EKSClient(to("eks")),
  };
}
