import type { Settings, SettingsOf } from "../../settings";
import { Invalid } from "../../settings/schema/setting";
import type { TargetName } from "../../settings/shared";
import { profileOf } from "../../settings/targets";
import type { NodeCapacity } from "../../settings/targets/profile";
import { isBoolean, readInput } from "../resources/inputs";
import type { DeclaredResource } from "../rule";
import { instance } from "../rules/instance";
import type { Cluster, Machines } from "./priced-stack";
import { systemRequests } from "./system-requests";

/**
 * The machines on which a stack runs notebooks.
 *
 * @param resources everything that the stack declares: its charts and add-ons take room on each node.
 */
export function machinesOf(settings: Settings, resources: readonly DeclaredResource[]): Machines {
  return ofTarget(settings, resources);
}

function ofTarget<T extends TargetName>(
  settings: SettingsOf<T> & { readonly target: T },
  resources: readonly DeclaredResource[],
): Machines {
  const { capacity } = profileOf(settings.target);
  return capacity.kind === "nodes"
    ? {
        kind: "nodes",
        ...capacity.nodes(settings),
        publicAddresses: resources.some(
          (one) =>
            one.type === instance.type &&
            readInput(one, "associatePublicIpAddress", isBoolean, false),
        ),
        cluster: clusterOf(capacity, resources),
      }
    : { kind: "per-notebook", ...capacity.notebook(settings) };
}

/** A target's cluster with everything that a stack installs in it. */
export function clusterOf(
  {
    controlPlanes,
    whenOff,
    kubeletReserves,
    withNodes,
    distribution,
    count,
  }: Omit<NodeCapacity<never>, "nodes">,
  resources: readonly DeclaredResource[],
): Cluster {
  return {
    controlPlanes,
    whenOff,
    kubeletReserves,
    withNodes,
    system: systemRequests(resources, distribution),
    accepts: (nodes) => !(count.parse(String(nodes)) instanceof Invalid),
    allowed: count.allowed,
  };
}
