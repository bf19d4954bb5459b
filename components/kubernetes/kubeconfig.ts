/** What a kubeconfig says of one cluster and its one user. */
export interface KubeconfigEntry {
  /** Name of cluster, context and user: what `kubectl config get-contexts` shows. */
  readonly name: string;
  /** Address of the API server, `https://…`. */
  readonly server: string;
  /** Certificate of its authority, PEM in base64. */
  readonly authority: string;
  /** How the user proves who they are. */
  readonly user: object;
}

/** A kubeconfig with one context: JSON, which kubectl reads as well as YAML. */
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
