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
import { dropGroup } from "../security-groups";
import { type Found } from "../finding";
import { collect } from "../collect";

/** Whose things are looked for, and where. */
export interface Scope {
  readonly clusterName: string;
  readonly vpcId: string;
  readonly ownGroups: readonly string[];
  readonly sweepData: boolean;
  readonly ec2: EC2Client;
  readonly classic: ElasticLoadBalancingClient;
  readonly balancers: ElasticLoadBalancingV2Client;
}

/** What holds subnets, groups or the internet gateway back, in the order in which it can go. */
export function networkingOf(scope: Scope): Promise<Found[]>[] {
  return [
    classicLoadBalancers(scope),
    loadBalancers(scope),
    targetGroups(scope),
    networkInterfaces(scope),
    securityGroups(scope),
  ];
}

/** What only costs money, and may hold data. */
export function dataOf(scope: Scope): Promise<Found[]>[] {
  return [volumes(scope), snapshots(scope)];
}

/** Tags whose value is a cluster's name: of the EBS driver, the load balancer controller, the VPC CNI. */
const NAME_TAGS = [
  "ebs.csi.aws.com/cluster-name",
  "elbv2.k8s.aws/cluster",
  "cluster.k8s.amazonaws.com/name",
];

/**
 * Whether tags are those that controllers of this cluster give to what they make; "shared" is what a
 * cluster only uses. Its name holds the stack id, so it is nobody else's; the tag `StackId` itself is
 * on what belongs to Pulumi, too, and says nothing here.
 */
function ours({ clusterName }: Scope, tags: readonly Pick<Tag, "Key" | "Value">[] = []): boolean {
  return tags.some(
    ({ Key = "", Value }) =>
      (Key === `kubernetes.io/cluster/${clusterName}` && Value === "owned") ||
      (NAME_TAGS.includes(Key) && Value === clusterName),
  );
}

async function classicLoadBalancers(scope: Scope): Promise<Found[]> {
  const { classic: client, vpcId } = scope;
  const all = await collect(
    paginateClassic({ client }, {}),
    (page) => page.LoadBalancerDescriptions,
  );
  const here = all.filter(({ VPCId }) => VPCId === vpcId);
  const names = here.map(({ LoadBalancerName = "" }) => LoadBalancerName);
  const tagged = await inTwenties(names, async (some) => {
    const answer = await client.send(new DescribeClassicTagsCommand({ LoadBalancerNames: some }));
    return (answer.TagDescriptions ?? []).filter(({ Tags }) => ours(scope, Tags));
  });
  return tagged.map(({ LoadBalancerName = "" }) => ({
    what: "load balancer",
    id: LoadBalancerName,
    remove: () => client.send(new DeleteClassicCommand({ LoadBalancerName })),
  }));
}

async function loadBalancers(scope: Scope): Promise<Found[]> {
  const { balancers: client, vpcId } = scope;
  const all = await collect(
    paginateDescribeLoadBalancers({ client }, {}),
    (page) => page.LoadBalancers,
  );
  const here = all.filter(({ VpcId }) => VpcId === vpcId);
  const arns = here.map(({ LoadBalancerArn = "" }) => LoadBalancerArn);
  return (await taggedOurs(scope, arns)).map((LoadBalancerArn) => ({
    what: "load balancer",
    id: LoadBalancerArn,
    remove: () => client.send(new DeleteLoadBalancerCommand({ LoadBalancerArn })),
  }));
}

async function targetGroups(scope: Scope): Promise<Found[]> {
  const { balancers: client, vpcId } = scope;
  const all = await collect(
    paginateDescribeTargetGroups({ client }, {}),
    (page) => page.TargetGroups,
  );
  const here = all.filter(({ VpcId }) => VpcId === vpcId);
  const arns = here.map(({ TargetGroupArn = "" }) => TargetGroupArn);
  return (await taggedOurs(scope, arns)).map((TargetGroupArn) => ({
    what: "target group",
    id: TargetGroupArn,
    remove: () => client.send(new DeleteTargetGroupCommand({ TargetGroupArn })),
  }));
}

async function taggedOurs(scope: Scope, arns: readonly string[]): Promise<string[]> {
  const tagged = await inTwenties(arns, async (some) => {
    const answer = await scope.balancers.send(new DescribeTagsCommand({ ResourceArns: some }));
    return (answer.TagDescriptions ?? []).filter(({ Tags }) => ours(scope, Tags));
  });
  return tagged.map(({ ResourceArn = "" }) => ResourceArn);
}

/** Tags are told for twenty load balancers at a time. */
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

async function networkInterfaces(scope: Scope): Promise<Found[]> {
  const { ec2: client } = scope;
  const all = await collect(
    paginateDescribeNetworkInterfaces({ client }, inVpc(scope)),
    (page) => page.NetworkInterfaces,
  );
  return all
    .filter(({ TagSet }) => ours(scope, TagSet))
    .map(({ NetworkInterfaceId = "", Status }) => ({
      what: "network interface",
      id: NetworkInterfaceId,
      // One in use goes with what uses it, or is free then; AWS's refusal would end the sweep.
      ...(Status === "available" && {
        remove: () => client.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId })),
      }),
    }));
}

async function securityGroups(scope: Scope): Promise<Found[]> {
  const { ec2: client, ownGroups } = scope;
  const all = await collect(
    paginateDescribeSecurityGroups({ client }, inVpc(scope)),
    (page) => page.SecurityGroups,
  );
  const swept = all
    .filter(({ GroupId = "", Tags }) => ours(scope, Tags) && !ownGroups.includes(GroupId))
    .map(({ GroupId = "" }) => GroupId);
  return swept.map((id) => ({
    what: "security group",
    id,
    remove: () => dropGroup(client, id, [...ownGroups, ...swept]),
  }));
}

async function volumes(scope: Scope): Promise<Found[]> {
  const { ec2: client } = scope;
  const all = await collect(paginateDescribeVolumes({ client }, {}), (page) => page.Volumes);
  return all
    .filter(({ Tags, State }) => ours(scope, Tags) && State !== "deleting" && State !== "deleted")
    .map(({ VolumeId = "" }) => ({
      what: "volume",
      id: VolumeId,
      remove: () => client.send(new DeleteVolumeCommand({ VolumeId })),
    }));
}

async function snapshots(scope: Scope): Promise<Found[]> {
  const { ec2: client } = scope;
  const all = await collect(
    paginateDescribeSnapshots({ client }, { OwnerIds: ["self"] }),
    (page) => page.Snapshots,
  );
  return all
    .filter(({ Tags }) => ours(scope, Tags))
    .map(({ SnapshotId = "" }) => ({
      what: "snapshot",
      id: SnapshotId,
      remove: () => client.send(new DeleteSnapshotCommand({ SnapshotId })),
    }));
}

function inVpc({ vpcId }: Scope) {
  return { Filters: [{ Name: "vpc-id", Values: [vpcId] }] };
}
