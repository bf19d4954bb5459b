import * as pulumi from "@pulumi/pulumi";
import { kubeconfigFor } from "../../components/kubernetes/kubeconfig";
import type { KeyPair } from "./identity";

/** Inputs of `kubeconfig`. */
export interface KubeconfigArgs {
  readonly clusterName: pulumi.Input<string>;
  /** Host or address of the API server, without scheme and port. */
  readonly host: pulumi.Input<string>;
  readonly port: number;
  /** Certificate of the certificate authority, PEM. */
  readonly ca: pulumi.Input<string>;
  readonly admin: KeyPair;
}

/** A kubeconfig with the certificate of the cluster's administrator; a secret. */
export function kubeconfig(args: KubeconfigArgs): pulumi.Output<string> {
  const base64 = (pem: string): string => Buffer.from(pem).toString("base64");
  const { clusterName, host, port, ca, admin } = args;
  return pulumi.secret(
    pulumi
      .all([clusterName, host, ca, admin.certificate, admin.key])
      .apply(([name, address, authority, certificate, key]) =>
        kubeconfigFor({
          name,
          server: `https://${address}:${port}`,
          authority: base64(authority),
          user: {
            "client-certificate-data": base64(certificate),
            "client-key-data": base64(key),
          },
        }),
      ),
  );
}
