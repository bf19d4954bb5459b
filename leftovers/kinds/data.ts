import { GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import { DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { paginateDescribeFileSystems } from "@aws-sdk/client-efs";
import {
  DescribeDBParameterGroupsCommand,
  DescribeDBSubnetGroupsCommand,
  paginateDescribeDBInstanceAutomatedBackups,
  paginateDescribeDBInstances,
  paginateDescribeDBSnapshots,
} from "@aws-sdk/client-rds";
import { HeadBucketCommand } from "@aws-sdk/client-s3";
import { GetParameterCommand } from "@aws-sdk/client-ssm";
import { collect } from "../../aws/collect";
import { HOURS_PER_MONTH } from "../../cost/rule";
import type { Clients } from "../clients";
import { each, waitWhile } from "../shell";
import {
  FREE,
  GIB,
  gigabytes,
  manyAtOnce,
  oneByOne,
  type Description,
  type Descriptions,
  type Kind,
} from "./kind";

/** Databases, buckets, file systems, parameters and logs. */
export const DATA = {
  "rds:db": {
    name: "database",
    plural: "databases",
    describe: manyAtOnce("rds:DescribeDBInstances", databases),
    charges: "described",
    remove: ({ id }) => {
      const database = `--db-instance-identifier ${id}`;
      return [
        `aws rds modify-db-instance ${database} --no-deletion-protection --apply-immediately`,
        `aws rds delete-db-instance ${database} --skip-final-snapshot --delete-automated-backups`,
        `aws rds wait db-instance-deleted ${database}`,
      ];
    },
  },
  "rds:snapshot": {
    name: "database snapshot",
    plural: "database snapshots",
    describe: manyAtOnce("rds:DescribeDBSnapshots", databaseSnapshots),
    charges: "described",
    holdsData: true,
    byUsers: true,
    remove: ({ id }) => [`aws rds delete-db-snapshot --db-snapshot-identifier ${id}`],
  },
  "rds:auto-backup": {
    name: "automated backups of a database",
    plural: "automated backups",
    describe: manyAtOnce("rds:DescribeDBInstanceAutomatedBackups", automatedBackups),
    charges: "described",
    holdsData: true,
    remove: ({ arn = "" }) => [
      `aws rds delete-db-instance-automated-backup --db-instance-automated-backups-arn ${arn}`,
    ],
  },
  "rds:subgrp": {
    name: "database subnet group",
    plural: "subnet groups",
    describe: oneByOne("rds:DescribeDBSubnetGroups", async ({ rds }, { id }) => {
      await rds.send(new DescribeDBSubnetGroupsCommand({ DBSubnetGroupName: id }));
      return {};
    }),
    charges: FREE,
    remove: ({ id }) => [`aws rds delete-db-subnet-group --db-subnet-group-name ${id}`],
    after: ["rds:db"],
  },
  "rds:pg": {
    name: "database parameter group",
    plural: "parameter groups",
    describe: oneByOne("rds:DescribeDBParameterGroups", async ({ rds }, { id }) => {
      await rds.send(new DescribeDBParameterGroupsCommand({ DBParameterGroupName: id }));
      return {};
    }),
    charges: FREE,
    remove: ({ id }) => [`aws rds delete-db-parameter-group --db-parameter-group-name ${id}`],
    after: ["rds:db"],
  },
  "s3:": {
    name: "bucket",
    plural: "buckets",
    describe: oneByOne("s3:ListBucket", async (clients, { id }) => {
      await clients.s3.send(new HeadBucketCommand({ Bucket: id }));
      return bucketSize(clients, id);
    }),
    charges: "described",
    holdsData: true,
    remove: removeBucket,
    // They write to it as long as they run.
    after: ["ec2:instance", "sagemaker:app"],
  },
  "elasticfilesystem:file-system": {
    name: "file system",
    plural: "file systems",
    describe: manyAtOnce("elasticfilesystem:DescribeFileSystems", fileSystems),
    charges: "described",
    holdsData: true,
    remove: removeFileSystem,
    after: ["sagemaker:domain", "elasticfilesystem:mount-target"],
  },
  "elasticfilesystem:mount-target": {
    name: "mount target",
    plural: "mount targets",
    describe: "listed",
    charges: FREE,
    remove: removeMountTarget,
    after: ["sagemaker:domain"],
  },
  "ssm:parameter": {
    name: "parameter",
    plural: "parameters",
    describe: oneByOne("ssm:GetParameter", async ({ ssm }, { id }) => {
      const { Parameter } = await ssm.send(new GetParameterCommand({ Name: `/${id}` }));
      return { since: Parameter?.LastModifiedDate };
    }),
    charges: FREE,
    remove: ({ id }) => [`aws ssm delete-parameter --name /${id}`],
  },
  "logs:log-group": {
    name: "log group",
    plural: "log groups",
    describe: oneByOne("logs:DescribeLogGroups", (clients, { id }) => logGroup(clients, id)),
    charges: "described",
    remove: ({ id }) => [`aws logs delete-log-group --log-group-name ${id}`],
    // A control plane writes a last line while it is deleted, and EKS creates the group again for it.
    after: ["eks:cluster", "lambda:function", "rds:db"],
  },
} satisfies Readonly<Record<string, Kind>>;

async function databases(
  { rds: client }: Clients,
  ids: ReadonlySet<string>,
): Promise<Descriptions> {
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
): Promise<Descriptions> {
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
          // RDS deletes an automated one with its database, or with the automated backups.
          held: SnapshotType === "automated",
          since: SnapshotCreateTime,
          ...gigabytes(AllocatedStorage, "rds.backup.gbMonth"),
        },
      ],
    );
}

async function automatedBackups(
  { rds: client }: Clients,
  ids: ReadonlySet<string>,
): Promise<Descriptions> {
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
        // RDS deletes those of an existing database with it.
        held: Status === "active",
        since: InstanceCreateTime,
        ...gigabytes(AllocatedStorage, "rds.backup.gbMonth"),
      },
    ]);
}

/**
 * Size of a bucket in S3 Standard, with old versions, as CloudWatch counts it once a day.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html
 */
async function bucketSize({ cloudwatch }: Clients, bucket: string): Promise<Description> {
  const day = 24 * 60 * 60;
  const now = new Date();
  const { Datapoints = [] } = await cloudwatch.send(
    new GetMetricStatisticsCommand({
      Namespace: "AWS/S3",
      MetricName: "BucketSizeBytes",
      Period: day,
      Statistics: ["Average"],
      StartTime: new Date(now.getTime() - 3 * day * 1000),
      EndTime: now,
      Dimensions: [
        { Name: "BucketName", Value: bucket },
        { Name: "StorageType", Value: "StandardStorage" },
      ],
    }),
  );
  const newest = Datapoints.toSorted(
    (one, other) => (other.Timestamp?.getTime() ?? 0) - (one.Timestamp?.getTime() ?? 0),
  )[0];
  // No data means a bucket that is too young for a figure, not an empty one.
  return newest?.Average === undefined
    ? {}
    : gigabytes(newest.Average / GIB, "s3.standard.gbMonth");
}

async function fileSystems(
  { efs: client }: Clients,
  ids: ReadonlySet<string>,
): Promise<Descriptions> {
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

async function logGroup({ logs }: Clients, id: string): Promise<Description> {
  const { logGroups = [] } = await logs.send(
    new DescribeLogGroupsCommand({ logGroupNamePrefix: id }),
  );
  const group = logGroups.find(({ logGroupName }) => logGroupName === id);
  const { creationTime, storedBytes = 0 } = group ?? {};
  return group === undefined
    ? { gone: true }
    : {
        since: creationTime === undefined ? undefined : new Date(creationTime),
        ...gigabytes(storedBytes / GIB, "logs.storage.gbMonth"),
      };
}

/** Deletes every version, a page at a time: `s3 rb --force` leaves old versions and delete markers. */
function removeBucket({ id }: { readonly id: string }): string[] {
  const versions =
    "[[Versions, DeleteMarkers][].{Key: Key, VersionId: VersionId}][?@].[to_string({Objects: @, Quiet: `true`})]";
  return [
    each(
      `aws s3api list-object-versions --bucket ${id} --query '${versions}'`,
      "page",
      `aws s3api delete-objects --bucket ${id} --delete file:///dev/stdin <<<"$page"`,
    ),
    `aws s3api delete-bucket --bucket ${id}`,
  ];
}

/** AWS deletes mount targets some time after the command, and the file system only without them. */
function removeFileSystem({ id }: { readonly id: string }): string[] {
  const targets = `aws efs describe-mount-targets --file-system-id ${id} --query 'MountTargets[].[MountTargetId]'`;
  return [
    each(targets, "target", "aws efs delete-mount-target --mount-target-id $target"),
    waitWhile("fsmt-", targets),
    `aws efs delete-file-system --file-system-id ${id}`,
  ];
}

/** Its interface blocks a subnet until AWS has deleted it. */
function removeMountTarget({ id }: { readonly id: string }): string[] {
  const target = `--mount-target-id ${id}`;
  return [
    `aws efs delete-mount-target ${target}`,
    waitWhile(
      "fsmt-",
      `aws efs describe-mount-targets ${target} --query 'MountTargets[].MountTargetId'`,
    ),
  ];
}
