import * as pulumi from "@pulumi/pulumi";
import type { AwsAccess } from "../../settings/schema/aws-access";
import { kubeconfigFor } from "../../components/kubernetes/kubeconfig";

/** Inputs of both kubeconfigs. */
export interface KubeconfigArgs {
  readonly clusterName: pulumi.Input<string>;
  /** Address of the API server, `https://…`. */
  readonly endpoint: pulumi.Input<string>;
  /** Certificate of its certificate authority, PEM in base64, as EKS returns it. */
  readonly authority: pulumi.Input<string>;
  readonly access: pulumi.Input<AwsAccess>;
}

/**
 * A kubeconfig for people. The AWS CLI creates its tokens, with the profile and role of the stack's
 * settings and the access keys of the person who uses it: it holds no token and no key, and so is no secret, though
 * the access that it is made from may hold one.
 */
export function kubeconfigForPeople(args: KubeconfigArgs): pulumi.Output<string> {
  return pulumi.unsecret(kubeconfig(args, () => []));
}

/**
 * A kubeconfig for the Kubernetes provider: as the one for people, with the access keys of the stack's
 * settings, if there are any. It holds no token, which would expire after 15 minutes, for example before
 * the next destroy.
 */
export function kubeconfigForProvider(args: KubeconfigArgs): pulumi.Output<string> {
  return kubeconfig(args, keysOf);
}

function kubeconfig(
  args: KubeconfigArgs,
  env: (access: AwsAccess) => readonly Variable[],
): pulumi.Output<string> {
  return pulumi
    .all([args.clusterName, args.endpoint, args.authority, args.access])
    .apply(([name, server, authority, access]) =>
      kubeconfigFor({
        name,
        server,
        authority,
        user: { exec: tokenCommand(name, access, env(access)) },
      }),
    );
}

interface Variable {
  readonly name: string;
  readonly value: string;
}

/** https://docs.aws.amazon.com/cli/latest/reference/eks/get-token.html */
function tokenCommand(clusterName: string, access: AwsAccess, env: readonly Variable[]): object {
  // The CLI assumes one role; if the settings chain several, the profile has to contain the others.
  const role = access.assumeRoles?.at(-1)?.roleArn;
  return {
    apiVersion: "client.authentication.k8s.io/v1beta1",
    command: "aws",
    args: [
      "eks",
      "get-token",
      "--output",
      "json",
      "--region",
      access.region,
      "--cluster-name",
      clusterName,
      ...(access.profile === undefined ? [] : ["--profile", access.profile]),
      ...(role === undefined ? [] : ["--role-arn", role]),
    ],
    env,
    interactiveMode: "Never",
  };
}

function keysOf({ accessKey, secretKey, token }: AwsAccess): Variable[] {
  return [
    { name: "AWS_ACCESS_KEY_ID", value: accessKey },
    { name: "AWS_SECRET_ACCESS_KEY", value: secretKey },
    { name: "AWS_SESSION_TOKEN", value: token },
  ].filter((variable): variable is Variable => variable.value !== undefined);
}
