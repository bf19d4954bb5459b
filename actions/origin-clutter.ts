import {
  paginateDescribeNetworkInterfaces,
  paginateDescribeSecurityGroups,
  type EC2Client,
  type NetworkInterface,
  type Tag,
} from "@aws-sdk/client-ec2";
import { dropGroup } from "./security-groups";
import { collect, type Found } from "./sweep";

/** Where is looked. */
export interface Scope {
  readonly vpcId: string;
  readonly ec2: EC2Client;
}

/** Who made it, as it reads after "made by". */
export const CLOUDFRONT = "CloudFront";

/**
 * Name of the security group that CloudFront makes in a network with a VPC origin; nobody else can use it.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
 */
const SERVICE_GROUP = "CloudFront-VPCOrigins-Service-SG";
/** Tag that CloudFront's role has to put on all that it makes. Source:
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCloudFrontVPCOriginServiceRolePolicy.html */
const TAG = { Key: "aws.cloudfront.vpcorigin", Value: "enabled" };

/**
 * What CloudFront has left of VPC origins in this network, as far as it can go now. Its interfaces are
 * CloudFront's own to delete, and are only waited for; the group, which they use, goes after them.
 */
export async function leftByOrigins(scope: Scope): Promise<Found[]> {
  const interfaces = await networkInterfaces(scope);
  return interfaces.length > 0 ? interfaces : serviceGroups(scope);
}

/** All of it at once, also what has to wait for something else. */
export async function allLeftByOrigins(scope: Scope): Promise<Found[]> {
  return [...(await networkInterfaces(scope)), ...(await serviceGroups(scope))];
}

async function networkInterfaces({ ec2: client, vpcId }: Scope): Promise<Found[]> {
  const all = await collect(
    paginateDescribeNetworkInterfaces({ client }, inVpc(vpcId)),
    (page) => page.NetworkInterfaces,
  );
  return all
    .filter((one) => tagged(one.TagSet) || inServiceGroup(one))
    .map(({ NetworkInterfaceId = "" }) => ({
      what: "network interface",
      id: NetworkInterfaceId,
      whose: CLOUDFRONT,
    }));
}

async function serviceGroups({ ec2: client, vpcId }: Scope): Promise<Found[]> {
  const all = await collect(
    paginateDescribeSecurityGroups({ client }, inVpc(vpcId)),
    (page) => page.SecurityGroups,
  );
  return all
    .filter(({ GroupName }) => GroupName === SERVICE_GROUP)
    .map(({ GroupId = "" }) => ({
      what: "security group",
      id: GroupId,
      whose: CLOUDFRONT,
      remove: () => dropGroup(client, GroupId, [GroupId]),
    }));
}

function tagged(tags: readonly Tag[] = []): boolean {
  return tags.some(({ Key, Value }) => Key === TAG.Key && Value === TAG.Value);
}

function inServiceGroup({ Groups = [] }: NetworkInterface): boolean {
  return Groups.some(({ GroupName }) => GroupName === SERVICE_GROUP);
}

function inVpc(vpcId: string) {
  return { Filters: [{ Name: "vpc-id", Values: [vpcId] }] };
}
