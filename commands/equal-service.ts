import { bends, breakEven, clusterServices, studioService, type Service } from "../cost/equal";
import {
  cheapestNodes,
  isPlatform,
  nodesFor,
  notebooksPerNode,
  PLATFORMS,
  roomOf,
  type NodePlan,
  type PlatformName,
} from "../cost/nodes";
import { priceBook } from "../cost/price-book";
import type { Scenario } from "../cost/scenario";
import { studioInstance } from "../cost/studio";
import { EC2_SETTINGS, EKS_SETTINGS } from "../settings/cluster";
import { INSTANCE_TYPES, type InstanceType } from "../settings/instance-types";
import { Refusal, type Setting } from "../settings/setting";
import type { DeclaredNodes, Overrides, PricedStack } from "./priced-stack";

/** A stack, or Studio, that holds all notebooks of the scenario, paid in one way. */
export interface EqualService {
  /** Name of the stack, or `Studio` where no compared stack has that target. */
  readonly stack: string;
  readonly target: string;
  readonly region: string;
  /** What runs the notebooks: nodes, or an instance type of Studio. */
  readonly machines: NodePlan | { readonly studioInstance: string };
  readonly service: Service;
}

/** A stack that cannot hold the notebooks, and why. */
export interface Refused {
  readonly stack: string;
  readonly target: string;
  readonly reason: string;
}

/** Two services and the hours a day at which they cost the same. */
export interface Crossing {
  readonly cheaperBelow: EqualService;
  readonly cheaperAbove: EqualService;
  /** Of each notebook; undefined when the first is cheaper, or no dearer, at any hours. */
  readonly hoursPerMonth: number | undefined;
}

/** The same notebooks on every platform. */
export interface EqualComparison {
  /** The cheapest first. */
  readonly services: readonly EqualService[];
  readonly refused: readonly Refused[];
  readonly crossings: readonly Crossing[];
  /** Stack whose shared part stands below Studio, where no compared stack has that target. */
  readonly studioBorrows: string | undefined;
}

/** Prices a stack once more, with other settings. */
export type Redeclare = (stack: string, overrides: Overrides) => Promise<PricedStack>;

/** The setting that limits how many instances a cluster may have. */
const COUNTS: Readonly<Record<PlatformName, Setting<number>>> = {
  ec2: EC2_SETTINGS.nodes.count,
  eks: EKS_SETTINGS.nodes.count,
};

/**
 * Gives each stack as many nodes as the notebooks need, by declaring it once more, and Studio an app for
 * each notebook.
 *
 * @throws CostError when a price is missing.
 */
export async function equalServices(
  stacks: readonly PricedStack[],
  scenario: Scenario,
  redeclare: Redeclare,
): Promise<EqualComparison> {
  const services: EqualService[] = [];
  const refused: Refused[] = [];
  for (const one of stacks) {
    if (isPlatform(one.target) && one.nodes !== undefined) {
      const plan = planOf(one, one.target, one.nodes, scenario);
      if (typeof plan === "string") {
        refused.push({ stack: one.stack, target: one.target, reason: plan });
      } else {
        // One after the other, as when they were priced.
        const grown = await redeclare(one.stack, overridesOf(one.target, plan));
        services.push(...clusters(grown, plan, scenario));
      }
    }
  }
  const declared = stacks.filter(({ target }) => target === "sagemaker");
  services.push(...declared.map((one) => studio(one, scenario, true)));
  const lender = declared.length === 0 ? lenderOf(stacks) : undefined;
  if (lender !== undefined) {
    services.push(studio(lender, scenario, false));
  }
  services.sort(byCost);
  return {
    services,
    refused,
    crossings: crossings(services, scenario),
    studioBorrows: lender?.stack,
  };
}

/**
 * The stack whose shared part is put below Studio: the cheapest that has a NAT gateway, by which
 * Studio in a private network reaches AWS.
 */
function lenderOf(stacks: readonly PricedStack[]): PricedStack | undefined {
  const hasNat = ({ estimate }: PricedStack): boolean =>
    estimate.lines.some(({ priceKey }) => priceKey === "vpc.natGateway.hour");
  const able = stacks.some(hasNat) ? stacks.filter(hasNat) : stacks;
  return able.toSorted(
    (one, other) =>
      one.estimate.totals.sharedCents - other.estimate.totals.sharedCents ||
      one.stack.localeCompare(other.stack),
  )[0];
}

function byCost(one: EqualService, other: EqualService): number {
  return (
    one.service.totalCents - other.service.totalCents ||
    one.stack.localeCompare(other.stack) ||
    one.service.mode.localeCompare(other.service.mode)
  );
}

/** The nodes that a stack needs, or why it cannot have them. */
function planOf(
  { estimate, stack }: PricedStack,
  target: PlatformName,
  nodes: DeclaredNodes,
  scenario: Scenario,
): NodePlan | string {
  const platform = PLATFORMS[target];
  const type = typeOf(scenario.nodeType ?? nodes.instanceType);
  const accepts = (count: number): boolean =>
    !(COUNTS[target].parse(String(count)) instanceof Refusal);
  const count = nodesFor(platform, type, scenario);
  if (count !== undefined && accepts(count)) {
    const notebooksEach = notebooksPerNode(platform, type, scenario);
    return { instanceType: type.name, count, notebooksEach };
  }
  const { architecture } = type;
  const book = priceBook(estimate.region);
  const better = cheapestNodes(platform, scenario, { book, architecture, accepts });
  const fault =
    count === undefined ? tooSmall(target, type, scenario) : tooMany(target, type, count);
  const remedy =
    better === undefined
      ? "no instance type with a price does it"
      : `${better.count} of ${better.instanceType} would do: give the scenario that nodeType, or ` +
        `pulumi config set nodes.instanceType ${better.instanceType} --stack ${stack}`;
  return `${fault}; ${remedy}`;
}

function tooSmall(target: PlatformName, type: InstanceType, scenario: Scenario): string {
  const { millicores, mib } = roomOf(PLATFORMS[target], type);
  return (
    `a node of ${type.name} has ${millicores / 1000} vCPU and ${(mib / 1024).toFixed(1)} GiB left, and a ` +
    `notebook needs ${scenario.notebookVcpus} and ${scenario.notebookGib}`
  );
}

function tooMany(target: PlatformName, type: InstanceType, count: number): string {
  return `it takes ${count} instances of ${type.name}, and nodes.count must be ${COUNTS[target].allowed}`;
}

function typeOf(name: string): InstanceType {
  const type = INSTANCE_TYPES.get(name);
  if (type === undefined) {
    throw new Error(`${name} has passed the settings and is not in the catalogue`);
  }
  return type;
}

function overridesOf(target: PlatformName, { instanceType, count }: NodePlan): Overrides {
  return {
    "nodes.count": String(count),
    "nodes.instanceType": instanceType,
    "nodes.architecture": typeOf(instanceType).architecture,
    // No range: what is compared is either always there or there in working hours.
    ...(target === "eks" && { "nodes.min": "count", "nodes.max": "count" }),
  };
}

function clusters(
  { stack, target, estimate }: PricedStack,
  machines: NodePlan,
  scenario: Scenario,
): EqualService[] {
  const { region } = estimate;
  return clusterServices(estimate, scenario, priceBook(region)).map((service) => ({
    ...{ stack, target, region, machines, service },
  }));
}

function studio(
  { stack, estimate }: PricedStack,
  scenario: Scenario,
  declared: boolean,
): EqualService {
  const { region } = estimate;
  const book = priceBook(region);
  return {
    stack: declared ? stack : "Studio",
    target: "sagemaker",
    region,
    machines: { studioInstance: studioInstance(book, scenario).name },
    service: studioService(estimate, scenario, { book, declared }),
  };
}

/** Every pair of two stacks; the two ways to run one stack never cross. */
function crossings(services: readonly EqualService[], scenario: Scenario): Crossing[] {
  return services.flatMap((first, index) =>
    services
      .slice(index + 1)
      .filter(({ stack }) => stack !== first.stack)
      .map((second): Crossing => {
        const found = breakEven(first.service, second.service, bends(scenario));
        const { hoursPerMonth } = found;
        return found.cheaperBelow === "second"
          ? { cheaperBelow: second, cheaperAbove: first, hoursPerMonth }
          : { cheaperBelow: first, cheaperAbove: second, hoursPerMonth };
      }),
  );
}
