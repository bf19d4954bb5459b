import {
  assumedStudio,
  breakEven,
  clusterServices,
  studioService,
  type Service,
} from "./service-cost";
import { cents } from "../money";
import {
  cheapestNodes,
  isPlatform,
  nodesFor,
  notebooksPerNode,
  PLATFORMS,
  type NodePlan,
  type PlatformName,
} from "./capacity";
import { priceBook } from "../price-book";
import { HOURS_PER_MONTH } from "../rule";
import type { Scenario } from "../scenarios/scenario";
import { LEAST_IDLE_MINUTES, studioInstance } from "./studio";
import { EKS_SETTINGS } from "../../settings/targets/eks";
import { EC2_SETTINGS } from "../../settings/targets/ec2";
import { INSTANCE_TYPES, type InstanceType } from "../../settings/values/instance-types";
import { Invalid, type Setting } from "../../settings/schema/setting";
import { tooSmall } from "../../reports/stack-warnings";
import type { DeclaredNodes, DeclaredStudio, Overrides, PricedStack } from "./priced-stack";

/** What runs notebooks in Studio, and for how long. */
export interface StudioPlan {
  readonly studioInstance: string;
  /** After so many a notebook is stopped. */
  readonly idleMinutes: number;
}

/** A stack, or Studio, that holds all notebooks of the scenario, paid in one way. */
export interface EqualService {
  /** Name of the stack, or `Studio` where no compared stack has that target. */
  readonly stack: string;
  readonly target: string;
  readonly region: string;
  /** What runs the notebooks: nodes, or an instance type of Studio. */
  readonly machines: NodePlan | StudioPlan;
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
  /** Both cost the same at any hours, and neither is cheaper. */
  readonly same: boolean;
}

/** Nodes of another type than a stack has that hold the same notebooks for less. */
export interface CheaperNodes {
  readonly stack: string;
  readonly instanceType: string;
  /** Value of `nodes.count`. */
  readonly count: number;
  /** Cents a month of machines that are always on; disks and addresses are not in it. */
  readonly savedCents: number;
}

/** The same notebooks on every platform. */
export interface EqualComparison {
  /** The cheapest first. */
  readonly services: readonly EqualService[];
  readonly refused: readonly Refused[];
  readonly crossings: readonly Crossing[];
  /** Stacks whose nodes could be cheaper, with what they would be. */
  readonly cheaperNodes: readonly CheaperNodes[];
  /** Stack whose shared part stands below Studio, where no compared stack has that target. */
  readonly sharedCostsFrom: string | undefined;
}

/** Prices a stack once more, with other settings. */
export type Redeclare = (stack: string, overrides: Overrides) => Promise<PricedStack>;

/** The setting that limits how many instances a cluster may have. */
const COUNTS: Readonly<Record<PlatformName, Setting<number>>> = {
  ec2: EC2_SETTINGS.nodes.count,
  eks: EKS_SETTINGS.nodes.count,
};

/**
 * Gives each cluster as many nodes as the notebooks need, and each Studio an instance type that is as big,
 * by declaring the stack once more.
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
  // One after the other, as when they were priced.
  for (const one of stacks) {
    if (isPlatform(one.target) && one.nodes !== undefined) {
      const plan = planOf(one, one.target, one.nodes, scenario);
      if (typeof plan === "string") {
        refused.push({ stack: one.stack, target: one.target, reason: plan });
      } else {
        const grown = await redeclare(one.stack, overridesOf(one.target, plan));
        services.push(...clusters(grown, plan, scenario));
      }
    } else if (one.studio !== undefined) {
      services.push(await studio(one, one.studio, scenario, redeclare));
    }
  }
  const lender = stacks.some((one) => one.studio !== undefined)
    ? undefined
    : sharedCostSource(stacks);
  if (lender !== undefined) {
    services.push(withoutStack(lender, scenario));
  }
  services.sort(byCost);
  return {
    services,
    refused,
    crossings: crossings(services, scenario),
    cheaperNodes: services.flatMap((one) => cheaperFor(one, scenario)),
    sharedCostsFrom: lender?.stack,
  };
}

/**
 * The stack whose shared part is put below Studio: the cheapest that has a NAT gateway, by which
 * Studio in a private network reaches AWS.
 */
function sharedCostSource(stacks: readonly PricedStack[]): PricedStack | undefined {
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
  const accepts = acceptedBy(target);
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

/** Whether the settings of a target let `nodes.count` have a value. */
function acceptedBy(target: PlatformName): (count: number) => boolean {
  return (count) => !(COUNTS[target].parse(String(count)) instanceof Invalid);
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

async function studio(
  { stack, target, estimate: { region } }: PricedStack,
  { idleMinutes }: DeclaredStudio,
  scenario: Scenario,
  redeclare: Redeclare,
): Promise<EqualService> {
  const { name } = studioInstance(priceBook(region), scenario);
  const { estimate } = await redeclare(stack, {
    "studio.instanceType": name,
    "studio.instanceTypes": name,
  });
  const service = studioService(estimate, scenario, idleMinutes);
  return { stack, target, region, machines: { studioInstance: name, idleMinutes }, service };
}

function withoutStack({ estimate }: PricedStack, scenario: Scenario): EqualService {
  const { region } = estimate;
  const book = priceBook(region);
  return {
    stack: "Studio",
    target: "sagemaker",
    region,
    machines: {
      studioInstance: studioInstance(book, scenario).name,
      idleMinutes: LEAST_IDLE_MINUTES,
    },
    service: assumedStudio(estimate, scenario, book),
  };
}

/** Another instance type that holds the same notebooks for less; one entry a stack. */
function cheaperFor(
  { stack, target, region, machines, service }: EqualService,
  scenario: Scenario,
): CheaperNodes[] {
  if (!isPlatform(target) || "studioInstance" in machines || service.mode !== "always on") {
    return [];
  }
  const { architecture, name } = typeOf(machines.instanceType);
  const book = priceBook(region);
  const choice = { book, architecture, accepts: acceptedBy(target) };
  const nodes = cheapestNodes(PLATFORMS[target], scenario, choice);
  const usd = machines.count * book.price(`ec2.${name}.hour`).usd;
  return nodes === undefined || nodes.usd >= usd
    ? []
    : [
        {
          stack,
          instanceType: nodes.instanceType,
          count: nodes.count,
          savedCents: cents(HOURS_PER_MONTH, usd - nodes.usd),
        },
      ];
}

/** Every pair of two stacks; the two ways to run one stack never cross. */
function crossings(services: readonly EqualService[], scenario: Scenario): Crossing[] {
  return services.flatMap((first, index) =>
    services
      .slice(index + 1)
      .filter(({ stack }) => stack !== first.stack)
      .map((second): Crossing => {
        const found = breakEven(first.service, second.service, scenario);
        const { hoursPerMonth } = found;
        const [cheaperBelow, cheaperAbove] =
          found.cheaperBelow === "second" ? [second, first] : [first, second];
        return {
          cheaperBelow,
          cheaperAbove,
          hoursPerMonth,
          same: found.cheaperBelow === "neither",
        };
      }),
  );
}
