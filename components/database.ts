import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { LIFECYCLE_FLAGS, type Lifecycle } from "../settings/lifecycle";
import { finalSnapshotName } from "../settings/names";

export interface DatabaseArgs {
  readonly lifecycle: Lifecycle;
  readonly vpcId: pulumi.Input<string>;
  /** Private subnets in at least two zones, also for an instance in a single zone. */
  readonly subnetIds: readonly pulumi.Input<string>[];
  /** PostgreSQL major version. */
  readonly engineVersion: string;
  /** RDS instance class. A change restarts the instance. */
  readonly instanceClass: string;
  /** Allocated gp3 storage in GiB, 20 to 65,536. It can grow, never shrink. */
  readonly storageGib: number;
  /** A standby in a second zone. */
  readonly multiAz: boolean;
  /** Days that automated backups are kept, 0 to 35. */
  readonly backupRetentionDays: number;
  /** Random part of the final snapshot's name; without it the next stack's snapshot would clash. */
  readonly stackId: pulumi.Input<string>;
}

/** Port of PostgreSQL. */
export const DATABASE_PORT = 5432;

/** Name of the database that is made with the instance. */
export const DATABASE_NAME = "mlplatform";

/**
 * A private PostgreSQL instance: encrypted, TLS only, its master password made, kept and rotated by
 * RDS in Secrets Manager so that none enters Pulumi's state. People log in as themselves with IAM
 * tokens, once somebody inside the VPC has run `GRANT rds_iam` for their roles.
 *
 * Nobody can reach it until a client is let in with `allow`.
 * Priced by `cost/rules/`: instance hours, storage, the secret.
 */
export class Database extends pulumi.ComponentResource {
  /** `host:port`. */
  readonly endpoint: pulumi.Output<string>;
  /** Secret in Secrets Manager with the master user's name and password; it rotates weekly. */
  readonly secretArn: pulumi.Output<string>;
  /** The `db-…` id that IAM policies for `rds-db:connect` name. */
  readonly resourceId: pulumi.Output<string>;
  private readonly securityGroup: aws.ec2.SecurityGroup;

  constructor(
    private readonly name: string,
    args: DatabaseArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("mlp:component:Database", name, {}, opts);
    this.securityGroup = new aws.ec2.SecurityGroup(
      `${name}-group`,
      { vpcId: args.vpcId, description: "PostgreSQL", tags: { Name: name } },
      { parent: this },
    );
    const instance = this.instance(name, args);

    this.endpoint = instance.endpoint;
    this.resourceId = instance.resourceId;
    this.secretArn = instance.masterUserSecrets.apply((secrets) => {
      const arn = secrets[0]?.secretArn;
      if (arn === undefined) {
        throw new pulumi.ResourceError("RDS returned no secret for the master user", this);
      }
      return arn;
    });
    this.registerOutputs({
      endpoint: this.endpoint,
      secretArn: this.secretArn,
      resourceId: this.resourceId,
    });
  }

  /** Lets the members of a security group connect. One call for each client. */
  allow(client: string, securityGroupId: pulumi.Input<string>): void {
    new aws.vpc.SecurityGroupIngressRule(
      `${this.name}-from-${client}`,
      {
        securityGroupId: this.securityGroup.id,
        referencedSecurityGroupId: securityGroupId,
        ipProtocol: "tcp",
        fromPort: DATABASE_PORT,
        toPort: DATABASE_PORT,
        description: `PostgreSQL from ${client}`,
      },
      { parent: this },
    );
  }

  private instance(name: string, args: DatabaseArgs): aws.rds.Instance {
    const flags = LIFECYCLE_FLAGS[args.lifecycle];
    const subnets = new aws.rds.SubnetGroup(
      `${name}-subnets`,
      { subnetIds: [...args.subnetIds] },
      { parent: this },
    );
    const parameters = new aws.rds.ParameterGroup(
      `${name}-parameters`,
      {
        family: `postgres${args.engineVersion}`,
        parameters: [{ name: "rds.force_ssl", value: "1" }],
      },
      { parent: this },
    );
    return new aws.rds.Instance(
      `${name}-instance`,
      {
        engine: "postgres",
        engineVersion: args.engineVersion,
        autoMinorVersionUpgrade: true,
        // Years after its end a version would cost per vCPU; this stops it from getting that far.
        engineLifecycleSupport: "open-source-rds-extended-support-disabled",
        instanceClass: args.instanceClass,
        multiAz: args.multiAz,
        allocatedStorage: args.storageGib,
        storageType: "gp3",
        storageEncrypted: true,
        dbName: DATABASE_NAME,
        username: "platform",
        manageMasterUserPassword: true,
        iamDatabaseAuthenticationEnabled: true,
        publiclyAccessible: false,
        dbSubnetGroupName: subnets.name,
        parameterGroupName: parameters.name,
        vpcSecurityGroupIds: [this.securityGroup.id],
        backupRetentionPeriod: args.backupRetentionDays,
        copyTagsToSnapshot: true,
        deletionProtection: flags.deletionProtection,
        deleteAutomatedBackups: flags.deleteAutomatedBackups,
        applyImmediately: flags.applyImmediately,
        skipFinalSnapshot: flags.skipFinalSnapshot,
        ...(!flags.skipFinalSnapshot && {
          finalSnapshotIdentifier: pulumi
            .output(args.stackId)
            .apply((stackId) => finalSnapshotName(name, stackId)),
        }),
      },
      { parent: this, protect: flags.protect },
    );
  }
}
