/** Contents of a kubeconfig with one cluster and one user. */
export interface KubeconfigEntry {
  /** Name of cluster, context and user, as `kubectl config get-contexts` shows it. */
  readonly name: string;
  /** Address of the API server, `https://…`. */
  readonly server: string;
  /** Certificate of its certificate authority, PEM in base64. */
  readonly authority: string;
  /** Credentials of the user. */
  readonly user: object;
}

/** A kubeconfig with one context, as JSON, which kubectl reads as well as YAML. */
export function kubeconfigFor({ name, server, authority, user }: KubeconfigEntry): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server, "certificate-authority-data": authority } }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  });
}
