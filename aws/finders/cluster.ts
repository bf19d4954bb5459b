import {
  DeleteNetworkInterfaceCommand,
  DeleteSnapshotCommand,
  DeleteVolumeCommand,
  paginateDescribeNetworkInterfaces,
  paginateDescribeSecurityGroups,
  paginateDescribeSnapshots,
  paginateDescribeVolumes,
  type EC2Client,
  type Tag,
} from "@aws-sdk/client-ec2";
import {
  DeleteLoadBalancerCommand as DeleteClassicCommand,
  DescribeTagsCommand as DescribeClassicTagsCommand,
  paginateDescribeLoadBalancers as paginateClassic,
  type ElasticLoadBalancingClient,
} from "@aws-sdk/client-elastic-load-balancing";
import {
  DeleteLoadBalancerCommand,
  DeleteTargetGroupCommand,
  DescribeTagsCommand,
  paginateDescribeLoadBalancers,
  paginateDescribeTargetGroups,
  type ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { clusterTag, OWNED, TAG_KEYS } from "../../settings/names";
import { parseArn } from "../arn";
import { collect } from "../collect";
import type { Finding } from "../finding";
import { deleteSecurityGroup } from "../security-groups";

/** The cluster whose resources are searched for, and where. */
export interface Scope {
  readonly clusterName: string;
  readonly vpcId: string;
  /** Security groups of the stack itself, which are never findings. */
  readonly ownGroups: readonly string[];
  readonly ec2: EC2Client;
  readonly classic: ElasticLoadBalancingClient;
  readonly balancers: ElasticLoadBalancingV2Client;
}

/** Findings that block the deletion of subnets, groups or the internet gateway, in the order in which AWS deletes them. */
export function networkFindings(scope: Scope): Promise<Finding[]>[] {
  return [
    classicLoadBalancers(scope),
    loadBalancers(scope),
    targetGroups(scope),
    networkInterfaces(scope),
    securityGroups(scope),
  ];
}

/** Findings that block nothing, but cost money and may hold data. */
export function dataFindings(scope: Scope): Promise<Finding[]>[] {
  return [volumes(scope), snapshots(scope)];
}

/** Tags whose value is a cluster's name: of the EBS driver, the load balancer controller and the VPC CNI. */
const NAME_TAGS = [
  "ebs.csi.aws.com/cluster-name",
  "elbv2.k8s.aws/cluster",
  "cluster.k8s.amazonaws.com/name",
];

/**
 * True if tags say that a controller of this cluster created something: `owned`, since `shared` means used, not
 * created. The cluster name contains the stack id, so it is unique. The tag `StackId` cannot be used: resources
 * that Pulumi manages carry it as well.
 */
function createdByCluster(
  { clusterName }: Scope,
  tags: readonly Pick<Tag, "Key" | "Value">[] = [],
): boolean {
  return tags.some(
    ({ Key = "", Value }) =>
      (Key === clusterTag(clusterName) && Value === OWNED) ||
      (NAME_TAGS.includes(Key) && Value === clusterName),
  );
}

async function classicLoadBalancers(scope: Scope): Promise<Finding[]> {
  const { classic: client, vpcId } = scope;
  const all = await collect(
    paginateClassic({ client }, {}),
    (page) => page.LoadBalancerDescriptions,
  );
  const here = all.filter(({ VPCId }) => VPCId === vpcId);
  const names = here.map(({ LoadBalancerName = "" }) => LoadBalancerName);
  const tagged = await inTwenties(names, async (some) => {
    const answer = await client.send(new DescribeClassicTagsCommand({ LoadBalancerNames: some }));
    return (answer.TagDescriptions ?? []).filter(({ Tags }) => createdByCluster(scope, Tags));
  });
  return tagged.map(({ LoadBalancerName = "" }) => ({
    kind: "elasticloadbalancing:loadbalancer",
    label: "load balancer",
    id: LoadBalancerName,
    remove: () => client.send(new DeleteClassicCommand({ LoadBalancerName })),
  }));
}

async function loadBalancers(scope: Scope): Promise<Finding[]> {
  const { balancers: client, vpcId } = scope;
  const all = await collect(
    paginateDescribeLoadBalancers({ client }, {}),
    (page) => page.LoadBalancers,
  );
  const here = all.filter(({ VpcId }) => VpcId === vpcId);
  const arns = here.map(({ LoadBalancerArn = "" }) => LoadBalancerArn);
  return (await arnsOfCluster(scope, arns)).map((LoadBalancerArn) => ({
    ...byArn("load balancer", LoadBalancerArn),
    remove: () => client.send(new DeleteLoadBalancerCommand({ LoadBalancerArn })),
  }));
}

async function targetGroups(scope: Scope): Promise<Finding[]> {
  const { balancers: client, vpcId } = scope;
  const all = await collect(
    paginateDescribeTargetGroups({ client }, {}),
    (page) => page.TargetGroups,
  );
  const here = all.filter(({ VpcId }) => VpcId === vpcId);
  const arns = here.map(({ TargetGroupArn = "" }) => TargetGroupArn);
  return (await arnsOfCluster(scope, arns)).map((TargetGroupArn) => ({
    ...byArn("target group", TargetGroupArn),
    remove: () => client.send(new DeleteTargetGroupCommand({ TargetGroupArn })),
  }));
}

function byArn(label: string, arn: string): Finding {
  const { service, type, id } = parseArn(arn);
  return { kind: `${service}:${type}`, label, id, arn };
}

async function arnsOfCluster(scope: Scope, arns: readonly string[]): Promise<string[]> {
  const tagged = await inTwenties(arns, async (some) => {
    const answer = await scope.balancers.send(new DescribeTagsCommand({ ResourceArns: some }));
    return (answer.TagDescriptions ?? []).filter(({ Tags }) => createdByCluster(scope, Tags));
  });
  return tagged.map(({ ResourceArn = "" }) => ResourceArn);
}

/** AWS describes the tags of at most twenty load balancers in one request. */
async function inTwenties<T>(
  all: readonly string[],
  ask: (some: string[]) => Promise<T[]>,
): Promise<T[]> {
  const answers: T[] = [];
  for (let start = 0; start < all.length; start += 20) {
    answers.push(...(await ask(all.slice(start, start + 20))));
  }
  return answers;
}

async function networkInterfaces(scope: Scope): Promise<Finding[]> {
  const { ec2: client } = scope;
  const all = await collect(
    paginateDescribeNetworkInterfaces({ client }, inVpc(scope)),
    (page) => page.NetworkInterfaces,
  );
  return all
    .filter(({ TagSet }) => createdByCluster(scope, TagSet))
    .map(({ NetworkInterfaceId = "", Status }) => ({
      kind: "ec2:network-interface",
      label: "network interface",
      id: NetworkInterfaceId,
      // AWS deletes one in use with what uses it, or frees it then; its refusal would end the sweep.
      ...(Status === "available" && {
        remove: () => client.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId })),
      }),
    }));
}

async function securityGroups(scope: Scope): Promise<Finding[]> {
  const { ec2: client, ownGroups } = scope;
  const all = await collect(
    paginateDescribeSecurityGroups({ client }, inVpc(scope)),
    (page) => page.SecurityGroups,
  );
  const idsOf = (groups: typeof all): string[] => groups.map(({ GroupId = "" }) => GroupId);
  const swept = idsOf(
    all.filter(
      ({ GroupId = "", Tags }) => createdByCluster(scope, Tags) && !ownGroups.includes(GroupId),
    ),
  );
  // A killed `up`, or a person, may have left rules in them that name a group of the cluster.
  const ofStack = idsOf(
    all.filter(({ Tags = [] }) => Tags.some(({ Key }) => Key === TAG_KEYS.stackId)),
  );
  return swept.map((id) => ({
    kind: "ec2:security-group",
    label: "security group",
    id,
    remove: () => deleteSecurityGroup(client, id, [...ownGroups, ...ofStack, ...swept]),
  }));
}

async function volumes(scope: Scope): Promise<Finding[]> {
  const { ec2: client } = scope;
  const all = await collect(paginateDescribeVolumes({ client }, {}), (page) => page.Volumes);
  return all
    .filter(
      ({ Tags, State }) =>
        createdByCluster(scope, Tags) && State !== "deleting" && State !== "deleted",
    )
    .map(({ VolumeId = "" }) => ({
      kind: "ec2:volume",
      label: "volume",
      id: VolumeId,
      remove: () => client.send(new DeleteVolumeCommand({ VolumeId })),
    }));
}

async function snapshots(scope: Scope): Promise<Finding[]> {
  const { ec2: client } = scope;
  const all = await collect(
    paginateDescribeSnapshots({ client }, { OwnerIds: ["self"] }),
    (page) => page.Snapshots,
  );
  return all
    .filter(({ Tags }) => createdByCluster(scope, Tags))
    .map(({ SnapshotId = "" }) => ({
      kind: "ec2:snapshot",
      label: "volume snapshot",
      id: SnapshotId,
      remove: () => client.send(new DeleteSnapshotCommand({ SnapshotId })),
    }));
}

function inVpc({ vpcId }: Scope) {
  return { Filters: [{ Name: "vpc-id", Values: [vpcId] }] };
}
