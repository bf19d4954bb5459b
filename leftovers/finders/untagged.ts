import { dataFindings, networkFindings } from "../../aws/finders/cluster";
import { allContents } from "../../aws/finders/studio-contents";
import { allLeftovers } from "../../aws/finders/studio-network";
import { allOriginLeftovers, CLOUDFRONT } from "../../aws/finders/vpc-origin";
import type { Finding } from "../../aws/finding";
import { clusterNameOf } from "../../settings/names";
import type { Clients } from "../clients";
import type { Lookup } from "../lookup";
import type { StackFinding } from "../stack-finding";

/** Places in which services and users create resources for a stack. */
export interface Places {
  readonly stack: string;
  readonly stackId: string;
  /** True if the stack retains its users' data. */
  readonly keepsData: boolean;
  /** The stack's own networks; none when they are deleted. */
  readonly vpcIds: readonly string[];
  readonly domainIds: readonly string[];
  /** True if the stack's state has a VPC origin: CloudFront deletes what it created for one after deleting it. */
  readonly hasVpcOrigin: boolean;
  /** Security groups and profiles that Pulumi manages: they are found by their tags. */
  readonly ownGroups: readonly string[];
  readonly ownProfiles: readonly string[];
}

/**
 * Look-ups of what users and services create without this project's tags. They use the janitors' own finders, so
 * the audit finds everything that a janitor would delete.
 */
export function untaggedLookups(
  clients: Clients,
  places: Places,
): Lookup<readonly StackFinding[]>[] {
  const { vpcIds, domainIds, hasVpcOrigin } = places;
  return [
    // Without its network a cluster has left nothing in one, but it may have left data.
    ...(vpcIds.length === 0 ? [""] : vpcIds).map((vpcId) => clusterLookup(clients, places, vpcId)),
    ...vpcIds.map((vpcId) => deletedDomainsLookup(clients, places, vpcId)),
    ...(hasVpcOrigin ? [] : vpcIds.map((vpcId) => originLookup(clients, places, vpcId))),
    ...domainIds.map((domainId) => domainLookup(clients, places, domainId)),
  ];
}

const IN_NETWORK = [
  "elasticloadbalancing:DescribeLoadBalancers",
  "elasticloadbalancing:DescribeTargetGroups",
  "elasticloadbalancing:DescribeTags",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeSecurityGroups",
];

/** @param vpcId empty if the network is deleted. */
function clusterLookup(
  { ec2, classic, balancers }: Clients,
  places: Places,
  vpcId: string,
): Lookup<readonly StackFinding[]> {
  const clusterName = clusterNameOf(places.stack, places.stackId);
  const scope = { clusterName, vpcId, ownGroups: places.ownGroups, ec2, classic, balancers };
  const hasNetwork = vpcId !== "";
  return {
    what: `resources that users created through cluster ${clusterName}`,
    permissions: [
      ...(hasNetwork ? IN_NETWORK : []),
      "ec2:DescribeVolumes",
      "ec2:DescribeSnapshots",
    ],
    run: async () => {
      const lists = [...(hasNetwork ? networkFindings(scope) : []), ...dataFindings(scope)];
      return (await Promise.all(lists))
        .flat()
        .map((one) => ofStack(places, one, `users of cluster ${clusterName}`));
    },
  };
}

function deletedDomainsLookup(
  { ec2, efs, sagemaker }: Clients,
  { ownGroups, ...places }: Places,
  vpcId: string,
): Lookup<readonly StackFinding[]> {
  const onRetained = () => Promise.resolve();
  const scope = { vpcId, ownGroups, sweepData: true, ec2, efs, sagemaker, onRetained };
  return {
    what: `resources that Studio left in ${vpcId}`,
    permissions: [
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeNetworkInterfaces",
      "elasticfilesystem:DescribeFileSystems",
      "elasticfilesystem:DescribeMountTargets",
      "sagemaker:ListDomains",
    ],
    run: async () =>
      (await allLeftovers(scope))
        .map((one) => ofStack(places, one, "Studio"))
        // Nobody works in a deleted domain; but people may still want the files that they had there.
        .map((one) => ({ ...one, byPulumi: one.kind !== "elasticfilesystem:file-system" })),
  };
}

/** Lookup of what CloudFront left of a VPC origin that is deleted, or is a leftover itself. */
function originLookup(
  { ec2 }: Clients,
  places: Places,
  vpcId: string,
): Lookup<readonly StackFinding[]> {
  return {
    what: `resources that CloudFront left in ${vpcId}`,
    permissions: ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups"],
    run: async () =>
      (await allOriginLeftovers({ ec2, vpcId })).map((one) => ofStack(places, one, CLOUDFRONT)),
  };
}

function domainLookup(
  { sagemaker }: Clients,
  { ownProfiles, ...places }: Places,
  domainId: string,
): Lookup<readonly StackFinding[]> {
  return {
    what: `resources that people created in Studio domain ${domainId}`,
    permissions: ["sagemaker:ListApps", "sagemaker:ListSpaces", "sagemaker:ListUserProfiles"],
    run: async () =>
      (await allContents(sagemaker, { domainId, ownProfiles })).map((one) =>
        ofStack(places, one, `people in Studio domain ${domainId}`),
      ),
  };
}

function ofStack(
  { stack, stackId, keepsData }: Pick<Places, "stack" | "stackId" | "keepsData">,
  finding: Finding,
  creator: string,
): StackFinding {
  return {
    ...finding,
    stack,
    stackId,
    owner: "",
    why: `created by ${creator}`,
    keepsData,
    byPulumi: false,
  };
}
