import type { Result } from "../../settings/contract";
import { TARGET_NAMES, type TargetName } from "../../settings/shared";
import { profileOf } from "../../settings/targets";
import type { DeclaredNotebook, Overrides } from "../../settings/targets/profile";
import { INSTANCE_TYPES, type InstanceType } from "../../settings/values/instance-types";
import type { Amount } from "../amount";
import { CostError } from "../cost-error";
import type { Currency } from "../currency";
import { cents } from "../money";
import { priceBook } from "../price-book";
import { HOURS_PER_MONTH } from "../rule";
import type { Scenario } from "../scenarios/scenario";
import { assumedService } from "./assumed-service";
import { cheapestNodes, nodePlan, nodesFor, tooSmall, type NodePlan } from "./capacity";
import { notebookMachine } from "./notebook-machine";
import type { Cluster, Machines, PricedStack, StackNodes, StackNotebooks } from "./priced-stack";
import { breakEven, clusterServices, perNotebookService, type Service } from "./service-cost";

/** The machine that AWS starts for each notebook. */
export interface NotebookPlan extends DeclaredNotebook {
  readonly kind: "per-notebook";
}

/** A stack, or Studio, that holds all notebooks of the scenario, paid in one way. */
export interface EqualService {
  /** Name of the stack, or `Studio` where no compared stack has that target. */
  readonly stack: string;
  readonly target: TargetName;
  readonly region: string;
  /** Currency of its amounts. */
  readonly currency: Currency;
  /** The machines that run the notebooks. */
  readonly machines: NodePlan | NotebookPlan;
  /** The stack's cluster, for the capacity model. @default the stack has none */
  readonly cluster?: Cluster;
  readonly service: Service;
}

/** A stack that cannot hold the notebooks, and why. */
export interface Refused {
  readonly stack: string;
  readonly target: TargetName;
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
  /** The cheapest first, by what is known of their totals. */
  readonly services: readonly EqualService[];
  readonly refused: readonly Refused[];
  /** Services that lack a price are in none: what they cost at least decides nothing. */
  readonly crossings: readonly Crossing[];
  /** Stacks whose nodes could be cheaper, with what they would be. */
  readonly cheaperNodes: readonly CheaperNodes[];
  /** Stack whose shared part is added to Studio, where no compared stack has that target. */
  readonly sharedCostsFrom: string | undefined;
}

/** Prices a stack once more, with other settings. */
export type Redeclare = (stack: string, overrides: Overrides) => Promise<PricedStack>;

/** Targets that are compared even where no stack has them: their prices are known without a declaration. */
const ASSUMED = TARGET_NAMES.flatMap((target) => {
  const { capacity } = profileOf(target);
  return capacity.kind === "per-notebook" && capacity.assumed !== undefined
    ? [{ target, capacity: { ...capacity, assumed: capacity.assumed } }]
    : [];
});

/**
 * Gives each cluster as many nodes as the notebooks need, and each notebook of the other targets a
 * machine that is big enough, by declaring the stack once more.
 *
 * @throws CostError when a machine of a target that no stack has is without a price.
 */
export async function equalServices(
  stacks: readonly PricedStack[],
  scenario: Scenario,
  redeclare: Redeclare,
): Promise<EqualComparison> {
  const services: EqualService[] = [];
  const refused: Refused[] = [];
  // One after the other, as when they were priced.
  for (const { stack, target, machines, estimate } of stacks) {
    const found = await refusalOr(stack, async (): Promise<Result<readonly EqualService[]>> => {
      if (machines.kind === "per-notebook") {
        const one = { stack, target, machines, estimate };
        return { ok: [await perNotebook(one, scenario, redeclare)] };
      }
      const plan = planOf({ stack, estimate, machines }, scenario);
      if ("problem" in plan) {
        return plan;
      }
      const overrides = machines.cluster.withNodes(typeOf(plan.ok.instanceType), plan.ok.count);
      return { ok: clusters(await redeclare(stack, overrides), plan.ok, scenario) };
    });
    if ("ok" in found) {
      services.push(...found.ok);
    } else {
      refused.push({ stack, target, reason: found.problem });
    }
  }
  const missing = ASSUMED.filter(({ target }) => stacks.every((stack) => stack.target !== target));
  const sharedFrom = missing.length === 0 ? undefined : sharedCostSource(stacks);
  if (sharedFrom !== undefined) {
    services.push(...missing.map((one) => withoutStack(one, sharedFrom, scenario)));
  }
  services.sort(byCost);
  return {
    services,
    refused,
    crossings: crossings(services, scenario),
    cheaperNodes: services.flatMap((one) => cheaperFor(one, scenario)),
    sharedCostsFrom: sharedFrom?.stack,
  };
}

/** The result, or the reason why a machine of the stack has no price: the others are still compared. */
async function refusalOr<T>(stack: string, price: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await price();
  } catch (error) {
    if (error instanceof CostError) {
      return { problem: error.message.replace(`stack ${stack}: `, "") };
    }
    throw error;
  }
}

/**
 * The stack whose shared part is put below Studio: the cheapest that has a NAT gateway, by which
 * Studio in a private network reaches AWS, and that lacks no price, if there is one.
 */
function sharedCostSource(stacks: readonly PricedStack[]): PricedStack | undefined {
  const hasNat = ({ estimate }: PricedStack): boolean =>
    estimate.lines.some(({ priceKey }) => priceKey === "vpc.natGateway.hour");
  const able = stacks.some(hasNat) ? stacks.filter(hasNat) : stacks;
  const shared = ({ estimate }: PricedStack): Amount => estimate.totals.shared;
  return able.toSorted(
    (one, other) =>
      Number(shared(one).atLeast) - Number(shared(other).atLeast) ||
      shared(one).leastCents - shared(other).leastCents ||
      one.stack.localeCompare(other.stack),
  )[0];
}

function byCost(one: EqualService, other: EqualService): number {
  return (
    one.service.total.leastCents - other.service.total.leastCents ||
    one.stack.localeCompare(other.stack) ||
    one.service.mode.localeCompare(other.service.mode)
  );
}

/** The nodes that a stack needs, or why it cannot have them. */
function planOf(
  { estimate, stack, machines }: OfKind<StackNodes>,
  scenario: Scenario,
): Result<NodePlan> {
  const { cluster } = machines;
  const type = typeOf(scenario.nodeType ?? machines.instanceType);
  const count = nodesFor(cluster, type, scenario);
  if (count !== undefined && cluster.accepts(count)) {
    return { ok: nodePlan(cluster, type, count, scenario) };
  }
  const { architecture } = type;
  const book = priceBook(estimate.region, estimate.currency);
  const better = cheapestNodes(cluster, scenario, { book, architecture });
  const fault =
    count === undefined
      ? tooSmall(cluster, type, scenario)
      : `it takes ${count} instances of ${type.name}, and nodes.count must be ${cluster.allowed}`;
  const remedy =
    better === undefined
      ? "no instance type with a price does it"
      : `${better.count} of ${better.instanceType} would do: set nodeType in the scenario file, or ` +
        `pulumi config set nodes.instanceType ${better.instanceType} --stack ${stack}`;
  return { problem: `${fault}; ${remedy}` };
}

function typeOf(name: string): InstanceType {
  const type = INSTANCE_TYPES.get(name);
  if (type === undefined) {
    throw new Error(`${name} has passed the settings and is not in the catalogue`);
  }
  return type;
}

/** A stack whose machines are of one kind. */
interface OfKind<M extends Machines> extends Pick<PricedStack, "stack" | "estimate"> {
  readonly machines: M;
}

function clusters(
  { stack, target, estimate, machines }: PricedStack,
  plan: NodePlan,
  scenario: Scenario,
): EqualService[] {
  const { region, currency } = estimate;
  return clusterServices(estimate, scenario).map((service) => ({
    stack,
    target,
    region,
    currency,
    machines: plan,
    service,
    ...("cluster" in machines && { cluster: machines.cluster }),
  }));
}

async function perNotebook(
  {
    stack,
    target,
    machines,
    estimate: { region, currency },
  }: OfKind<StackNotebooks> & Pick<PricedStack, "target">,
  scenario: Scenario,
  redeclare: Redeclare,
): Promise<EqualService> {
  const { capacity } = profileOf(target);
  if (capacity.kind !== "per-notebook") {
    throw new Error(`${target} has nodes, and the stack ${stack} has a machine for each notebook`);
  }
  const { name } = notebookMachine(capacity, priceBook(region, currency), scenario);
  const { estimate } = await redeclare(stack, capacity.withMachine(name));
  const { idleMinutes } = machines;
  const service = perNotebookService(estimate, scenario, idleMinutes);
  return {
    stack,
    target,
    region,
    currency,
    machines: { kind: "per-notebook", instanceType: name, idleMinutes },
    service,
  };
}

function withoutStack(
  { target, capacity }: (typeof ASSUMED)[number],
  { estimate }: PricedStack,
  scenario: Scenario,
): EqualService {
  const { region, currency } = estimate;
  const book = priceBook(region, currency);
  const { name, idleMinutes } = capacity.assumed;
  const instanceType = notebookMachine(capacity, book, scenario).name;
  return {
    stack: name,
    target,
    region,
    currency,
    machines: { kind: "per-notebook", instanceType, idleMinutes },
    service: assumedService(capacity, estimate, scenario, book),
  };
}

/** Another instance type that holds the same notebooks for less; one entry a stack. */
function cheaperFor(
  { stack, region, currency, machines, cluster, service }: EqualService,
  scenario: Scenario,
): CheaperNodes[] {
  if (machines.kind !== "nodes" || cluster === undefined || service.mode !== "always on") {
    return [];
  }
  const { architecture, name } = typeOf(machines.instanceType);
  const book = priceBook(region, currency);
  const nodes = cheapestNodes(cluster, scenario, { book, architecture });
  const perHour = machines.count * book.price(`ec2.${name}.hour`).perUnit;
  return nodes === undefined || nodes.perHour >= perHour
    ? []
    : [
        {
          stack,
          instanceType: nodes.instanceType,
          count: nodes.count,
          savedCents: cents(HOURS_PER_MONTH, perHour - nodes.perHour),
        },
      ];
}

/** Every pair of two stacks; the two ways to run one stack never cross. */
function crossings(all: readonly EqualService[], scenario: Scenario): Crossing[] {
  const services = all.filter(({ service }) => !service.total.atLeast);
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
