import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { NOTEBOOK_ACCOUNT, personNamespace } from "../settings/names";
import type { Person } from "../settings/values/people";

/** Audience of the tokens that pods present to AWS. */
export const TOKEN_AUDIENCE = "sts.amazonaws.com";
const TOKEN_FOLDER = "/var/run/secrets/ml-platform";

/** The token with which a pod assumes a role, in the terms of a pod; AWS's SDKs read it at `file`. */
export const AWS_TOKEN = {
  volume: {
    name: "aws-token",
    projected: {
      sources: [
        {
          serviceAccountToken: {
            audience: TOKEN_AUDIENCE,
            expirationSeconds: 3600,
            path: "token",
          },
        },
      ],
    },
  },
  mount: { name: "aws-token", mountPath: TOKEN_FOLDER, readOnly: true },
  file: `${TOKEN_FOLDER}/token`,
};

/** A service account of a cluster: the identity of a pod. */
export interface ServiceAccount {
  readonly namespace: string;
  readonly name: string;
}

/**
 * The service account of a user's pods. It has a namespace of its own, so that no pod can use the account of
 * another user.
 */
export function serviceAccountOf(person: Person): ServiceAccount {
  return { namespace: personNamespace(person.name), name: NOTEBOOK_ACCOUNT };
}

/** The issuer of the tokens of service accounts, and the IAM provider that trusts it. */
export interface OidcIssuer {
  /** Address of the issuer as the tokens contain it, `https://…`. */
  readonly issuer: pulumi.Input<string>;
  /** ARN of the IAM OIDC provider. */
  readonly providerArn: pulumi.Input<string>;
}

/** Trust policy of a role that only pods with this service account may assume. */
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

/** Declares a role that only pods with this service account may assume. */
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
