import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { LifecycleFlags } from "../settings/lifecycle";
import { loginPrefix } from "../settings/names";
import type { SenderSettings } from "../settings/values/sender";
import { GROUPS, type Group } from "../settings/values/groups";

/** Inputs of `UserPool`. */
export interface UserPoolArgs {
  readonly region: string;
  readonly retention: Pick<LifecycleFlags, "protect" | "userPoolDeletionProtection">;
  /** Second factor by an authenticator app. */
  readonly mfa: "off" | "optional" | "on";
  readonly email: SenderSettings;
  /**
   * Address at which people log in, for the invitation. It must not depend on the pool. Undefined where there is
   * nothing to log in to yet.
   */
  readonly address: pulumi.Input<string | undefined>;
  /** Random part of the login address, whose prefix must be unique in the region among all AWS accounts. */
  readonly stackId: pulumi.Input<string>;
}

/**
 * Minimum length of a password: NIST's recommendation where the password is the only factor. AWS's default
 * is 8. https://pages.nist.gov/800-63-4/sp800-63b.html
 */
const PASSWORD_LENGTH = 15;
/** Days after which the temporary password of an invitation expires. */
const INVITATION_DAYS = 7;

/**
 * The Cognito user pool, its login pages and its two groups. `People` creates the users; nobody can sign up.
 *
 * It has no app client. Each application declares its own, with its callback addresses and a
 * `ManagedLoginBranding`, without which the login page of the client does not work.
 * Priced by `cost/rules/` from usage: by monthly active user.
 */
export class UserPool extends pulumi.ComponentResource {
  readonly userPoolId: pulumi.Output<string>;
  /** Base address of the login pages, `https://…`. */
  readonly loginUrl: pulumi.Output<string>;
  /** Names of the groups; each output is known once the group exists. */
  readonly groupNames: Readonly<Record<Group, pulumi.Output<string>>>;

  constructor(name: string, args: UserPoolArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlp:component:UserPool", name, {}, opts);
    const pool = this.pool(name, args);
    const domain = new aws.cognito.UserPoolDomain(
      `${name}-domain`,
      {
        userPoolId: pool.id,
        domain: pulumi.output(args.stackId).apply(loginPrefix),
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

  private pool(name: string, args: UserPoolArgs): aws.cognito.UserPool {
    const { retention, mfa, email, address } = args;
    return new aws.cognito.UserPool(
      `${name}-pool`,
      {
        // The lowest tier with managed login; threat protection would need PLUS.
        userPoolTier: "ESSENTIALS",
        deletionProtection: retention.userPoolDeletionProtection,
        aliasAttributes: ["email"],
        autoVerifiedAttributes: ["email"],
        // Otherwise "Ada" would be another user than "ada". Fixed at creation; an older pool stays as it is, since
        // a replacement would lose all logins.
        usernameConfiguration: { caseSensitive: false },
        adminCreateUserConfig: {
          allowAdminCreateUserOnly: true,
          inviteMessageTemplate: pulumi.output(address).apply(invitation),
        },
        emailConfiguration: sender(email),
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
      { parent: this, protect: retention.protect, ignoreChanges: ["usernameConfiguration"] },
    );
  }
}

/** Sender of the pool. The default is written out: without it, a change back to it would not be made. */
function sender({
  identity,
  from,
}: SenderSettings): aws.types.input.cognito.UserPoolEmailConfiguration {
  return identity === "cognito"
    ? { emailSendingAccount: "COGNITO_DEFAULT" }
    : {
        emailSendingAccount: "DEVELOPER",
        sourceArn: identity,
        ...(from !== "identity" && { fromEmailAddress: from }),
      };
}

/** Text of the invitation in HTML, as Cognito sends it. The password has a line of its own, since it may end in a dot. */
function invitation(
  address: string | undefined,
): aws.types.input.cognito.UserPoolAdminCreateUserConfigInviteMessageTemplate {
  const where =
    address === undefined
      ? "Your administrators tell you where to log in."
      : `Log in at <a href="${address}">${address}</a>`;
  return {
    emailSubject: "Your login for the ML platform",
    emailMessage: [
      where,
      "",
      "User name: {username}",
      "Temporary password: {####}",
      "",
      `You choose a password of your own at the first login. This one is valid for ${INVITATION_DAYS} days; after ` +
        "that, ask your administrators for another invitation.",
    ].join("<br>\n"),
  };
}
