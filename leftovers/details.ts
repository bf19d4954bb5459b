import {
  paginateDescribeInstances,
  paginateDescribeNatGateways,
  paginateDescribeNetworkInterfaces,
  paginateDescribeSecurityGroups,
  paginateDescribeSnapshots,
  paginateDescribeVolumes,
} from "@aws-sdk/client-ec2";
import { paginateDescribeFileSystems } from "@aws-sdk/client-efs";
import { DescribeKeyCommand } from "@aws-sdk/client-kms";
import { paginateDescribeDBInstances, paginateDescribeDBSnapshots } from "@aws-sdk/client-rds";
import { collect } from "../actions/sweep";
import type { Clients } from "./clients";
import type { Charge, Detail, Found, Look } from "./remains";

const HOURS = 730;
const GIB = 2 ** 30;

/** Details by id. What is asked for and not in the answer is gone. */
export type Details = ReadonlyMap<string, Detail>;

/** Asks services about what was found: some of it is only listed for a while after it has gone. */
export function detailLooks(clients: Clients, found: readonly Found[]): Look<Details>[] {
  return KINDS_WITH_DETAILS.flatMap(({ kind, what, permission, ask }) => {
    const ids = found.filter((one) => one.kind === kind).map(({ id }) => id);
    return ids.length === 0
      ? []
      : [
          {
            what: `more about ${what}`,
            permissions: [permission],
            look: async () => complete(ids, await inParts(ids, (part) => ask(clients, part))),
          },
        ];
  });
}

/** Filters take 200 values. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Filter.html */
const MOST = 200;

async function inParts(
  ids: readonly string[],
  ask: (part: ReadonlySet<string>) => Promise<Entries>,
): Promise<Entries> {
  const answers: (readonly [string, Detail])[] = [];
  for (let start = 0; start < ids.length; start += MOST) {
    answers.push(...(await ask(new Set(ids.slice(start, start + MOST)))));
  }
  return answers;
}

function complete(ids: readonly string[], known: Iterable<readonly [string, Detail]>): Details {
  return new Map([...ids.map((id) => [id, { gone: true }] as const), ...known]);
}

type Entries = readonly (readonly [id: string, detail: Detail])[];

interface DetailedKind {
  readonly kind: string;
  readonly what: string;
  readonly permission: string;
  readonly ask: (clients: Clients, ids: ReadonlySet<string>) => Promise<Entries>;
}

const KINDS_WITH_DETAILS: readonly DetailedKind[] = [
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
  { kind: "rds:db", what: "databases", permission: "rds:DescribeDBInstances", ask: databases },
  {
    kind: "rds:snapshot",
    what: "database snapshots",
    permission: "rds:DescribeDBSnapshots",
    ask: databaseSnapshots,
  },
  {
    kind: "elasticfilesystem:file-system",
    what: "file systems",
    permission: "elasticfilesystem:DescribeFileSystems",
    ask: fileSystems,
  },
  { kind: "kms:key", what: "encryption keys", permission: "kms:DescribeKey", ask: keys },
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
        charges: [{ priceKey: `ec2.${InstanceType}.hour`, quantity: HOURS }],
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

async function databases({ rds: client }: Clients, ids: ReadonlySet<string>): Promise<Entries> {
  const all = await collect(
    paginateDescribeDBInstances({ client }, {}),
    (page) => page.DBInstances,
  );
  return all
    .filter(({ DBInstanceIdentifier = "" }) => ids.has(DBInstanceIdentifier))
    .map((one) => {
      const { DBInstanceIdentifier = "", DBInstanceClass = "", Engine = "" } = one;
      const { AllocatedStorage = 0, StorageType = "", MultiAZ, InstanceCreateTime } = one;
      const zones = MultiAZ === true ? "multiAz" : "singleAz";
      const storage = gigabytes(AllocatedStorage, `rds.${Engine}.${StorageType}.${zones}.gbMonth`);
      return [
        DBInstanceIdentifier,
        {
          since: InstanceCreateTime,
          size: `${DBInstanceClass}, ${storage.size}`,
          charges: [
            { priceKey: `rds.${Engine}.${DBInstanceClass}.${zones}.hour`, quantity: HOURS },
            ...storage.charges,
          ],
        },
      ] as const;
    });
}

async function databaseSnapshots(
  { rds: client }: Clients,
  ids: ReadonlySet<string>,
): Promise<Entries> {
  const all = await collect(
    paginateDescribeDBSnapshots({ client }, {}),
    (page) => page.DBSnapshots,
  );
  return all
    .filter(({ DBSnapshotIdentifier = "" }) => ids.has(DBSnapshotIdentifier))
    .map(
      ({ DBSnapshotIdentifier = "", AllocatedStorage = 0, SnapshotCreateTime, SnapshotType }) => [
        DBSnapshotIdentifier,
        {
          // An automated one goes with its database, or with the automated backups.
          held: SnapshotType === "automated",
          since: SnapshotCreateTime,
          ...gigabytes(AllocatedStorage, "rds.backup.gbMonth"),
        },
      ],
    );
}

async function fileSystems({ efs: client }: Clients, ids: ReadonlySet<string>): Promise<Entries> {
  const all = await collect(
    paginateDescribeFileSystems({ client }, {}),
    (page) => page.FileSystems,
  );
  return all
    .filter(({ FileSystemId = "" }) => ids.has(FileSystemId))
    .map(({ FileSystemId = "", CreationTime, SizeInBytes, LifeCycleState }) => [
      FileSystemId,
      {
        gone: LifeCycleState === "deleting" || LifeCycleState === "deleted",
        since: CreationTime,
        ...gigabytes((SizeInBytes?.Value ?? 0) / GIB, "efs.standard.gbMonth"),
      },
    ]);
}

async function keys({ kms }: Clients, ids: ReadonlySet<string>): Promise<Entries> {
  return Promise.all(
    [...ids].map(async (KeyId) => {
      const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }));
      const { CreationDate, KeyState } = KeyMetadata ?? {};
      // AWS bills a key no more once its deletion is scheduled.
      return [KeyId, { gone: KeyState === "PendingDeletion", since: CreationDate }] as const;
    }),
  );
}

/** Of a snapshot that is the most: it holds what has changed since the one before. */
function gigabytes(size: number, priceKey: string): { size: string; charges: readonly Charge[] } {
  const quantity = Number(size.toFixed(1));
  return { size: `${quantity} GB`, charges: [{ priceKey, quantity }] };
}
