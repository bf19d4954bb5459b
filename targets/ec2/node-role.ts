import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { SNAPSHOTS, type DataBucket } from "../../components/data-bucket";
import { SESSION_MANAGER } from "../../components/session-manager";
import type { NodeRole, Parameters } from "./parameters";

/**
 * Policy statement for the cloud controller, which checks whether the instance of a node still exists.
 * Source: https://cloud-provider-aws.sigs.k8s.io/prerequisites/, without the actions for load balancers,
 * routes and volumes.
 */
const CLOUD_CONTROLLER = {
  Sid: "CloudController",
  Effect: "Allow",
  Action: [
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeInstances",
    "ec2:DescribeInstanceTopology",
    "ec2:DescribeRegions",
  ],
  Resource: "*",
} as const;

/** Inputs of `NodeIdentity`. */
export interface NodeRoleArgs {
  readonly role: NodeRole;
  readonly parameters: Parameters;
  /** Bucket for the snapshots of etcd, under `etcd/<clusterName>/`. */
  readonly bucket: DataBucket;
  readonly clusterName: pulumi.Output<string>;
}

/** Role and instance profile of one kind of machine. The role reads the parameters of that kind only. */
export class NodeIdentity extends pulumi.ComponentResource {
  readonly instanceProfileName: pulumi.Output<string>;
  readonly roleName: pulumi.Output<string>;

  constructor(name: string, args: NodeRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlp:ec2:NodeIdentity", name, {}, opts);
    const role = new aws.iam.Role(
      `${name}-role`,
      {
        description: `Machines of an ml-platform cluster: ${args.role}`,
        assumeRolePolicy: pulumi.jsonStringify(
          aws.iam.assumeRolePolicyForPrincipal({ Service: "ec2.amazonaws.com" }),
        ),
      },
      { parent: this },
    );
    const policy = new aws.iam.RolePolicy(
      `${name}-policy`,
      {
        role: role.name,
        policy: pulumi.jsonStringify({
          Version: "2012-10-17",
          Statement: [SESSION_MANAGER, ...rights(args)],
        }),
      },
      { parent: this },
    );
    const profile = new aws.iam.InstanceProfile(
      `${name}-profile`,
      { role: role.name },
      // A machine that boots before its policy exists fails.
      { parent: this, dependsOn: [policy] },
    );

    this.instanceProfileName = profile.name;
    this.roleName = role.name;
    this.registerOutputs({ instanceProfileName: this.instanceProfileName });
  }
}

function rights({ role, parameters, bucket, clusterName }: NodeRoleArgs): object[] {
  const own = {
    Sid: "OwnParameters",
    Effect: "Allow",
    Action: "ssm:GetParameter",
    Resource: parameters.arns[role],
  };
  const renew = {
    Sid: "RenewJoinToken",
    Effect: "Allow",
    Action: ["ssm:GetParameter", "ssm:PutParameter"],
    Resource: parameters.joinTokenArn,
  };
  const prefix = pulumi.interpolate`${SNAPSHOTS}/${clusterName}`;
  const snapshots = [
    {
      Sid: "EtcdSnapshots",
      Effect: "Allow",
      Action: ["s3:PutObject", "s3:GetObject"],
      Resource: pulumi.interpolate`${bucket.arn}/${prefix}/*`,
    },
    {
      Sid: "ListEtcdSnapshots",
      Effect: "Allow",
      Action: "s3:ListBucket",
      Resource: bucket.arn,
      Condition: { StringLike: { "s3:prefix": pulumi.interpolate`${prefix}/*` } },
    },
  ];
  return role === "control-plane" ? [own, renew, ...snapshots, CLOUD_CONTROLLER] : [own];
}
