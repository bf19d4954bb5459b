import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Person } from "../settings/values/people";

/** Audience of the tokens that pods show to AWS. */
export const TOKEN_AUDIENCE = "sts.amazonaws.com";

/** A service account of the cluster, the identity of a pod. */
export interface ServiceAccount {
  readonly namespace: string;
  readonly name: string;
}

/** Where a person's pods run. A namespace each, so that nobody's pod can take another's account. */
export function serviceAccountOf(person: Person): ServiceAccount {
  return { namespace: `user-${person.name}`, name: "notebook" };
}

/** A cluster that vouches for its service accounts, and the IAM provider that believes it. */
export interface OidcIssuer {
  /** Issuer address, `https://…`, as it stands in the tokens. */
  readonly issuer: pulumi.Input<string>;
  /** ARN of the IAM OIDC provider. */
  readonly providerArn: pulumi.Input<string>;
}

/** Trust policy of a role that pods with this service account, and nothing else, may take on. */
export function trustServiceAccount(
  { issuer, providerArn }: OidcIssuer,
  { namespace, name }: ServiceAccount,
): pulumi.Output<aws.iam.PolicyDocument> {
  return pulumi.all([issuer, providerArn]).apply(([url, arn]): aws.iam.PolicyDocument => {
    const host = url.replace(/^https:\/\//, "");
    return {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Federated: arn },
          Action: "sts:AssumeRoleWithWebIdentity",
          Condition: {
            StringEquals: {
              [`${host}:aud`]: TOKEN_AUDIENCE,
              [`${host}:sub`]: `system:serviceaccount:${namespace}:${name}`,
            },
          },
        },
      ],
    };
  });
}

/** A role that pods with this service account, and nothing else, may take on. */
export function serviceAccountRole(
  parent: pulumi.Resource,
  name: string,
  args: {
    readonly issuer: OidcIssuer;
    readonly account: ServiceAccount;
    readonly description: string;
  },
): aws.iam.Role {
  const { issuer, account, description } = args;
  const assumeRolePolicy = pulumi.jsonStringify(trustServiceAccount(issuer, account));
  return new aws.iam.Role(name, { description, assumeRolePolicy }, { parent });
}
