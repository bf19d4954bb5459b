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
import { clientSettings, type AwsAccess } from "../actions/aws-access";

/** What the audit asks; it has no other way to AWS, and sends nothing that changes anything. */
export interface Clients {
  readonly tags: ResourceGroupsTaggingAPIClient;
  /** Of us-east-1, where AWS keeps the tags of what has no region. */
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
}

/** Clients with the access that a stack's own provider has. */
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
  };
}
