import { instancePriceKey } from "../../cost/price-book";
import { DescribeClusterCommand, DescribeNodegroupCommand } from "@aws-sdk/client-eks";
import {
  paginateDescribeInstances,
  paginateDescribeSnapshots,
  paginateDescribeTags,
  paginateDescribeVolumes,
} from "@aws-sdk/client-ec2";
import { GetFunctionCommand } from "@aws-sdk/client-lambda";
import { collect } from "../../aws/collect";
import { HOURS_PER_MONTH } from "../../cost/rule";
import { each } from "../shell";
import { FREE, gigabytes, manyAtOnce, oneByOne, type Kind } from "./kind";

/** Machines, their disks, functions and clusters. */
export const COMPUTE = {
  "ec2:instance": {
    name: "instance",
    plural: "instances",
    describe: manyAtOnce("ec2:DescribeInstances", async ({ ec2: client }, ids) => {
      const all = await collect(
        paginateDescribeInstances({ client }, { Filters: byValue("instance-id", ids) }),
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
            charges: [{ priceKey: instancePriceKey(InstanceType), quantity: HOURS_PER_MONTH }],
          },
        ]);
    }),
    charges: "described",
    remove: ({ id }) => [
      `aws ec2 terminate-instances --instance-ids ${id}`,
      `aws ec2 wait instance-terminated --instance-ids ${id}`,
    ],
    after: ["eks:nodegroup"],
  },
  "ec2:volume": {
    name: "volume",
    plural: "volumes",
    describe: manyAtOnce("ec2:DescribeVolumes", async ({ ec2: client }, ids) => {
      const all = await collect(
        paginateDescribeVolumes({ client }, { Filters: byValue("volume-id", ids) }),
        (page) => page.Volumes,
      );
      return all.map(
        ({ VolumeId = "", Size = 0, VolumeType = "", CreateTime, Attachments = [] }) => [
          VolumeId,
          {
            held: Attachments.length > 0,
            since: CreateTime,
            ...gigabytes(Size, `ebs.${VolumeType}.gbMonth`),
          },
        ],
      );
    }),
    charges: "described",
    holdsData: true,
    byUsers: true,
    remove: ({ id }) => [`aws ec2 delete-volume --volume-id ${id}`],
  },
  "ec2:snapshot": {
    name: "volume snapshot",
    plural: "snapshots",
    describe: manyAtOnce("ec2:DescribeSnapshots", async ({ ec2: client }, ids) => {
      const all = await collect(
        paginateDescribeSnapshots(
          { client },
          { OwnerIds: ["self"], Filters: byValue("snapshot-id", ids) },
        ),
        (page) => page.Snapshots,
      );
      return all.map(({ SnapshotId = "", VolumeSize = 0, StartTime }) => [
        SnapshotId,
        { since: StartTime, ...gigabytes(VolumeSize, "ebs.snapshot.gbMonth") },
      ]);
    }),
    charges: "described",
    holdsData: true,
    byUsers: true,
    remove: ({ id }) => [`aws ec2 delete-snapshot --snapshot-id ${id}`],
  },
  "ec2:launch-template": {
    name: "launch template",
    plural: "launch templates",
    describe: byTags(),
    charges: FREE,
    remove: ({ id }) => [`aws ec2 delete-launch-template --launch-template-id ${id}`],
    after: ["eks:nodegroup"],
  },
  "eks:nodegroup": {
    name: "node group",
    plural: "node groups",
    describe: oneByOne("eks:DescribeNodegroup", async ({ eks }, { id }) => {
      const [clusterName, nodegroupName] = id.split("/");
      const { nodegroup } = await eks.send(
        new DescribeNodegroupCommand({ clusterName, nodegroupName }),
      );
      return { since: nodegroup?.createdAt };
    }),
    charges: FREE,
    remove: ({ id }) => {
      const [cluster = "", group = ""] = id.split("/");
      const nodegroup = `--cluster-name ${cluster} --nodegroup-name ${group}`;
      return [
        `aws eks delete-nodegroup ${nodegroup}`,
        `aws eks wait nodegroup-deleted ${nodegroup}`,
      ];
    },
  },
  "eks:cluster": {
    name: "EKS cluster",
    plural: "EKS clusters",
    describe: oneByOne("eks:DescribeCluster", async ({ eks }, { id: name }) => {
      const { cluster } = await eks.send(new DescribeClusterCommand({ name }));
      return { since: cluster?.createdAt };
    }),
    charges: [{ priceKey: "eks.cluster.hour", quantity: HOURS_PER_MONTH }],
    remove: removeCluster,
    after: ["eks:nodegroup"],
  },
  "lambda:function": {
    name: "function",
    plural: "functions",
    describe: oneByOne("lambda:GetFunction", async ({ lambda }, { id }) => {
      await lambda.send(new GetFunctionCommand({ FunctionName: id }));
      return {};
    }),
    charges: FREE,
    remove: ({ id }) => [`aws lambda delete-function --function-name ${id}`],
  },
} satisfies Readonly<Record<string, Kind>>;

/** Filter of EC2 for some values. */
export function byValue(name: string, values: ReadonlySet<string>) {
  return [{ Name: name, Values: [...values] }];
}

/** Asks for the tags of resources of EC2 of which nothing else is to be known: AWS deletes tags with a resource. */
export function byTags(): ReturnType<typeof manyAtOnce> {
  return manyAtOnce("ec2:DescribeTags", async ({ ec2: client }, ids) => {
    const Filters = byValue("resource-id", ids);
    const all = await collect(paginateDescribeTags({ client }, { Filters }), (page) => page.Tags);
    return all.map(({ ResourceId = "" }) => [ResourceId, {}]);
  });
}

/** The control plane of a kept stack is protected. */
function removeCluster({ id }: { readonly id: string }): string[] {
  const cluster = `--name ${id}`;
  return [
    each(
      `aws eks describe-cluster ${cluster} --query 'cluster.[deletionProtection][?@]'`,
      "protected",
      `aws eks update-cluster-config ${cluster} --no-deletion-protection && aws eks wait cluster-active ${cluster}`,
    ),
    `aws eks delete-cluster ${cluster}`,
    `aws eks wait cluster-deleted ${cluster}`,
  ];
}
