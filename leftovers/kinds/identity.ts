import { DescribeUserPoolCommand } from "@aws-sdk/client-cognito-identity-provider";
import {
  GetInstanceProfileCommand,
  GetOpenIDConnectProviderCommand,
  GetRoleCommand,
} from "@aws-sdk/client-iam";
import { DescribeKeyCommand } from "@aws-sdk/client-kms";
import { DescribeSecretCommand } from "@aws-sdk/client-secrets-manager";
import { each } from "../shell";
import { FREE, oneByOne, type Kind } from "./kind";

/** Kinds that use a role until they are deleted. */
const WITH_ROLES = ["eks:nodegroup", "eks:cluster", "ec2:instance", "sagemaker:domain"];

/** Logins, roles, keys and secrets. */
export const IDENTITY = {
  "cognito-idp:userpool": {
    name: "user pool",
    plural: "user pools",
    describe: oneByOne("cognito-idp:DescribeUserPool", async ({ cognito }, { id }) => {
      const { UserPool } = await cognito.send(new DescribeUserPoolCommand({ UserPoolId: id }));
      return { since: UserPool?.CreationDate };
    }),
    charges: "usage",
    remove: removeUserPool,
    after: ["cognito-idp:domain"],
  },
  "cognito-idp:domain": {
    name: "login page",
    plural: "login pages",
    describe: "listed",
    charges: FREE,
    remove: ({ parent: pool = "", id }) => [
      `aws cognito-idp delete-user-pool-domain --user-pool-id ${pool} --domain ${id}`,
    ],
  },
  "iam:oidc-provider": {
    name: "identity provider",
    plural: "identity providers",
    describe: oneByOne("iam:GetOpenIDConnectProvider", async ({ iam }, { arn = "" }) => {
      const { CreateDate } = await iam.send(
        new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }),
      );
      return { since: CreateDate };
    }),
    charges: FREE,
    remove: ({ arn = "" }) => [
      `aws iam delete-open-id-connect-provider --open-id-connect-provider-arn ${arn}`,
    ],
  },
  "iam:instance-profile": {
    name: "instance profile",
    plural: "instance profiles",
    describe: oneByOne("iam:GetInstanceProfile", async ({ iam }, { id }) => {
      const { InstanceProfile } = await iam.send(
        new GetInstanceProfileCommand({ InstanceProfileName: id }),
      );
      return { since: InstanceProfile?.CreateDate };
    }),
    charges: FREE,
    remove: removeInstanceProfile,
    after: ["eks:nodegroup", "ec2:instance"],
  },
  "iam:role": {
    name: "role",
    plural: "roles",
    describe: oneByOne("iam:GetRole", async ({ iam }, { id }) => {
      const { Role } = await iam.send(new GetRoleCommand({ RoleName: id.split("/").at(-1) }));
      return { since: Role?.CreateDate };
    }),
    charges: FREE,
    remove: removeRole,
    after: [...WITH_ROLES, "iam:instance-profile"],
  },
  "kms:key": {
    name: "encryption key",
    plural: "encryption keys",
    describe: oneByOne("kms:DescribeKey", async ({ kms }, { id }) => {
      const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: id }));
      const { CreationDate, KeyState } = KeyMetadata ?? {};
      // AWS no longer bills a key whose deletion is scheduled.
      return { gone: KeyState === "PendingDeletion", since: CreationDate };
    }),
    charges: [{ priceKey: "kms.key.month", quantity: 1 }],
    remove: ({ id }) => [`aws kms schedule-key-deletion --key-id ${id} --pending-window-in-days 7`],
    after: ["eks:cluster"],
  },
  "secretsmanager:secret": {
    name: "secret",
    plural: "secrets",
    describe: oneByOne("secretsmanager:DescribeSecret", async ({ secrets }, { arn, id }) => {
      const { CreatedDate, DeletedDate, OwningService } = await secrets.send(
        new DescribeSecretCommand({ SecretId: arn ?? id }),
      );
      // AWS no longer bills a secret whose deletion is scheduled.
      const gone = DeletedDate !== undefined;
      // RDS creates that of a master user, and deletes it with the database.
      return { gone, held: OwningService !== undefined, since: CreatedDate };
    }),
    charges: [{ priceKey: "secretsManager.secret.month", quantity: 1 }],
    remove: ({ arn = "" }) => [
      `aws secretsmanager delete-secret --secret-id ${arn} --force-delete-without-recovery`,
    ],
  },
} satisfies Readonly<Record<string, Kind>>;

/** AWS deletes a pool only without a login page and without deletion protection. */
function removeUserPool({ id }: { readonly id: string }): string[] {
  const pool = `--user-pool-id ${id}`;
  return [
    `aws cognito-idp update-user-pool ${pool} --deletion-protection INACTIVE`,
    each(
      `aws cognito-idp describe-user-pool ${pool} --query 'UserPool.[Domain, CustomDomain][?@].[@]'`,
      "domain",
      `aws cognito-idp delete-user-pool-domain ${pool} --domain $domain`,
    ),
    `aws cognito-idp delete-user-pool ${pool}`,
  ];
}

/** AWS deletes a role only without policies, and outside of instance profiles. */
function removeRole({ id }: { readonly id: string }): string[] {
  const role = `--role-name ${id}`;
  return [
    each(
      `aws iam list-attached-role-policies ${role} --query 'AttachedPolicies[].[PolicyArn]'`,
      "policy",
      `aws iam detach-role-policy ${role} --policy-arn $policy`,
    ),
    each(
      `aws iam list-role-policies ${role} --query 'PolicyNames[].[@]'`,
      "policy",
      `aws iam delete-role-policy ${role} --policy-name $policy`,
    ),
    `aws iam delete-role ${role}`,
  ];
}

/** AWS deletes an instance profile only without its role. */
function removeInstanceProfile({ id }: { readonly id: string }): string[] {
  const profile = `--instance-profile-name ${id}`;
  return [
    each(
      `aws iam get-instance-profile ${profile} --query 'InstanceProfile.Roles[].[RoleName]'`,
      "role",
      `aws iam remove-role-from-instance-profile ${profile} --role-name $role`,
    ),
    `aws iam delete-instance-profile ${profile}`,
  ];
}
