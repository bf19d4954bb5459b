import { CHARTS } from "../../settings/versions/charts";
import { DEPLOYMENTS } from "../../settings/versions/serving";
import { KATIB_DEPLOYMENTS } from "../../settings/versions/tuning";
import { ADD_ON_REQUESTS } from "../../settings/versions/eks-add-ons";
import { sumOf, type PodRequests } from "../../settings/values/resources";
import { GPU } from "../../settings/names";
import { isRecord } from "../../settings/schema/setting";
import { isString, readInput } from "../resources/inputs";
import type { DeclaredResource } from "../rule";

/** Requests by the name that a resource of a type gives to what it installs. */
const INSTALLERS: Readonly<
  Record<
    string,
    { readonly name: string; readonly requests: Readonly<Record<string, PodRequests>> }
  >
> = {
  "kubernetes:helm.sh/v3:Release": {
    name: "chart",
    requests: Object.fromEntries(
      Object.entries(CHARTS).map(([chart, { requests }]) => [chart, requests]),
    ),
  },
  "aws:eks/addon:Addon": { name: "addonName", requests: ADD_ON_REQUESTS },
  "kubernetes:apps/v1:Deployment": {
    name: "metadata.name",
    requests: { ...DEPLOYMENTS, ...KATIB_DEPLOYMENTS },
  },
};

/** Types that run pods for as long as the stack is up, and that nothing above counts. */
const UNCOUNTED = /^kubernetes:(apps\/|helm\.sh\/)/;

/**
 * Requests of all pods that a cluster runs for itself, from the charts and add-ons that a stack
 * declares. So a further chart changes how many notebooks fit, without another word.
 *
 * @param distribution requests of the pods that come with the cluster.
 * @throws Error when the stack installs something whose requests are not known.
 */
export function systemRequests(
  resources: readonly DeclaredResource[],
  distribution: PodRequests,
): Required<PodRequests> {
  const all = [distribution, ...resources.flatMap(requestsOf)];
  return {
    eachNode: sumOf(all.flatMap(({ eachNode }) => eachNode ?? [])),
    onceACluster: sumOf(all.flatMap(({ onceACluster }) => onceACluster ?? [])),
  };
}

function requestsOf(resource: DeclaredResource): PodRequests[] {
  const installer = INSTALLERS[resource.type];
  if (installer === undefined) {
    if (UNCOUNTED.test(resource.type)) {
      throw new Error(
        `cost/compare/system-requests.ts does not count the pods of ${resource.type}`,
      );
    }
    return [];
  }
  if (GPU.label in readInput(resource, "spec.template.spec.nodeSelector", isRecord, {})) {
    // No notebook runs on those nodes.
    return [];
  }
  const name = readInput(resource, installer.name, isString);
  const requests = installer.requests[name];
  if (requests === undefined) {
    throw new Error(`settings/versions does not say what the pods of ${name} request`);
  }
  return [requests];
}
