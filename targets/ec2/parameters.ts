import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterIdentity } from "./identity";

/** The two kinds of machine. Each has its own role, script and folder of parameters. */
export type NodeRole = "control-plane" | "worker";

/** Parameter with the join token. Workers read it, the control plane renews it. */
const JOIN_TOKEN = "worker/join-token";

/** Inputs of `Parameters`. */
export interface ParametersArgs {
  readonly identity: ClusterIdentity;
  /** `/ml-platform/<stack>-<id>`. */
  readonly path: pulumi.Output<string>;
  readonly region: string;
  /** AWS account, 12 digits. */
  readonly accountId: pulumi.Output<string>;
}

/**
 * The secrets that machines fetch at boot with their role, as SecureString parameters. In user data
 * everybody who may describe an instance could read them.
 *
 * The standard tier is free and holds 4 KB, so the certificate authorities use elliptic-curve keys.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
 */
export class Parameters extends pulumi.ComponentResource {
  /** Folder of all parameters. */
  readonly path: pulumi.Output<string>;
  /** ARN of the folder of each role, ending in `/*`. */
  readonly arns: Readonly<Record<NodeRole, pulumi.Output<string>>>;
  readonly joinTokenArn: pulumi.Output<string>;

  constructor(name: string, args: ParametersArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlp:ec2:Parameters", name, {}, opts);
    this.path = args.path;
    for (const [file, value] of Object.entries(controlPlaneFiles(args.identity))) {
      this.parameter(`${name}-${file.replace(".", "-")}`, args.path, {
        key: `control-plane/${file}`,
        value,
      });
    }
    const token = this.parameter(
      `${name}-join-token`,
      args.path,
      { key: JOIN_TOKEN, value: args.identity.joinToken },
      // The control plane writes a new token every 12 hours; an `up` must not restore the first one.
      ["value"],
    );

    const { region, accountId } = args;
    const folder = (role: NodeRole): pulumi.Output<string> =>
      pulumi.interpolate`arn:aws:ssm:${region}:${accountId}:parameter${args.path}/${role}/*`;
    this.arns = { "control-plane": folder("control-plane"), worker: folder("worker") };
    this.joinTokenArn = token.arn;
    this.registerOutputs({ arns: this.arns });
  }

  private parameter(
    name: string,
    path: pulumi.Output<string>,
    { key, value }: { readonly key: string; readonly value: pulumi.Output<string> },
    ignoreChanges: string[] = [],
  ): aws.ssm.Parameter {
    return new aws.ssm.Parameter(
      name,
      {
        name: pulumi.interpolate`${path}/${key}`,
        type: "SecureString",
        tier: "Standard",
        value: pulumi.secret(value),
        // The path belongs to this stack. Without this, a second attempt would be refused if the first one
        // created the parameter and its response was lost, or the `up` was killed.
        overwrite: true,
      },
      { parent: this, ignoreChanges },
    );
  }
}

/** Files that kubeadm expects in `/etc/kubernetes/pki`, with hyphens for slashes, and the encryption key. */
function controlPlaneFiles(identity: ClusterIdentity): Record<string, pulumi.Output<string>> {
  return {
    "ca.crt": identity.ca.certificate,
    "ca.key": identity.ca.key,
    "front-proxy-ca.crt": identity.frontProxyCa.certificate,
    "front-proxy-ca.key": identity.frontProxyCa.key,
    "etcd-ca.crt": identity.etcdCa.certificate,
    "etcd-ca.key": identity.etcdCa.key,
    "sa.pub": identity.serviceAccount.publicKey,
    "sa.key": identity.serviceAccount.key,
    "encryption-key": identity.encryptionKey,
  };
}
