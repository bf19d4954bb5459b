import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { CHARTS } from "../../settings/versions/charts";
import { inCluster, type KubernetesCluster } from "./cluster";

/** Seconds within which the pods of a chart must be ready, including the first pull of their images. */
const TIMEOUT_SECONDS = 600;

/**
 * Installs a chart into the namespace `kube-system`. It waits until the pods are ready, unless `awaited` is
 * false.
 *
 * Pulumi downloads charts in a preview or deployment, never when `npm start` prices a stack.
 */
export function install(
  parent: pulumi.Resource,
  name: string,
  chart: keyof typeof CHARTS,
  {
    cluster,
    values,
    after = [],
    awaited = true,
  }: {
    readonly cluster: KubernetesCluster;
    readonly values: Readonly<Record<string, pulumi.Input<unknown>>>;
    readonly after?: readonly pulumi.Resource[];
    readonly awaited?: boolean;
  },
): kubernetes.helm.v3.Release {
  const { repository, version } = CHARTS[chart];
  return new kubernetes.helm.v3.Release(
    name,
    {
      // Otherwise the name has a random suffix, and people have to search for the release.
      name: chart,
      chart,
      version,
      repositoryOpts: { repo: repository },
      namespace: "kube-system",
      values,
      timeout: TIMEOUT_SECONDS,
      // Helm rolls a failed installation back, so that the next `up` can start again.
      ...(awaited ? { atomic: true } : { skipAwait: true }),
    },
    inCluster(cluster, parent, after),
  );
}
