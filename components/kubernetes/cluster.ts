import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { OidcIssuer } from "../workload-identity";

/** A running cluster of any target, as the objects inside it see it. */
export interface KubernetesCluster {
  /** Name of the cluster, unique in the account. Its controllers put it into the tags of what they create. */
  readonly name: pulumi.Output<string>;
  /** Provider for objects in the cluster; usable once the API server answers. */
  readonly provider: kubernetes.Provider;
  /** Issuer of the tokens of service accounts. */
  readonly issuer: OidcIssuer;
  /** Security group of every machine. */
  readonly nodeSecurityGroupId: pulumi.Output<string>;
  /** Resource whose deletion ends everything that runs in the cluster. */
  readonly lifeline: pulumi.Resource;
}

/**
 * Options of an object in a cluster. A destroy does not delete it by itself, since it ends with the cluster:
 * nothing waits for pods to drain, or for an API server that no longer exists.
 */
export function inCluster(
  { provider, lifeline }: KubernetesCluster,
  parent: pulumi.Resource,
  dependsOn: readonly pulumi.Resource[] = [],
): pulumi.CustomResourceOptions {
  return { parent, provider, deletedWith: lifeline, dependsOn: [...dependsOn] };
}
