import type { KeyPair } from "./identity";
import * as pulumi from "@pulumi/pulumi";

export interface KubeconfigArgs {
  /** Name of cluster, context and user: what `kubectl config get-contexts` shows. */
  readonly clusterName: pulumi.Input<string>;
  /** Host or address of the API server, without scheme and port. */
  readonly host: pulumi.Input<string>;
  readonly port: number;
  /** Certificate of the authority, PEM. */
  readonly ca: pulumi.Input<string>;
  readonly admin: KeyPair;
}

/** A kubeconfig for the cluster's administrator: JSON, which kubectl reads as well; a secret. */
export function kubeconfig(args: KubeconfigArgs): pulumi.Output<string> {
  const base64 = (pem: string): string => Buffer.from(pem).toString("base64");
  const { clusterName, host, ca, admin } = args;
  return pulumi.secret(
    pulumi
      .all([clusterName, host, ca, admin.certificate, admin.key])
      .apply(([name, address, authority, certificate, key]) =>
        JSON.stringify({
          apiVersion: "v1",
          kind: "Config",
          clusters: [
            {
              name,
              cluster: {
                server: `https://${address}:${args.port}`,
                "certificate-authority-data": base64(authority),
              },
            },
          ],
          users: [
            {
              name,
              user: {
                "client-certificate-data": base64(certificate),
                "client-key-data": base64(key),
              },
            },
          ],
          contexts: [{ name, context: { cluster: name, user: name } }],
          "current-context": name,
        }),
      ),
  );
}
