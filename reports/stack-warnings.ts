import {
  notebooksPerNode,
  PLATFORMS,
  roomOf,
  isPlatform,
  type PlatformName,
} from "../cost/compare/capacity";
import type { Scenario } from "../cost/scenarios/scenario";
import { INSTANCE_TYPES, type InstanceType } from "../settings/values/instance-types";
import type { PricedStack } from "../cost/compare/priced-stack";
import { counted, number } from "./numbers";
import { stackShares } from "../cost/compare/unit-costs";

/** What a reader of a stack's column has to know, in sentences: how many nodes it has, why no notebooks. */
export function stackWarnings(stack: PricedStack, scenario: Scenario): string[] {
  const { count, min = 0, max = 0 } = stack.nodes ?? {};
  const { notebooksHeld } = stackShares(stack, scenario);
  return [
    ...(count !== undefined && min < max
      ? [
          `${stack.stack} is priced at ${counted(count, "node")} of ${number(min)} to ${number(max)}, ` +
            `among which the cluster autoscaler chooses`,
        ]
      : []),
    ...(notebooksHeld === 0
      ? [
          `${stack.stack} holds no notebook: ${whyNone(stack, scenario)}; --equal gives it what they take`,
        ]
      : []),
  ];
}

function whyNone({ target, nodes, studio }: PricedStack, scenario: Scenario): string {
  const type = INSTANCE_TYPES.get(nodes?.instanceType ?? "");
  if (!isPlatform(target) || nodes === undefined || type === undefined) {
    return `${studio?.instanceType ?? target} is smaller than one of ${sizeOf(scenario)}`;
  }
  if (notebooksPerNode(PLATFORMS[target], type, scenario) === 0) {
    return tooSmall(target, type, scenario);
  }
  return nodes.count === PLATFORMS[target].controlPlanes
    ? "its only machine is the control plane"
    : `the cluster's own pods leave no room for one on ${counted(nodes.count, "machine")}`;
}

/** Why a node of a type holds no notebook. */
export function tooSmall(target: PlatformName, type: InstanceType, scenario: Scenario): string {
  const { millicores, mib } = roomOf(PLATFORMS[target], type);
  return (
    `a node of ${type.name} has ${millicores / 1000} vCPU and ${(mib / 1024).toFixed(1)} GiB left, and a ` +
    `notebook needs ${scenario.notebookVcpus} and ${scenario.notebookGib}`
  );
}

/** The size of one notebook: `1 vCPU and 4 GiB`. */
export function sizeOf({ notebookVcpus, notebookGib }: Scenario): string {
  return `${notebookVcpus} vCPU and ${notebookGib} GiB`;
}
