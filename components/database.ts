import { DATABASE_LOGINS } from "../settings/values/database-logins";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { LifecycleFlags } from "../settings/lifecycle";
import {
  DATABASE_TYPE,
  databaseLogGroup,
  databaseName,
  finalSnapshotName,
} from "../settings/names";
import type { POSTGRES_VERSIONS } from "../settings/shared";

/** Inputs of `Database`. */
export interface DatabaseArgs {
  readonly retention: LifecycleFlags;
  readonly vpcId: pulumi.Input<string>;
  /** Private subnets in at least two zones; RDS requires two even for an instance in a single zone. */
  readonly subnetIds: readonly pulumi.Input<string>[];
  /** PostgreSQL major version, one of `POSTGRES_VERSIONS`. */
  readonly engineVersion: (typeof POSTGRES_VERSIONS)[number];
  /** RDS instance class. A change restarts the instance. */
  readonly instanceClass: string;
  /** Allocated gp3 storage in GiB, 20 to 65,536. It can grow, never shrink. */
  readonly storageGib: number;
  /** A standby instance in a second zone. */
  readonly multiAz: boolean;
  /** Days for which automated backups are retained, 0 to 35. */
  readonly backupRetentionDays: number;
  /** Random part of the name of the final snapshot, so that it differs from that of the next stack. */
  readonly stackId: pulumi.Input<string>;
}

/** Port of PostgreSQL. */
export const DATABASE_PORT = 5432;

/** Days for which the log shows who connected. */
const LOG_DAYS = 90;

/** Name of the database that RDS creates with the instance. */
export const DATABASE_NAME = "mlplatform";

/**
 * A private PostgreSQL instance: encrypted, TLS only. RDS creates the master password, stores it in
 * Secrets Manager and rotates it, so Pulumi's state holds no password. Users log in as themselves with IAM
 * tokens, once somebody inside the VPC has run `GRANT rds_iam` for their roles.
 *
 * Nothing can connect until `allow` admits a client. Connections are logged in CloudWatch.
 * Priced by `cost/rules/`: instance hours, storage, the secret, the log.
 */
export class Database extends pulumi.ComponentResource {
  /** `host:port`. */
  readonly endpoint: pulumi.Output<string>;
  /** Host name of the endpoint. */
  readonly host: pulumi.Output<string>;
  /** Secret in Secrets Manager with name and password of the master user; RDS rotates it weekly. */
  readonly secretArn: pulumi.Output<string>;
  /** Id of the form `db-…`, as IAM policies for `rds-db:connect` use it. */
  readonly resourceId: pulumi.Output<string>;
  private readonly securityGroup: aws.ec2.SecurityGroup;

  constructor(
    private readonly name: string,
    args: DatabaseArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super(DATABASE_TYPE, name, {}, opts);
    this.securityGroup = new aws.ec2.SecurityGroup(
      `${name}-group`,
      { vpcId: args.vpcId, description: "PostgreSQL", tags: { Name: name } },
      { parent: this },
    );
    const instance = this.instance(name, args);

    this.endpoint = instance.endpoint;
    this.host = instance.endpoint.apply((endpoint) => endpoint.split(":")[0] ?? "");
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

  /**
   * ARN with which a policy allows `rds-db:connect` as a user of PostgreSQL.
   * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html
   *
   * @param user name of the user, e.g. the master user.
   */
  loginArn(
    user: string,
    { region, accountId }: { readonly region: string; readonly accountId: pulumi.Input<string> },
  ): pulumi.Output<string> {
    return pulumi.interpolate`arn:aws:rds-db:${region}:${accountId}:dbuser:${this.resourceId}/${user}`;
  }

  /** Allows connections from the members of a security group. One call for each client. */
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

  /**
   * The parameter group of each major version; they cost nothing. If there were only one, an upgrade would replace
   * it, and AWS refuses to delete the old one: a kept stack has it until its maintenance window, and the backup that
   * RDS makes before an upgrade has it for hours. https://github.com/anomalyco/sst/issues/6585
   */
  private parameterGroups(
    name: string,
    chosen: DatabaseArgs["engineVersion"],
  ): Readonly<Record<DatabaseArgs["engineVersion"], aws.rds.ParameterGroup>> {
    const parameters = [
      { name: "rds.force_ssl", value: "1" },
      { name: "log_connections", value: "1" },
    ];
    const group = (version: DatabaseArgs["engineVersion"]): aws.rds.ParameterGroup =>
      new aws.rds.ParameterGroup(
        `${name}-parameters-${version}`,
        { family: `postgres${version}`, parameters },
        {
          parent: this,
          // Name of the only group that older stacks have.
          aliases: version === chosen ? [{ name: `${name}-parameters` }] : [],
        },
      );
    return { "18": group("18"), "17": group("17"), "16": group("16") };
  }

  private instance(name: string, args: DatabaseArgs): aws.rds.Instance {
    const flags = args.retention;
    const subnets = new aws.rds.SubnetGroup(
      `${name}-subnets`,
      { subnetIds: [...args.subnetIds] },
      { parent: this },
    );
    const identifier = pulumi.output(args.stackId).apply(databaseName);
    // RDS would create it without an end of retention, and leave it behind.
    const logs = new aws.cloudwatch.LogGroup(
      `${name}-logs`,
      { name: identifier.apply(databaseLogGroup), retentionInDays: LOG_DAYS },
      { parent: this },
    );
    return new aws.rds.Instance(
      `${name}-instance`,
      {
        identifier,
        enabledCloudwatchLogsExports: ["postgresql"],
        engine: "postgres",
        engineVersion: args.engineVersion,
        autoMinorVersionUpgrade: true,
        // Without it AWS refuses another major version. Only `engineVersion` asks for one.
        allowMajorVersionUpgrade: true,
        // Upgrades the version at its end of support. Otherwise AWS would charge for each vCPU from then on.
        engineLifecycleSupport: "open-source-rds-extended-support-disabled",
        instanceClass: args.instanceClass,
        multiAz: args.multiAz,
        allocatedStorage: args.storageGib,
        storageType: "gp3",
        storageEncrypted: true,
        dbName: DATABASE_NAME,
        username: DATABASE_LOGINS.master,
        manageMasterUserPassword: true,
        iamDatabaseAuthenticationEnabled: true,
        publiclyAccessible: false,
        dbSubnetGroupName: subnets.name,
        parameterGroupName: this.parameterGroups(name, args.engineVersion)[args.engineVersion].name,
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
      {
        parent: this,
        protect: flags.protect,
        dependsOn: [logs],
        // An instance of version 0.1.0 keeps its name, which is part of the endpoint, and so has no log group.
        ignoreChanges: ["identifier", "enabledCloudwatchLogsExports"],
      },
    );
  }
}
