import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { LIFECYCLE_FLAGS, type Lifecycle } from "../settings/lifecycle";
import { GROUPS, type Group } from "../settings/values/groups";

export interface UserPoolArgs {
  readonly region: string;
  readonly lifecycle: Lifecycle;
  /** A second factor by an authenticator application. */
  readonly mfa: "off" | "optional" | "on";
  /** Random part of the login address: prefixes are shared by everybody in a region. */
  readonly stackId: pulumi.Input<string>;
}

/**
 * Shortest password that the pool takes: what NIST asks for where the password is the only factor; AWS's own
 * default is 8. https://pages.nist.gov/800-63-4/sp800-63b.html
 */
const PASSWORD_LENGTH = 15;
const INVITATION_DAYS = 7;

/**
 * The Cognito user pool that everybody logs in with, its login pages and its two groups. People are
 * made by `People`, nobody can sign up.
 *
 * It has no app client: each application declares its own with its callback addresses, and a
 * `ManagedLoginBranding` with it, without which the login page of that client stays dead.
 * Priced by `cost/rules/` from usage: by monthly active user.
 */
export class UserPool extends pulumi.ComponentResource {
  readonly userPoolId: pulumi.Output<string>;
  /** Base address of the login pages, `https://…`. */
  readonly loginUrl: pulumi.Output<string>;
  /** Names of the groups, each output only there once the group is. */
  readonly groupNames: Readonly<Record<Group, pulumi.Output<string>>>;

  constructor(name: string, args: UserPoolArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlp:component:UserPool", name, {}, opts);
    const pool = this.pool(name, args);
    const domain = new aws.cognito.UserPoolDomain(
      `${name}-domain`,
      {
        userPoolId: pool.id,
        // Cognito refuses prefixes with "aws", "amazon" or "cognito", so no stack name in it.
        domain: pulumi.interpolate`ml-platform-${args.stackId}`,
        managedLoginVersion: 2,
      },
      { parent: this },
    );

    this.userPoolId = pool.id;
    this.loginUrl = pulumi.interpolate`https://${domain.domain}.auth.${args.region}.amazoncognito.com`;
    this.groupNames = Object.fromEntries(
      GROUPS.map((group, precedence) => [
        group,
        new aws.cognito.UserGroup(
          `${name}-${group}`,
          { userPoolId: pool.id, name: group, precedence },
          { parent: this },
        ).name,
      ]),
    ) as Record<Group, pulumi.Output<string>>;
    this.registerOutputs({ userPoolId: this.userPoolId, loginUrl: this.loginUrl });
  }

  private pool(name: string, { lifecycle, mfa }: UserPoolArgs): aws.cognito.UserPool {
    const flags = LIFECYCLE_FLAGS[lifecycle];
    return new aws.cognito.UserPool(
      `${name}-pool`,
      {
        // Managed login needs Essentials; threat protection would need Plus.
        userPoolTier: "ESSENTIALS",
        deletionProtection: flags.userPoolDeletionProtection,
        aliasAttributes: ["email"],
        autoVerifiedAttributes: ["email"],
        adminCreateUserConfig: { allowAdminCreateUserOnly: true },
        accountRecoverySetting: { recoveryMechanisms: [{ name: "verified_email", priority: 1 }] },
        passwordPolicy: {
          minimumLength: PASSWORD_LENGTH,
          requireLowercase: true,
          requireUppercase: true,
          requireNumbers: true,
          requireSymbols: true,
          temporaryPasswordValidityDays: INVITATION_DAYS,
        },
        mfaConfiguration: { off: "OFF", optional: "OPTIONAL", on: "ON" }[mfa],
        ...(mfa !== "off" && { softwareTokenMfaConfiguration: { enabled: true } }),
      },
      { parent: this, protect: flags.protect },
    );
  }
}
