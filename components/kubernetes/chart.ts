import { CHARTS } from "../../settings/versions/charts";
import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { inCluster, type KubernetesCluster } from "./cluster";

/** Seconds in which a chart's pods have to be ready; images are pulled for the first time. */
const TIMEOUT_SECONDS = 600;

/**
 * Installs a chart into `kube-system` and waits until its pods are ready, unless it is not to be
 * `awaited`.
 *
 * Pulumi downloads charts when it previews or deploys, never when `npm start` prices a stack.
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
      // Without a name of its own Helm appends a random one, and a person searches for the release.
      name: chart,
      chart,
      version,
      repositoryOpts: { repo: repository },
      namespace: "kube-system",
      values,
      timeout: TIMEOUT_SECONDS,
      // A failed installation is taken back, so that the next `up` can begin anew.
      ...(awaited ? { atomic: true } : { skipAwait: true }),
    },
    inCluster(cluster, parent, after),
  );
}
