import {
  paginateDescribeNetworkInterfaces,
  paginateDescribeSecurityGroups,
  type EC2Client,
  type NetworkInterface,
  type Tag,
} from "@aws-sdk/client-ec2";
import { collect } from "../collect";
import type { Finding } from "../finding";
import { deleteSecurityGroup } from "../security-groups";

/** The network that is searched. */
export interface Scope {
  readonly vpcId: string;
  readonly ec2: EC2Client;
}

/** Creator of these findings, as it reads after "created by". */
export const CLOUDFRONT = "CloudFront";

/**
 * Name of the security group that CloudFront creates in a network with a VPC origin; AWS lets nobody else use it.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
 */
const SERVICE_GROUP = "CloudFront-VPCOrigins-Service-SG";
/**
 * Tag that CloudFront's role must set on everything it creates.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCloudFrontVPCOriginServiceRolePolicy.html
 */
const TAG = { Key: "aws.cloudfront.vpcorigin", Value: "enabled" };

/**
 * Findings that deleted VPC origins left in this network, as far as AWS would delete them now. CloudFront itself
 * deletes its interfaces; the group, which they use, can only be deleted after them.
 */
export async function deletableOriginLeftovers(scope: Scope): Promise<Finding[]> {
  const interfaces = await networkInterfaces(scope);
  return interfaces.length > 0 ? interfaces : serviceGroups(scope);
}

/** All findings that VPC origins left in this network, also those that AWS would not delete yet. */
export async function allOriginLeftovers(scope: Scope): Promise<Finding[]> {
  return [...(await networkInterfaces(scope)), ...(await serviceGroups(scope))];
}

async function networkInterfaces({ ec2: client, vpcId }: Scope): Promise<Finding[]> {
  const all = await collect(
    paginateDescribeNetworkInterfaces({ client }, inVpc(vpcId)),
    (page) => page.NetworkInterfaces,
  );
  return all
    .filter((one) => isTagged(one.TagSet) || isInServiceGroup(one))
    .map(({ NetworkInterfaceId = "" }) => ({
      kind: "ec2:network-interface",
      label: "network interface",
      id: NetworkInterfaceId,
      creator: CLOUDFRONT,
    }));
}

async function serviceGroups({ ec2: client, vpcId }: Scope): Promise<Finding[]> {
  const all = await collect(
    paginateDescribeSecurityGroups({ client }, inVpc(vpcId)),
    (page) => page.SecurityGroups,
  );
  return all
    .filter(({ GroupName }) => GroupName === SERVICE_GROUP)
    .map(({ GroupId = "" }) => ({
      kind: "cloudfront:security-group",
      label: "security group",
      id: GroupId,
      creator: CLOUDFRONT,
      remove: () => deleteSecurityGroup(client, GroupId, [GroupId]),
    }));
}

function isTagged(tags: readonly Tag[] = []): boolean {
  return tags.some(({ Key, Value }) => Key === TAG.Key && Value === TAG.Value);
}

function isInServiceGroup({ Groups = [] }: NetworkInterface): boolean {
  return Groups.some(({ GroupName }) => GroupName === SERVICE_GROUP);
}

function inVpc(vpcId: string) {
  return { Filters: [{ Name: "vpc-id", Values: [vpcId] }] };
}
