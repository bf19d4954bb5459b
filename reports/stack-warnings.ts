import { notebooksPerNode, tooSmall } from "../cost/compare/capacity";
import { usableGib } from "../cost/compare/notebook-machine";
import type { PricedStack } from "../cost/compare/priced-stack";
import { stackUnitCosts } from "../cost/compare/unit-costs";
import type { Scenario } from "../cost/scenarios/scenario";
import { peakVcpus } from "../cost/scenarios/scenario-usage";
import type { TargetName } from "../settings/shared";
import { profileOf } from "../settings/targets";
import { INSTANCE_TYPES } from "../settings/values/instance-types";
import { counted, number } from "./numbers";

/** Sentences for the reader of a stack's column: which of a range of nodes is priced, why no notebook fits. */
export function stackWarnings(stack: PricedStack, scenario: Scenario): string[] {
  return [...priced(stack), ...noNotebook(stack, scenario)];
}

function priced({ stack, machines }: PricedStack): string[] {
  const range = nodeRange(machines);
  return range === undefined
    ? []
    : [`${stack} is priced at ${range}, among which the cluster autoscaler chooses`];
}

/** The number of nodes that is priced where an autoscaler chooses: `3 nodes of 3 to 9`; undefined elsewhere. */
export function nodeRange(machines: PricedStack["machines"]): string | undefined {
  if (machines.kind !== "nodes" || machines.min === undefined || machines.max === undefined) {
    return undefined;
  }
  return `${counted(machines.count, "node")} of ${number(machines.min)} to ${number(machines.max)}`;
}

function noNotebook(stack: PricedStack, scenario: Scenario): string[] {
  const { notebooksHeld } = stackUnitCosts(stack, scenario);
  return notebooksHeld > 0
    ? []
    : [
        `${stack.stack} holds no notebook: ${whyNone(stack, scenario)}; --equal sizes it to hold all`,
      ];
}

function whyNone({ target, machines }: PricedStack, scenario: Scenario): string {
  const { instanceType } = machines;
  if (machines.kind === "per-notebook") {
    return tooSmallApp(target, instanceType, scenario);
  }
  const { cluster, count } = machines;
  const type = INSTANCE_TYPES.get(instanceType);
  if (type !== undefined && notebooksPerNode(cluster, type, scenario) === 0) {
    return tooSmall(cluster, type, scenario);
  }
  return count === cluster.controlPlanes
    ? "its only machine is the control plane"
    : `the cluster's own pods leave no room for one on ${counted(count, "machine")}`;
}

function tooSmallApp(target: TargetName, name: string, scenario: Scenario): string {
  const { capacity } = profileOf(target);
  const type = capacity.kind === "per-notebook" ? capacity.instanceOf(name) : undefined;
  const has =
    type === undefined
      ? "an unknown size"
      : `${type.vcpus} vCPU and ${usableGib(type, scenario).toFixed(1)} GiB left`;
  return `${name} has ${has}, and a notebook needs ${peakVcpus(scenario)} and ${scenario.notebookGib}`;
}

/** The size of one notebook: `1 vCPU and 4 GiB`. */
export function notebookSize({ notebookVcpus, notebookGib }: Scenario): string {
  return `${notebookVcpus} vCPU and ${notebookGib} GiB`;
}
