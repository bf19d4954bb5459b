import { GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import { paginateDescribeFileSystems } from "@aws-sdk/client-efs";
import {
  paginateDescribeDBInstanceAutomatedBackups,
  paginateDescribeDBInstances,
  paginateDescribeDBSnapshots,
} from "@aws-sdk/client-rds";
import { collect } from "../aws/collect";
import { HOURS_PER_MONTH } from "../cost/rule";
import type { Clients } from "./clients";
import { gigabytes, type DetailedKind, type Entries } from "./detailed-kind";
import type { Detail } from "./lookup";

const GIB = 2 ** 30;
const DAY = 24 * 60 * 60 * 1000;

/** Kinds that hold data, with their size. */
export const DATA_DETAILS: readonly DetailedKind[] = [
  { kind: "rds:db", what: "databases", permission: "rds:DescribeDBInstances", ask: databases },
  {
    kind: "rds:snapshot",
    what: "database snapshots",
    permission: "rds:DescribeDBSnapshots",
    ask: databaseSnapshots,
  },
  {
    kind: "rds:auto-backup",
    what: "automated backups",
    permission: "rds:DescribeDBInstanceAutomatedBackups",
    ask: automatedBackups,
  },
  {
    kind: "elasticfilesystem:file-system",
    what: "file systems",
    permission: "elasticfilesystem:DescribeFileSystems",
    ask: fileSystems,
  },
];

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
            {
              priceKey: `rds.${Engine}.${DBInstanceClass}.${zones}.hour`,
              quantity: HOURS_PER_MONTH,
            },
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

async function automatedBackups(
  { rds: client }: Clients,
  ids: ReadonlySet<string>,
): Promise<Entries> {
  const all = await collect(
    paginateDescribeDBInstanceAutomatedBackups({ client }, {}),
    (page) => page.DBInstanceAutomatedBackups,
  );
  return all
    .map((one) => ({ ...one, id: one.DBInstanceAutomatedBackupsArn?.split(":").at(-1) ?? "" }))
    .filter(({ id }) => ids.has(id))
    .map(({ id, Status, AllocatedStorage = 0, InstanceCreateTime }) => [
      id,
      {
        // Those of a database that is there go with it.
        held: Status === "active",
        since: InstanceCreateTime,
        ...gigabytes(AllocatedStorage, "rds.backup.gbMonth"),
      },
    ]);
}

/**
 * What a bucket holds in S3 Standard, old versions among it, as CloudWatch counts it once a day.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html
 */
export async function bucketSize({ cloudwatch }: Clients, bucket: string): Promise<Detail> {
  const now = new Date();
  const { Datapoints = [] } = await cloudwatch.send(
    new GetMetricStatisticsCommand({
      ...{ Namespace: "AWS/S3", MetricName: "BucketSizeBytes" },
      ...{ Period: DAY / 1000, Statistics: ["Average"] },
      ...{ StartTime: new Date(now.getTime() - 3 * DAY), EndTime: now },
      Dimensions: [
        { Name: "BucketName", Value: bucket },
        { Name: "StorageType", Value: "StandardStorage" },
      ],
    }),
  );
  const newest = Datapoints.toSorted(
    (one, other) => (other.Timestamp?.getTime() ?? 0) - (one.Timestamp?.getTime() ?? 0),
  )[0];
  // Not a bucket that is empty: one that is too young for a figure.
  return newest?.Average === undefined
    ? {}
    : gigabytes(newest.Average / GIB, "s3.standard.gbMonth");
}
