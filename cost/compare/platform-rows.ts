import type { TargetName } from "../../settings/shared";
import { profileOf } from "../../settings/targets";
import type {
  AssumedService,
  Overrides,
  PerNotebookCapacity,
} from "../../settings/targets/profile";
import { exactly, type Amount } from "../amount";
import { sumOf, totalsOf, type EstimateLine } from "../estimate";
import { priceBook, type PriceBook } from "../price-book";
import type { Scenario } from "../scenarios/scenario";
import type { Usage } from "../scenarios/usage";
import { acceptedOffers, nameOf } from "./accepted-offers";
import { nodesFor, tooSmall, type NodePlan } from "./capacity";
import { jobLines, NODE_JOBS, type JobPlace } from "./jobs";
import type { EqualService, Refused } from "./equal-service";
import { nodePlatform, typeOf, type ClusterStack, type NodePlatform } from "./node-platform";
import { noMachine } from "./notebook-machine";
import { assumedDisks, notebookPlatform } from "./notebook-platform";
import { addedLine, cheapestOf, type NotebookPlan, type Offer, type Platform } from "./offer";
import { othersAt } from "./others";
import type { PricedStack, StackNotebooks } from "./priced-stack";

/** Prices a stack once more, with other settings. */
export type Redeclare = (stack: string, overrides: Overrides) => Promise<PricedStack>;

/** A platform, and its rows in the comparison. */
export interface Rows {
  readonly platform: Pick<Platform, "stack" | "target" | "offers">;
  readonly services: readonly EqualService[];
  readonly refused: readonly Refused[];
  /** Everything beside the machines, a month; the same in each row. */
  readonly others: (scenario: Scenario) => Amount;
}

/**
 * Rows of a cluster: the cheapest nodes for each way to pay, and those of the declared type in their
 * cheapest way. A type that the settings of the stack refuse is no candidate.
 */
export async function clusterRows(
  stack: ClusterStack,
  scenario: Scenario,
  redeclare: Redeclare,
): Promise<Rows> {
  const book = bookFor(stack);
  const jobs = jobLines(NODE_JOBS, book, scenario);
  if ("problem" in jobs) {
    return noRows(stack, jobs.problem);
  }
  const { cluster, ...declaredNodes } = stack.machines;
  const declared = scenario.nodeType ?? declaredNodes.instanceType;
  const { platform, offers, others, refused } = await acceptedOffers(
    (refused) => {
      const platform = nodePlatform(stack, book, refused);
      return { platform, offers: nodeOffers(platform, declared, scenario) };
    },
    ({ instanceType, count }) =>
      redeclare(stack.stack, cluster.withNodes(typeOf(instanceType), count)),
    scenario,
  );
  const added = jobs.ok.map((line) => addedLine(line, book));
  const rows = offers.map((offer): EqualService => ({
    ...rowOf(platform, offer, [...(others.get(nameOf(offer.machines)) ?? []), ...added], book),
    declared: offer.machines.instanceType === declared,
    cluster,
  }));
  const reasons = rows.some((row) => row.declared)
    ? []
    : [refused.get(declared) ?? refusalOf(stack, platform, declared, scenario)];
  return {
    platform,
    services: rows,
    refused: reasons.map((reason) => ({ stack: stack.stack, target: stack.target, reason })),
    others: othersAt(
      sumOf([...(others.values().next().value ?? []), ...added]),
      scenario,
      stack.priceAt,
      // Declared nodes are in the price all month, whatever the scenario.
      () => exactly(0),
    ),
  };
}

/** The cheapest offer for each way to pay, and the cheapest one of the declared type. */
function nodeOffers(
  platform: NodePlatform,
  declared: string,
  scenario: Scenario,
): readonly Offer<NodePlan>[] {
  const cheapest = platform.offers(scenario);
  const ofDeclared = cheapestOf(platform.offersOf(typeOf(declared), scenario));
  return ofDeclared === undefined || cheapest.some((one) => isSame(one, ofDeclared))
    ? cheapest
    : [...cheapest, ofDeclared];
}

function isSame(one: Offer<NodePlan>, other: Offer<NodePlan>): boolean {
  return one.mode === other.mode && one.machines.instanceType === other.machines.instanceType;
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
      : `${nameOf(better)} would do: pulumi config set nodes.instanceType ${better.instanceType} --stack ${stack} && ` +
        `pulumi config set nodes.count ${better.count} --stack ${stack}`;
  return `${fault}; ${remedy}`;
}

/**
 * The row of a stack with a machine for each notebook: the cheapest that is big enough, of those that the
 * settings of the stack accept.
 */
export async function notebookRows(
  stack: PricedStack & { readonly machines: StackNotebooks },
  scenario: Scenario,
  redeclare: Redeclare,
): Promise<Rows> {
  const { capacity } = profileOf(stack.target);
  if (capacity.kind !== "per-notebook") {
    throw new Error(
      `${stack.target} has nodes, and the stack ${stack.stack} a machine for each notebook`,
    );
  }
  const book = bookFor(stack);
  const { name: product = stack.target, service = stack.target } = capacity.assumed ?? {};
  const jobs = jobLines(jobPlace(service, capacity), book, scenario);
  if ("problem" in jobs) {
    return noRows(stack, jobs.problem);
  }
  const { idleMinutes } = stack.machines;
  const { platform, offers, others } = await acceptedOffers(
    (refused) => {
      const declared = { stack: stack.stack, target: stack.target, idleMinutes };
      const platform = notebookPlatform(
        { ...declared, product, service, types: capacity },
        book,
        refused,
      );
      return { platform, offers: platform.offers(scenario) };
    },
    ({ instanceType }) => redeclare(stack.stack, capacity.withMachine(instanceType)),
    scenario,
  );
  const [offer] = offers;
  if (offer === undefined) {
    return noRows(stack, noMachine(capacity, book.region, scenario));
  }
  const added = jobs.ok.map((line) => addedLine(line, book));
  const beside = [...(others.get(nameOf(offer.machines)) ?? []), ...added];
  const { instanceType } = stack.machines;
  const declared = { kind: "per-notebook", instanceType, idleMinutes } as const;
  return oneRow(
    platform,
    offer,
    {
      lines: beside,
      others: othersAt(sumOf(beside), scenario, stack.priceAt, (one) =>
        sumOf(platform.declared(declared, one).map((line) => addedLine(line, book))),
      ),
    },
    book,
  );
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
  { estimate, priceAt }: Pick<PricedStack, "estimate" | "priceAt">,
  scenario: Scenario,
): Rows {
  const book = bookFor({ estimate });
  const { name: stack, service, idleMinutes } = assumed;
  const platform = notebookPlatform(
    { stack, target, product: stack, service, types: capacity, idleMinutes },
    book,
  );
  const [offer] = platform.offers(scenario);
  const jobs = jobLines(jobPlace(service, capacity), book, scenario);
  if (offer === undefined || "problem" in jobs) {
    return noRows(
      { stack, target },
      "problem" in jobs ? jobs.problem : noMachine(capacity, book.region, scenario),
    );
  }
  const shared = estimate.lines.filter(({ part }) => part === "shared");
  const disks = (one: Scenario): Amount => addedLine(assumedDisks(assumed, one), book).amount;
  const added = [assumedDisks(assumed, scenario), ...jobs.ok];
  const beside = [...shared, ...added.map((line) => addedLine(line, book))];
  const sharedAt = priceAt && ((usage: Usage) => priceAt(usage, "shared"));
  const others = othersAt(sumOf(beside), scenario, sharedAt, (one) => {
    const { leastCents } = disks(one);
    // Added to the shared part, and not taken off it.
    return exactly(-leastCents);
  });
  return oneRow(platform, offer, { lines: beside, others }, book);
}

/** Rows of a stack that cannot hold the notebooks. */
export function noRows(
  { stack, target }: Pick<Platform, "stack" | "target">,
  reason: string,
): Rows {
  return {
    platform: { stack, target, offers: () => [] },
    services: [],
    refused: [{ stack, target, reason }],
    others: () => exactly(0),
  };
}

function oneRow(
  platform: Platform<NotebookPlan>,
  offer: Offer,
  { lines, others }: Pick<Rows, "others"> & { readonly lines: readonly EstimateLine[] },
  book: PriceBook,
): Rows {
  const row = { ...rowOf(platform, offer, lines, book), declared: false };
  return { platform, services: [row], refused: [], others };
}

function rowOf(
  { stack, target, region }: Omit<Platform, "offers" | "declared">,
  { machines, mode, lines }: Offer,
  others: readonly EstimateLine[],
  book: PriceBook,
): Omit<EqualService, "declared"> {
  const all = [...others, ...lines.map((line) => addedLine(line, book))];
  return {
    stack,
    target,
    region,
    currency: book.currency,
    machines,
    service: { mode, lines: all, ...totalsOf(all) },
  };
}

/** The prices of a stack's region in the currency of its estimate. */
function bookFor({ estimate: { region, currency } }: Pick<PricedStack, "estimate">): PriceBook {
  return priceBook(region, currency);
}
