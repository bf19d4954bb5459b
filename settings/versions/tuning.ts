import type { PodRequests, Resources } from "../values/resources";

/**
 * Release of Katib. Its newest one in November 2026, of October 2025.
 * https://github.com/kubeflow/katib/releases
 */
// renovate: datasource=github-releases depName=kubeflow/katib
export const KATIB_VERSION = "v0.19.0";

/** Image of a part of Katib. */
export function katibImage(part: string): string {
  return `ghcr.io/kubeflow/katib/${part}:${KATIB_VERSION}`;
}

/** Requests of Katib's controller and of its database manager each, whose manifests have none; the first took 57 MB. */
export const KATIB_REQUESTS: Resources = { millicores: 100, mib: 128 };

/** Requests of Katib's Deployments, by their names. Its other pods are there only while an Experiment runs. */
export const KATIB_DEPLOYMENTS = {
  "katib-controller": { onceACluster: KATIB_REQUESTS },
  "katib-db-manager": { onceACluster: KATIB_REQUESTS },
} as const satisfies Readonly<Record<string, PodRequests>>;

/** Requests of the pod that suggests the parameters of an Experiment, with Optuna in it. */
export const SUGGESTION_REQUESTS: Resources = { millicores: 50, mib: 128 };

/** Requests of the container beside each trial that reads its metric; Katib's own are as small. */
export const COLLECTOR_REQUESTS: Resources = { millicores: 50, mib: 32 };
