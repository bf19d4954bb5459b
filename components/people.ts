import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { PERSON_TAG, personPrefix, PUBLIC_PREFIX, SHARED_PREFIX } from "../settings/names";
import type { Person } from "../settings/values/people";
import type { DataBucket } from "./data-bucket";
import type { Database } from "./database";
import type { UserPool } from "./user-pool";

/** Inputs of `People`. */
export interface PeopleArgs {
  readonly users: readonly Person[];
  readonly userPool: UserPool;
  readonly bucket: DataBucket;
  readonly database: Database;
  readonly region: string;
  /** AWS account, 12 digits. */
  readonly accountId: pulumi.Input<string>;
  /** Members of `ml-admins` may read the database's master user, to create everybody's login there. */
  readonly adminsCreateLogins: boolean;
  /** Trust policy of a user's role, which depends on what runs their notebooks. */
  readonly trust: (person: Person) => pulumi.Input<aws.iam.PolicyDocument>;
  /**
   * Declares the place where a user works, whose deletion AWS may refuse. Login and policies are created after it
   * and deleted before it, so that a removed user loses access first. @default nothing of the kind
   */
  readonly place?: (person: Person, role: aws.iam.Role) => pulumi.Resource;
}

/**
 * A login in the user pool and an IAM role for each user. The role allows the user's own prefix of the
 * bucket, the shared prefix, reading the public prefix, and a database login under the user's name. Cognito sends the invitation with
 * a temporary password by e-mail; the password never enters Pulumi's state.
 *
 * Free: the user pool is priced by the users who log in.
 */
export class People extends pulumi.ComponentResource {
  /** ARN of each user's role, by name. */
  readonly roleArns: Readonly<Record<string, pulumi.Output<string>>>;
  /** Each user's role, by name. */
  readonly roles: Readonly<Record<string, aws.iam.Role>>;

  constructor(name: string, args: PeopleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlp:component:People", name, {}, opts);
    const roles = args.users.map((person) => {
      const role = this.role(name, person, args);
      const place = args.place?.(person, role);
      const after = { parent: this, ...(place && { dependsOn: [place] }) };
      this.login(name, person, args.userPool, after);
      this.policy(name, person, { ...args, role }, after);
      return [person.name, role] as const;
    });
    this.roles = Object.fromEntries(roles);
    this.roleArns = Object.fromEntries(roles.map(([person, { arn }]) => [person, arn]));
    this.registerOutputs({ roleArns: this.roleArns });
  }

  private login(
    name: string,
    person: Person,
    { userPoolId, groupNames }: UserPool,
    opts: pulumi.CustomResourceOptions,
  ): void {
    const user = new aws.cognito.User(
      `${name}-${person.name}`,
      {
        userPoolId,
        username: person.name,
        attributes: { email: person.email, email_verified: "true" },
        desiredDeliveryMediums: ["EMAIL"],
      },
      opts,
    );
    new aws.cognito.UserInGroup(
      `${name}-${person.name}-group`,
      { userPoolId, username: user.username, groupName: groupNames[person.group] },
      opts,
    );
  }

  private role(name: string, person: Person, { trust }: PeopleArgs): aws.iam.Role {
    return new aws.iam.Role(
      `${name}-${person.name}-role`,
      {
        description: `What ${person.name} may do on the ML platform`,
        assumeRolePolicy: pulumi.jsonStringify(trust(person)),
        tags: { [PERSON_TAG]: person.name },
      },
      { parent: this },
    );
  }

  private policy(
    name: string,
    person: Person,
    { role, adminsCreateLogins, ...args }: PolicyArgs,
    opts: pulumi.CustomResourceOptions,
  ): void {
    const Statement = [
      ...dataStatements(person, args),
      // With docs/database-roles.sql.
      ...(adminsCreateLogins && person.group === "ml-admins" ? [masterUser(args.database)] : []),
    ];
    new aws.iam.RolePolicy(
      `${name}-${person.name}-data`,
      { role: role.name, policy: pulumi.jsonStringify({ Version: "2012-10-17", Statement }) },
      opts,
    );
  }
}

/** Statements that allow a person's own and the shared data, reading what is public, and their login. */
export function dataStatements(
  person: Person,
  { bucket, database, ...place }: Pick<PeopleArgs, "bucket" | "database" | "region" | "accountId">,
): object[] {
  const own = [personPrefix(person.name), SHARED_PREFIX];
  const objectsIn = (prefix: string) => pulumi.interpolate`${bucket.arn}/${prefix}/*`;
  return [
    {
      Sid: "List",
      Effect: "Allow",
      Action: "s3:ListBucket",
      Resource: bucket.arn,
      // With the slash: `users/ada` would also list what begins with `users/ada-2/`.
      Condition: {
        StringLike: { "s3:prefix": [...own, PUBLIC_PREFIX].map((prefix) => `${prefix}/*`) },
      },
    },
    {
      Sid: "ReadAndWrite",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
      Resource: own.map(objectsIn),
    },
    { Sid: "Read", Effect: "Allow", Action: "s3:GetObject", Resource: objectsIn(PUBLIC_PREFIX) },
    {
      Sid: "DatabaseLogin",
      Effect: "Allow",
      Action: "rds-db:connect",
      Resource: database.loginArn(person.name, place),
    },
  ];
}

interface PolicyArgs extends Omit<PeopleArgs, "users" | "userPool" | "trust" | "place"> {
  readonly role: aws.iam.Role;
}

function masterUser(database: Database): object {
  return {
    Sid: "DatabaseMasterUser",
    Effect: "Allow",
    Action: "secretsmanager:GetSecretValue",
    Resource: database.secretArn,
  };
}
