import { SettingsError, type Result } from "../../settings/contract";
import type { TargetName } from "../../settings/shared";
import { profileOf } from "../../settings/targets";
import type {
  AssumedService,
  Overrides,
  PerNotebookCapacity,
} from "../../settings/targets/profile";
import { sumCents, type EstimateLine } from "../estimate";
import { priceBook } from "../price-book";
import type { Scenario } from "../scenarios/scenario";
import { notebooks } from "../scenarios/scenario-usage";
import { nodesFor, tooSmall, type NodePlan } from "./capacity";
import { jobLines, NODE_JOBS, type JobPlace } from "./jobs";
import type { EqualService, Refused } from "./equal-service";
import { nodePlatform, typeOf, type ClusterStack, type NodePlatform } from "./node-platform";
import { noMachine } from "./notebook-machine";
import { assumedDisks, notebookPlatform } from "./notebook-platform";
import {
  addedLine,
  cheapestOf,
  otherLines,
  type Addition,
  type NotebookPlan,
  type Offer,
  type Platform,
} from "./offer";
import type { PricedStack, StackNotebooks } from "./priced-stack";

/** Prices a stack once more, with other settings. */
export type Redeclare = (stack: string, overrides: Overrides) => Promise<PricedStack>;

/** A platform, and its rows in the comparison. */
export interface Rows {
  readonly platform: Pick<Platform, "stack" | "offers">;
  readonly services: readonly EqualService[];
  readonly refused: readonly Refused[];
  /** Cents a month of everything beside the machines; the same in each row. */
  readonly otherCents: number;
}

/**
 * Rows of a cluster: the cheapest nodes for each way to pay, and those of the declared type in their
 * cheapest way.
 */
export async function clusterRows(
  stack: ClusterStack,
  scenario: Scenario,
  redeclare: Redeclare,
): Promise<Rows> {
  const { cluster } = stack.machines;
  const book = priceBook(stack.estimate.region);
  const platform = nodePlatform(stack, book);
  const jobs = jobLines(NODE_JOBS, book, scenario);
  if ("problem" in jobs) {
    return noRows(platform, jobs.problem);
  }
  const added = [notebookDisks(scenario), ...jobs.ok];
  const declared = scenario.nodeType ?? stack.machines.instanceType;
  const cheapest = platform.offers(scenario);
  const ofDeclared = cheapestOf(platform.offersOf(typeOf(declared), scenario));
  const offers = [
    ...cheapest,
    ...(ofDeclared === undefined || cheapest.some((one) => isSame(one, ofDeclared))
      ? []
      : [ofDeclared]),
  ];
  // One after the other, as when they were priced; each kind of nodes once.
  const others = new Map<string, Result<readonly EstimateLine[]>>();
  for (const { machines } of offers) {
    if (!others.has(nameOf(machines))) {
      const { instanceType, count } = machines;
      const again = redeclare(stack.stack, cluster.withNodes(typeOf(instanceType), count));
      others.set(
        nameOf(machines),
        await othersOf(again, platform.declared(machines, scenario), added),
      );
    }
  }
  const services = offers.flatMap((offer) => {
    const found = others.get(nameOf(offer.machines));
    return found !== undefined && "ok" in found
      ? [
          {
            ...rowOf(platform, offer, found.ok),
            declared: offer.machines.instanceType === declared,
            cluster,
          },
        ]
      : [];
  });
  const reasons = [
    ...(ofDeclared === undefined ? [refusalOf(stack, platform, declared, scenario)] : []),
    ...[...others.values()].flatMap((found) => ("problem" in found ? [found.problem] : [])),
  ];
  return {
    platform,
    services,
    refused: reasons.map((reason) => ({ stack: stack.stack, target: stack.target, reason })),
    otherCents: [...others.values()].reduce(
      (cents, found) => ("ok" in found ? sumCents(found.ok) : cents),
      0,
    ),
  };
}

function nameOf({ count, instanceType }: NodePlan): string {
  return `${count} × ${instanceType}`;
}

function isSame(one: Offer<NodePlan>, other: Offer<NodePlan>): boolean {
  return one.mode === other.mode && one.machines.instanceType === other.machines.instanceType;
}

/** Everything of a cluster beside its machines, or why its settings refuse these nodes. */
async function othersOf(
  declared: Promise<PricedStack>,
  machines: readonly Addition[],
  added: readonly Addition[],
): Promise<Result<readonly EstimateLine[]>> {
  try {
    const { estimate } = await declared;
    const book = priceBook(estimate.region);
    const lines = added.map((line) => addedLine(line, book));
    return { ok: [...otherLines(estimate.lines, machines), ...lines] };
  } catch (error) {
    if (error instanceof SettingsError) {
      return { problem: error.message };
    }
    throw error;
  }
}

function notebookDisks(scenario: Scenario): Addition {
  return {
    service: "EBS",
    category: "disks",
    label: "Notebook disks (gp3)",
    unit: "GB-month",
    quantity: notebooks(scenario) * scenario.notebookDiskGb,
    priceKey: "ebs.gp3.gbMonth",
  };
}

/** The reason why nodes of the declared type cannot hold the notebooks, and which can. */
function refusalOf(
  { stack, machines: { cluster } }: ClusterStack,
  platform: NodePlatform,
  declared: string,
  scenario: Scenario,
): string {
  const type = typeOf(declared);
  const count = nodesFor(cluster, type, scenario);
  const fault =
    count === undefined
      ? tooSmall(cluster, type, scenario)
      : cluster.accepts(count)
        ? `${platform.region} has no price of ${type.name}`
        : `it takes ${count} instances of ${type.name}, and nodes.count must be ${cluster.allowed}`;
  const better = cheapestOf(platform.offers(scenario))?.machines;
  const remedy =
    better === undefined
      ? "no instance type with a price does it"
      : `${nameOf(better)} would do: pulumi config set nodes.instanceType ${better.instanceType} --stack ${stack}`;
  return `${fault}; ${remedy}`;
}

/** The row of a stack with a machine for each notebook. */
export async function notebookRows(
  { stack, target, machines, estimate }: PricedStack & { readonly machines: StackNotebooks },
  scenario: Scenario,
  redeclare: Redeclare,
): Promise<Rows> {
  const { capacity } = profileOf(target);
  if (capacity.kind !== "per-notebook") {
    throw new Error(`${target} has nodes, and the stack ${stack} has a machine for each notebook`);
  }
  const book = priceBook(estimate.region);
  const { name: product = target, service = target } = capacity.assumed ?? {};
  const { idleMinutes } = machines;
  const platform = notebookPlatform(
    { stack, target, product, service, types: capacity, idleMinutes },
    book,
  );
  const [offer] = platform.offers(scenario);
  const jobs = jobLines(jobPlace(service, capacity), book, scenario);
  if (offer === undefined || "problem" in jobs) {
    return noRows(
      platform,
      "problem" in jobs ? jobs.problem : noMachine(capacity, book.region, scenario),
    );
  }
  const again = await redeclare(stack, capacity.withMachine(offer.machines.instanceType));
  const others = otherLines(again.estimate.lines, platform.declared(offer.machines, scenario));
  return oneRow(platform, offer, [...others, ...jobs.ok.map((line) => addedLine(line, book))]);
}

/** Jobs of a service with a machine for each notebook: where it has no price of their own, a notebook's. */
function jobPlace(
  service: string,
  { machineOf, priceKey, jobPriceKey }: PerNotebookCapacity<never>,
): JobPlace {
  return {
    service,
    machineOf,
    priceKeys: (machine, use) => [jobPriceKey(machine, use), priceKey(machine)],
  };
}

/** A target with a machine for each notebook that no compared stack has. */
export interface AssumedTarget {
  readonly target: TargetName;
  readonly capacity: PerNotebookCapacity<never>;
  readonly assumed: AssumedService;
}

/**
 * The row of a target that no compared stack has: an app and a disk for each notebook, above the shared
 * part of another stack. Its other resources, such as Studio's home file system and login broker, are
 * not in it.
 */
export function assumedRows(
  { target, capacity, assumed }: AssumedTarget,
  { estimate }: Pick<PricedStack, "estimate">,
  scenario: Scenario,
): Rows {
  const book = priceBook(estimate.region);
  const { name: stack, service, idleMinutes } = assumed;
  const platform = notebookPlatform(
    { stack, target, product: stack, service, types: capacity, idleMinutes },
    book,
  );
  const [offer] = platform.offers(scenario);
  const jobs = jobLines(jobPlace(service, capacity), book, scenario);
  if (offer === undefined || "problem" in jobs) {
    return noRows(
      platform,
      "problem" in jobs ? jobs.problem : noMachine(capacity, book.region, scenario),
    );
  }
  const shared = estimate.lines.filter(({ part }) => part === "shared");
  const added = [assumedDisks(assumed, scenario), ...jobs.ok];
  return oneRow(platform, offer, [...shared, ...added.map((line) => addedLine(line, book))]);
}

function noRows(platform: Rows["platform"] & Pick<Platform, "target">, reason: string): Rows {
  const { stack, target } = platform;
  return { platform, services: [], refused: [{ stack, target, reason }], otherCents: 0 };
}

function oneRow(
  platform: Platform<NotebookPlan>,
  offer: Offer,
  others: readonly EstimateLine[],
): Rows {
  const row = { ...rowOf(platform, offer, others), declared: false };
  return { platform, services: [row], refused: [], otherCents: sumCents(others) };
}

function rowOf(
  { stack, target, region }: Omit<Platform, "offers" | "declared">,
  { machines, mode, lines }: Offer,
  others: readonly EstimateLine[],
): Omit<EqualService, "declared"> {
  const book = priceBook(region);
  const all = [...others, ...lines.map((line) => addedLine(line, book))];
  const of = (part: string): number => sumCents(all.filter((line) => line.part === part));
  const [sharedCents, targetCents] = [of("shared"), of("target")];
  const totalCents = sharedCents + targetCents;
  return {
    stack,
    target,
    region,
    machines,
    service: { mode, lines: all, sharedCents, targetCents, totalCents },
  };
}
