import {
  AcceptVpcPeeringConnectionCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateNetworkInterfaceCommand,
  CreateSecurityGroupCommand,
  CreateSnapshotCommand,
  CreateSubnetCommand,
  CreateVolumeCommand,
  CreateVpcCommand,
  CreateVpcPeeringConnectionCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DeleteVpcCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  EC2Client,
  type ResourceType,
  type TagSpecification,
} from "@aws-sdk/client-ec2";
import {
  CreateLoadBalancerCommand as CreateClassicCommand,
  DescribeLoadBalancersCommand as DescribeClassicCommand,
  ElasticLoadBalancingClient,
} from "@aws-sdk/client-elastic-load-balancing";
import {
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { HOST } from "../../actions/action";
import { sweepCluster } from "../../actions/sweep-cluster";
import { emulator } from "./engine-stack";

/** Network, with the parts that hold the resources of users. */
export interface Network {
  readonly vpcId: string;
  readonly subnetId: string;
  /** Group of the nodes. A load balancer's controller adds a rule to it. */
  readonly nodeGroupId: string;
}

/** Network, with the cluster of its users. */
export interface Place extends Network {
  readonly clusterName: string;
}

/** Account of the emulator, as a user's controllers see it. */
export class Account {
  private readonly ec2: EC2Client;
  private readonly classic: ElasticLoadBalancingClient;
  private readonly balancers: ElasticLoadBalancingV2Client;

  constructor(private readonly region: string) {
    const settings = { region, endpoint: emulator().href };
    this.ec2 = new EC2Client(settings);
    this.classic = new ElasticLoadBalancingClient(settings);
    this.balancers = new ElasticLoadBalancingV2Client(settings);
  }

  /** Creates somebody else's network, with a tag or two of this project's stacks, but none of their ids. */
  async neighbour(): Promise<Network> {
    const TagSpecifications = specify("vpc", { Project: "ml-platform", Stack: "ec2" });
    const { Vpc } = await this.ec2.send(
      new CreateVpcCommand({ CidrBlock: "10.9.0.0/16", TagSpecifications }),
    );
    const vpcId = Vpc?.VpcId ?? "";
    const { Subnet } = await this.ec2.send(
      new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: "10.9.0.0/24" }),
    );
    const { GroupId = "" } = await this.ec2.send(
      new CreateSecurityGroupCommand({ GroupName: "nodes", Description: "nodes", VpcId: vpcId }),
    );
    return { vpcId, subnetId: Subnet?.SubnetId ?? "", nodeGroupId: GroupId };
  }

  /** Creates the resources that the EBS driver, the VPC CNI and load balancer controllers create for users. */
  async createForUsers(place: Place): Promise<void> {
    const { clusterName, vpcId, subnetId, nodeGroupId } = place;
    const cluster = { [`kubernetes.io/cluster/${clusterName}`]: "owned" };
    const AvailabilityZone = `${this.region}a`;
    const volume = async (tags: Record<string, string>): Promise<string> => {
      const TagSpecifications = specify("volume", tags);
      const made = await this.ec2.send(
        new CreateVolumeCommand({ AvailabilityZone, Size: 5, TagSpecifications }),
      );
      return made.VolumeId ?? "";
    };
    const claim = { "kubernetes.io/created-for/pvc/name": "home" };
    await volume({ ...claim, ...cluster });
    const VolumeId = await volume({ ...claim, "ebs.csi.aws.com/cluster-name": clusterName });
    await this.ec2.send(
      new CreateSnapshotCommand({ VolumeId, TagSpecifications: specify("snapshot", cluster) }),
    );
    await this.ec2.send(
      new CreateNetworkInterfaceCommand({
        SubnetId: subnetId,
        // On EKS this is the cluster's own group. The interface uses it, so EKS leaves it behind.
        Groups: [nodeGroupId],
        TagSpecifications: specify("network-interface", {
          "cluster.k8s.amazonaws.com/name": clusterName,
        }),
      }),
    );
    const { GroupId = "" } = await this.ec2.send(
      new CreateSecurityGroupCommand({
        GroupName: `k8s-elb-${clusterName}`,
        Description: "Security group for Kubernetes ELB",
        VpcId: vpcId,
        TagSpecifications: specify("security-group", cluster),
      }),
    );
    await this.ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: nodeGroupId,
        IpPermissions: [{ IpProtocol: "-1", UserIdGroupPairs: [{ GroupId }] }],
      }),
    );
    await this.loadBalancers(place, GroupId);
  }

  private async loadBalancers({ clusterName, vpcId, subnetId }: Place, group: string) {
    const name = clusterName.slice(-20);
    await this.classic.send(
      new CreateClassicCommand({
        LoadBalancerName: `classic-${name}`,
        Listeners: [{ Protocol: "TCP", LoadBalancerPort: 80, InstancePort: 30080 }],
        Subnets: [subnetId],
        SecurityGroups: [group],
        Tags: [{ Key: `kubernetes.io/cluster/${clusterName}`, Value: "owned" }],
      }),
    );
    const Tags = [{ Key: "elbv2.k8s.aws/cluster", Value: clusterName }];
    await this.balancers.send(
      new CreateLoadBalancerCommand({
        Name: `network-${name}`,
        Type: "network",
        Subnets: [subnetId],
        Tags,
      }),
    );
    await this.balancers.send(
      new CreateTargetGroupCommand({
        Name: `targets-${name}`,
        Protocol: "TCP",
        Port: 80,
        VpcId: vpcId,
        Tags,
      }),
    );
  }

  /** Peers a stack's network with a neighbour's. AWS deletes the peering with either network. */
  async peer({ vpcId: VpcId }: Network, neighbour: Network): Promise<void> {
    const { VpcPeeringConnection } = await this.ec2.send(
      new CreateVpcPeeringConnectionCommand({ VpcId, PeerVpcId: neighbour.vpcId }),
    );
    const { VpcPeeringConnectionId } = VpcPeeringConnection ?? {};
    await this.ec2.send(new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId }));
  }

  /** Deletes the neighbour's resources, as its own destroy would. */
  async clear(place: Place): Promise<void> {
    const aws = { region: this.region };
    await sweepCluster({ ...place, ownGroups: [place.nodeGroupId], sweepData: true, aws }, HOST);
    await this.leave(place);
  }

  /** Deletes a network that holds nothing else. */
  async leave({ vpcId, subnetId, nodeGroupId }: Network): Promise<void> {
    await this.ec2.send(new DeleteSecurityGroupCommand({ GroupId: nodeGroupId }));
    await this.ec2.send(new DeleteSubnetCommand({ SubnetId: subnetId }));
    await this.ec2.send(new DeleteVpcCommand({ VpcId: vpcId }));
  }

  /** Counts each kind in a network. Of volumes and snapshots, those with the cluster's tags. */
  async count({ clusterName, vpcId }: Place): Promise<Record<string, number>> {
    const Filters = [{ Name: "vpc-id", Values: [vpcId] }];
    const tagged = {
      Filters: [{ Name: "tag-key", Values: [`kubernetes.io/cluster/${clusterName}`] }],
    };
    const named = {
      Filters: [{ Name: "tag:ebs.csi.aws.com/cluster-name", Values: [clusterName] }],
    };
    const here = { Name: `network-${clusterName.slice(-20)}` };
    const ask = await Promise.all([
      this.ec2.send(new DescribeVolumesCommand(tagged)),
      this.ec2.send(new DescribeVolumesCommand(named)),
      this.ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ["self"], ...tagged })),
      this.ec2.send(new DescribeNetworkInterfacesCommand({ Filters })),
      this.ec2.send(new DescribeSecurityGroupsCommand({ Filters })),
      this.classic.send(new DescribeClassicCommand({})),
      this.balancers.send(new DescribeLoadBalancersCommand({})),
      this.balancers.send(new DescribeTargetGroupsCommand({})),
    ] as const);
    const [claims, others, snapshots, interfaces, groups, classic, balancers, targets] = ask;
    return {
      volumes: (claims.Volumes ?? []).length + (others.Volumes ?? []).length,
      snapshots: (snapshots.Snapshots ?? []).length,
      interfaces: (interfaces.NetworkInterfaces ?? []).length,
      groups: (groups.SecurityGroups ?? []).length,
      classic: (classic.LoadBalancerDescriptions ?? []).filter((one) => one.VPCId === vpcId).length,
      balancers: (balancers.LoadBalancers ?? []).filter((one) => one.LoadBalancerName === here.Name)
        .length,
      targets: (targets.TargetGroups ?? []).filter((one) => one.VpcId === vpcId).length,
    };
  }
}

/**
 * Writes so many objects to a bucket. For old versions and delete markers it writes every tenth twice, and
 * deletes every twentieth. The emulator checks no signature, but refuses a request without one.
 */
export async function fill(bucket: string, objects: number): Promise<void> {
  const authorization = "AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-3/s3/aws4_request";
  const url = (n: number): string => new URL(`/${bucket}/users/ada/${n}`, emulator()).href;
  const send = async (method: string, n: number): Promise<void> => {
    const body = method === "PUT" ? "x" : null;
    const { ok, status } = await fetch(url(n), { method, headers: { authorization }, body });
    if (!ok) {
      throw new Error(`${method} ${url(n)} is answered with ${status}`);
    }
  };
  for (let start = 0; start < objects; start += 50) {
    const some = Array.from({ length: Math.min(50, objects - start) }, (_, n) => start + n);
    await Promise.all(some.map((n) => send("PUT", n)));
    await Promise.all(some.filter((n) => n % 10 === 0).map((n) => send("PUT", n)));
    await Promise.all(some.filter((n) => n % 20 === 0).map((n) => send("DELETE", n)));
  }
}

function specify(type: ResourceType, tags: Readonly<Record<string, string>>): TagSpecification[] {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  return [{ ResourceType: type, Tags }];
}

/** Cluster with resources of its users, and a neighbour that looks like it. */
export interface Tenant {
  readonly account: Account;
  readonly place: Place;
  readonly neighbour: Place;
  /** Numbers of the neighbour's resources. They must exist at the end. */
  readonly kept: Record<string, number>;
}

/** Creates resources of a cluster's users. Creates the same for a neighbour with a similar name, in its own network. */
export async function settle(account: Account, place: Place): Promise<Tenant> {
  const clusterName = `${place.clusterName}-2`;
  const neighbour = { clusterName, ...(await account.neighbour()) };
  await account.peer(place, neighbour);
  await account.createForUsers(place);
  await account.createForUsers(neighbour);
  return { account, place, neighbour, kept: await account.count(neighbour) };
}
