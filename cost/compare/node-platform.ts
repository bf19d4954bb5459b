import { SMALLEST_NODE } from "../../settings/targets/kubernetes";
import { INSTANCE_TYPES, type InstanceType } from "../../settings/values/instance-types";
import { byAmount, product, sum, type Amount } from "../amount";
import type { PriceBook } from "../price-book";
import { HOURS_PER_MONTH } from "../rule";
import { publicIpv4 } from "../rules/elastic-ip";
import type { Scenario } from "../scenarios/scenario";
import { notebooks } from "../scenarios/scenario-usage";
import { nodePlan, nodesFor, type NodePlan } from "./capacity";
import { perUnit, type Addition, type Offer, type Platform } from "./offer";
import type { PricedStack, StackNodes } from "./priced-stack";
import { hoursUp, NODE_WAYS, surplusVcpuHours, type NodeWay } from "./ways";

/** A stack with a cluster. */
export type ClusterStack = PricedStack & { readonly machines: StackNodes };

/** A cluster that gets the nodes that all notebooks need. */
export interface NodePlatform extends Platform<NodePlan> {
  /** The offers of one instance type; none when its nodes cannot hold the notebooks. */
  readonly offersOf: (type: InstanceType, scenario: Scenario) => readonly Offer<NodePlan>[];
}

/** An instance type that a region sells. */
interface Sold {
  readonly type: InstanceType;
  /** Prices of an hour in the order of `NODE_WAYS`; undefined for a way that AWS does not sell. */
  readonly perHour: readonly (number | undefined)[];
  /** Price of a vCPU-hour of surplus CPU credits; undefined where the type has none, or the region no price. */
  readonly perCredit: number | undefined;
}

/** An instance type, and as many of it as a cluster needs. */
interface Sized extends Sold {
  readonly count: number;
}

/**
 * A cluster of any size and instance type that the settings of a stack accept. The search stays with the
 * stack's architecture; the size of root disks is the stack's.
 *
 * @param refused names of types that the settings refuse beside their number. @default none
 */
export function nodePlatform(
  clusterStack: ClusterStack,
  book: PriceBook,
  refused: ReadonlySet<string> = new Set(),
): NodePlatform {
  const { stack, target, estimate, machines } = clusterStack;
  const { cluster } = machines;
  const sold = soldTypes(book).filter(({ type }) => !refused.has(type.name));
  const alike = sold.filter(({ type }) => isAlike(type, clusterStack));
  const sized = (one: Sold, scenario: Scenario): Sized[] => {
    const count = nodesFor(cluster, one.type, scenario);
    return count === undefined || !cluster.accepts(count) ? [] : [{ ...one, count }];
  };
  const cheapest = cheapestNodes(machines, book);
  const offers = (all: readonly Sized[], scenario: Scenario): Offer<NodePlan>[] =>
    NODE_WAYS.flatMap((way) => {
      const best = cheapest(all, way, scenario);
      return best === undefined
        ? []
        : [
            {
              machines: nodePlan(cluster, best.nodes.type, best.nodes.count, scenario),
              mode: way.mode,
              // Searches that ask for amounts alone do not read them.
              get lines() {
                return linesOf(best.nodes.type, way, best.use);
              },
              amount: best.amount,
            },
          ];
    });
  const fitting = lastOf(sizeOf, (scenario) => alike.flatMap((one) => sized(one, scenario)));
  return {
    stack,
    target,
    region: estimate.region,
    offers: (scenario) => offers(fitting(scenario), scenario),
    offersOf: (type, scenario) =>
      offers(
        sold.filter((one) => one.type === type).flatMap((one) => sized(one, scenario)),
        scenario,
      ),
    declared: ({ instanceType, count }, scenario) => {
      const [type, [way]] = [typeOf(instanceType), NODE_WAYS];
      const use = useOf(machines, { type, count }, way, scenario);
      return linesOf(type, way, { ...use, surplus: 0 });
    },
  };
}

/** Tells whether a type has the architecture of a stack's nodes, and its settings accept it. */
function isAlike(
  type: InstanceType,
  { machines: { cluster, instanceType, count }, accepts = () => true }: ClusterStack,
): boolean {
  return (
    type.architecture === typeOf(instanceType).architecture &&
    accepts(cluster.withNodes(type, count))
  );
}

const DISK_PRICE = "ebs.gp3.gbMonth";

/** Types that a cluster may have and a region has a price for. */
function soldTypes(book: PriceBook): Sold[] {
  const price = (key: string): number | undefined =>
    book.has(key) ? book.price(key).perUnit : undefined;
  return (
    [...INSTANCE_TYPES.values()]
      .filter(
        ({ vcpus, memoryGib }) =>
          vcpus >= SMALLEST_NODE.vcpus && memoryGib >= SMALLEST_NODE.memoryGib,
      )
      .map((type) => ({
        type,
        perHour: NODE_WAYS.map((way) => price(priceKey(type, way))),
        perCredit: price(creditKey(type)),
      }))
      // The stack is declared once more with the type, and an estimate asks for its price on demand.
      .filter(({ type }) => book.has(priceKey(type, NODE_WAYS[0])))
  );
}

function priceKey({ name }: InstanceType, { price }: NodeWay): string {
  return `ec2.${name}.${price}`;
}

function creditKey(type: InstanceType): string {
  return `ec2.cpuCredits.${familyOf(type)}.vcpuHour`;
}

function familyOf({ name }: InstanceType): string {
  return name.replace(/\..*/, "");
}

/** Nodes, what they use when run in one way, and its amount. */
interface Priced {
  readonly nodes: Sized;
  readonly use: NodeUse;
  readonly amount: Amount;
}

/** Finds the cheapest nodes for one way to run them; none where AWS sells no type in that way. */
function cheapestNodes(
  machines: StackNodes,
  book: PriceBook,
): (all: readonly Sized[], way: NodeWay, scenario: Scenario) => Priced | undefined {
  const perDiskGb = perUnit(DISK_PRICE, book);
  const perAddressHour = perUnit(publicIpv4.priceKey, book);
  const { controlPlanes } = machines.cluster;
  const amountOf = (use: NodeUse, perHour: number, perCredit: number | undefined): Amount =>
    sum([
      product(use.controlPlaneHours, perHour),
      product(use.workerHours, perHour),
      product(use.diskGb, perDiskGb),
      ...(use.addressHours === 0 ? [] : [product(use.addressHours, perAddressHour)]),
      ...(use.surplus === 0 ? [] : [product(use.surplus, perCredit)]),
    ]);
  return (all, way, scenario) => {
    const index = NODE_WAYS.indexOf(way);
    const monthHours = monthHoursOf(machines, way, scenario);
    let best: Priced | undefined;
    let mostCents = Infinity;
    for (const nodes of all) {
      const perHour = nodes.perHour[index];
      const hours = controlPlanes * HOURS_PER_MONTH + (nodes.count - controlPlanes) * monthHours;
      // Most types end here, and a map asks for millions. Each of the two lines of hours is rounded, by half a cent at most.
      if (perHour === undefined || hours * perHour * 100 - 1 > mostCents) {
        continue;
      }
      const use = useOf(machines, nodes, way, scenario);
      const found = { nodes, use, amount: amountOf(use, perHour, nodes.perCredit) };
      if (best === undefined || byAmount(found.amount, best.amount) < 0) {
        best = found;
        mostCents = found.amount.atLeast ? Infinity : found.amount.leastCents;
      }
    }
    return best;
  };
}

/** Usage of nodes in a month. */
interface NodeUse {
  readonly controlPlaneHours: number;
  readonly workerHours: number;
  /** Root disks, in GB-months. */
  readonly diskGb: number;
  /** Hours of the workers' public IPv4 addresses. */
  readonly addressHours: number;
  /** vCPU-hours beyond the baseline of burstable types. */
  readonly surplus: number;
}

/** Hours of a month in which workers run. */
function monthHoursOf({ idleMinutes }: StackNodes, { mode }: NodeWay, scenario: Scenario): number {
  return mode === "working hours"
    ? hoursUp(scenario, idleMinutes) * scenario.daysPerMonth
    : HOURS_PER_MONTH;
}

function useOf(
  machines: StackNodes,
  { type, count }: Pick<Sized, "type" | "count">,
  way: NodeWay,
  scenario: Scenario,
): NodeUse {
  const monthHours = monthHoursOf(machines, way, scenario);
  const hoursOn = way.mode === "working hours" ? hoursUp(scenario, machines.idleMinutes) : 24;
  const { cluster, diskGib, publicAddresses = false } = machines;
  const workers = count - cluster.controlPlanes;
  const diskShare = cluster.whenOff === "terminated" ? monthHours / HOURS_PER_MONTH : 1;
  const baseline = (type.baselineVcpus ?? Infinity) * workers;
  return {
    controlPlaneHours: cluster.controlPlanes * HOURS_PER_MONTH,
    workerHours: workers * monthHours,
    diskGb: (cluster.controlPlanes + workers * diskShare) * diskGib,
    addressHours: publicAddresses ? workers * HOURS_PER_MONTH : 0,
    surplus: surplusVcpuHours(scenario, baseline, hoursOn),
  };
}

/** The lines of nodes, in the words of the rules that price declared ones. */
function linesOf(type: InstanceType, way: NodeWay, use: NodeUse): Addition[] {
  const machine = { service: "EC2", unit: "hour", priceKey: priceKey(type, way) };
  const terms = `(${way.terms}, Linux, ${type.name})`;
  const lines: Addition[] = [
    {
      ...machine,
      category: "control plane",
      label: `Control plane ${terms}`,
      quantity: use.controlPlaneHours,
    },
    { ...machine, category: "compute", label: `Instance ${terms}`, quantity: use.workerHours },
    {
      service: "EBS",
      category: "disks",
      label: "Volume (gp3)",
      unit: "GB-month",
      quantity: use.diskGb,
      priceKey: DISK_PRICE,
    },
    { ...publicIpv4, service: "VPC", category: "network", quantity: use.addressHours },
    ...credits(type, use.surplus),
  ];
  return lines.filter(({ quantity }) => quantity > 0);
}

/** The line of surplus CPU credits; none without a surplus. */
export function credits(type: InstanceType, surplus: number): Addition[] {
  return surplus === 0
    ? []
    : [
        {
          service: "EC2",
          category: "compute",
          label: `Surplus CPU credits (${familyOf(type)})`,
          unit: "vCPU-hour",
          quantity: surplus,
          priceKey: creditKey(type),
        },
      ];
}

/** Everything of a scenario on which the number of nodes depends. */
function sizeOf(scenario: Scenario): string {
  const { notebookVcpus, notebookPeakVcpus, notebookGib, hiddenMemoryPercent, fewestNodes } =
    scenario;
  return [
    ...[notebooks(scenario), notebookVcpus, notebookPeakVcpus, notebookGib],
    ...[hiddenMemoryPercent, fewestNodes],
  ].join();
}

/** A function that keeps its last result, since searches ask for one size of notebooks again and again. */
function lastOf<T>(
  key: (scenario: Scenario) => string,
  compute: (scenario: Scenario) => T,
): (scenario: Scenario) => T {
  let last: { readonly key: string; readonly value: T } | undefined;
  return (scenario) => {
    const now = key(scenario);
    last = last?.key === now ? last : { key: now, value: compute(scenario) };
    return last.value;
  };
}

/** An instance type of the catalogue by its name. */
export function typeOf(name: string): InstanceType {
  const type = INSTANCE_TYPES.get(name);
  if (type === undefined) {
    throw new Error(`${name} has passed the settings and is not in the catalogue`);
  }
  return type;
}
