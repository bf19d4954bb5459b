import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { OidcIssuer } from "../workload-identity";

/** A running cluster, whoever made it: what everything inside depends on, and all that it knows. */
export interface KubernetesCluster {
  /** Name of the cluster, unique in the account; stands in the tags of what its controllers make. */
  readonly name: pulumi.Output<string>;
  /** Speaks to the API server, once that answers. */
  readonly provider: kubernetes.Provider;
  /** Who vouches for service accounts. */
  readonly issuer: OidcIssuer;
  /** Security group of every machine. */
  readonly nodeSecurityGroupId: pulumi.Output<string>;
  /** The resource whose end is the end of all that runs in the cluster. */
  readonly lifeline: pulumi.Resource;
}

/**
 * Options of an object in a cluster. At a destroy it is left out: it goes with the cluster, and
 * nothing waits for pods to drain, or for a server that is gone already.
 */
export function inCluster(
  { provider, lifeline }: KubernetesCluster,
  parent: pulumi.Resource,
  dependsOn: readonly pulumi.Resource[] = [],
): pulumi.CustomResourceOptions {
  return { parent, provider, deletedWith: lifeline, dependsOn: [...dependsOn] };
}
