import {
  paginateDescribeInstances,
  paginateDescribeNatGateways,
  paginateDescribeNetworkInterfaces,
  paginateDescribeSecurityGroups,
  paginateDescribeSnapshots,
  paginateDescribeTags,
  paginateDescribeVolumes,
} from "@aws-sdk/client-ec2";
import { collect } from "../aws/collect";
import { HOURS_PER_MONTH } from "../cost/rule";
import type { Clients } from "./clients";
import { gigabytes, type DetailedKind, type Entries } from "./detailed-kind";

/** Of these AWS tells no more than that they are there; their tags go with them. */
const TAGGED_ONLY = {
  "elastic-ip": "Elastic IPs",
  "internet-gateway": "internet gateways",
  "launch-template": "launch templates",
  "route-table": "route tables",
  subnet: "subnets",
  vpc: "networks",
  "vpc-endpoint": "VPC endpoints",
};

/** Kinds of EC2. */
export const EC2_DETAILS: readonly DetailedKind[] = [
  { kind: "ec2:instance", what: "instances", permission: "ec2:DescribeInstances", ask: instances },
  { kind: "ec2:volume", what: "volumes", permission: "ec2:DescribeVolumes", ask: volumes },
  { kind: "ec2:snapshot", what: "snapshots", permission: "ec2:DescribeSnapshots", ask: snapshots },
  {
    kind: "ec2:natgateway",
    what: "NAT gateways",
    permission: "ec2:DescribeNatGateways",
    ask: natGateways,
  },
  {
    kind: "ec2:network-interface",
    what: "network interfaces",
    permission: "ec2:DescribeNetworkInterfaces",
    ask: interfaces,
  },
  {
    kind: "ec2:security-group",
    what: "security groups",
    permission: "ec2:DescribeSecurityGroups",
    ask: securityGroups,
  },
  ...Object.entries(TAGGED_ONLY).map(([type, what]) => ({
    ...{ kind: `ec2:${type}`, what, permission: "ec2:DescribeTags" },
    ask: tagged,
  })),
];

async function instances({ ec2: client }: Clients, ids: ReadonlySet<string>): Promise<Entries> {
  const Filters = [{ Name: "instance-id", Values: [...ids] }];
  const all = await collect(
    paginateDescribeInstances({ client }, { Filters }),
    (page) => page.Reservations,
  );
  return all
    .flatMap(({ Instances = [] }) => Instances)
    .map(({ InstanceId = "", InstanceType = "", LaunchTime, State, Tags = [] }) => [
      InstanceId,
      {
        gone: State?.Name === "terminated",
        held: Tags.some(({ Key }) => Key === "aws:autoscaling:groupName"),
        since: LaunchTime,
        size: InstanceType,
        charges: [{ priceKey: `ec2.${InstanceType}.hour`, quantity: HOURS_PER_MONTH }],
      },
    ]);
}

async function volumes({ ec2: client }: Clients, ids: ReadonlySet<string>): Promise<Entries> {
  const Filters = [{ Name: "volume-id", Values: [...ids] }];
  const all = await collect(
    paginateDescribeVolumes({ client }, { Filters }),
    (page) => page.Volumes,
  );
  return all.map(({ VolumeId = "", Size = 0, VolumeType = "", CreateTime, Attachments = [] }) => [
    VolumeId,
    {
      held: Attachments.length > 0,
      since: CreateTime,
      ...gigabytes(Size, `ebs.${VolumeType}.gbMonth`),
    },
  ]);
}

async function snapshots({ ec2: client }: Clients, ids: ReadonlySet<string>): Promise<Entries> {
  const Filters = [{ Name: "snapshot-id", Values: [...ids] }];
  const all = await collect(
    paginateDescribeSnapshots({ client }, { OwnerIds: ["self"], Filters }),
    (page) => page.Snapshots,
  );
  return all.map(({ SnapshotId = "", VolumeSize = 0, StartTime }) => [
    SnapshotId,
    { since: StartTime, ...gigabytes(VolumeSize, "ebs.snapshot.gbMonth") },
  ]);
}

async function natGateways({ ec2: client }: Clients, ids: ReadonlySet<string>): Promise<Entries> {
  const Filter = [{ Name: "nat-gateway-id", Values: [...ids] }];
  const all = await collect(
    paginateDescribeNatGateways({ client }, { Filter }),
    (page) => page.NatGateways,
  );
  return all.map(({ NatGatewayId = "", CreateTime, State }) => [
    NatGatewayId,
    { gone: State === "deleted" || State === "deleting", since: CreateTime },
  ]);
}

async function interfaces({ ec2: client }: Clients, ids: ReadonlySet<string>): Promise<Entries> {
  const Filters = [{ Name: "network-interface-id", Values: [...ids] }];
  const all = await collect(
    paginateDescribeNetworkInterfaces({ client }, { Filters }),
    (page) => page.NetworkInterfaces,
  );
  return all.map(({ NetworkInterfaceId = "", Status }) => [
    NetworkInterfaceId,
    { held: Status === "in-use" },
  ]);
}

async function securityGroups(
  { ec2: client }: Clients,
  ids: ReadonlySet<string>,
): Promise<Entries> {
  const Filters = [{ Name: "group-id", Values: [...ids] }];
  const all = await collect(
    paginateDescribeSecurityGroups({ client }, { Filters }),
    (page) => page.SecurityGroups,
  );
  // Nobody can delete the default one, and it goes with its network.
  return all.map(({ GroupId = "", GroupName }) => [GroupId, { held: GroupName === "default" }]);
}

async function tagged({ ec2: client }: Clients, ids: ReadonlySet<string>): Promise<Entries> {
  const Filters = [{ Name: "resource-id", Values: [...ids] }];
  const all = await collect(paginateDescribeTags({ client }, { Filters }), (page) => page.Tags);
  return all.map(({ ResourceId = "" }) => [ResourceId, {}]);
}
