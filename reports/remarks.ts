import type { PricedStack } from "../cost/compare/priced-stack";
import { holdsAll, stackUnitCosts } from "../cost/compare/unit-costs";
import { conversion } from "../cost/currency";
import { NOT_INCLUDED } from "../cost/rules";
import type { Scenario } from "../cost/scenarios/scenario";
import { notebooks } from "../cost/scenarios/scenario-usage";
import { listed } from "../settings/foreign-text";
import { assumptions } from "./assumptions";
import type { Block } from "./document";
import { allNotebooks, counted, number } from "./numbers";
import type { Report } from "./report";
import { notebookSize, nodeRange } from "./stack-warnings";

/** Names in one remark; the others are counted. */
const MOST_NAMES = 4;

/** A report as far as the remarks need it. */
type Remarked = Pick<Report, "scenario" | "currency"> & {
  readonly stacks: readonly Pick<PricedStack, "stack" | "estimate">[];
};

/**
 * The lists below the tables in short: a line for what is assumed, what depends on usage, what is not priced and how
 * old the prices are.
 *
 * @param special remarks of one report, above those. @default none
 */
export function remarks(report: Remarked, special: readonly string[] = []): Block {
  return {
    kind: "list",
    title: "In short; --explain prints it whole",
    oneLine: true,
    entries: [
      ...special,
      scenarioInShort(report.scenario),
      ...usageInShort(report),
      notPricedInShort(report),
      ...pricesInShort(report),
    ],
  };
}

/** The same lists, in short or whole. */
export function remarksOrAssumptions(
  report: Remarked,
  explain: boolean,
  special: readonly string[] = [],
): Block[] {
  return explain ? assumptions(report) : [remarks(report, special)];
}

/** Remarks on stacks as they are declared: which serve the scenario, and how many nodes of a range are priced. */
export function stackRemarks({
  stacks,
  regions,
  scenario,
  equal,
}: Pick<Report, "stacks" | "regions" | "scenario" | "equal">): string[] {
  const all = notebooks(scenario);
  const namesOf = (some: readonly PricedStack[]): string =>
    listed([...new Set(some.map(({ stack }) => stack))], MOST_NAMES);
  const empty = stacks.filter((one) => stackUnitCosts(one, scenario).notebooksHeld === 0);
  const ranges = new Set(
    stacks.flatMap((one) => {
      const range = nodeRange(one.machines);
      return range === undefined ? [] : [`${one.stack} at ${range}`];
    }),
  );
  return [
    ...(stacks.some((one) => holdsAll(one, scenario))
      ? []
      : [
          `None holds ${allNotebooks(all)}` +
            (regions === undefined && stacks.length > 1 ? ", so none is called the cheapest" : "") +
            (equal === undefined ? ": see --equal" : ": see equal service"),
        ]),
    ...(empty.length === 0 ? [] : [`No room for a notebook: ${namesOf(empty)}`]),
    ...(ranges.size === 0 ? [] : [`Priced: ${listed([...ranges], MOST_NAMES)}`]),
  ];
}

/** `Scenario team: 10 people × 1 notebook of 1 vCPU and 4 GiB, 6 hours on 20 days`. */
export function scenarioInShort(scenario: Scenario): string {
  const { name, people, notebooksPerPerson, hoursPerDay, daysPerMonth } = scenario;
  return (
    `Scenario ${name}: ${counted(people, "person")} × ${counted(notebooksPerPerson, "notebook")} of ` +
    `${notebookSize(scenario)}, ${counted(hoursPerDay, "hour")} on ${counted(daysPerMonth, "day")}`
  );
}

function usageInShort({ stacks }: Remarked): string[] {
  const missing = [...new Set(stacks.flatMap(({ estimate }) => estimate.missingUsage))].sort();
  return missing.length === 0
    ? []
    : [`+ means more with usage that is not stated: ${missing.join(", ")}`];
}

/** The subject of each sentence on what is not priced. */
function notPricedInShort({ stacks }: Remarked): string {
  const types = new Set(
    stacks.flatMap(({ estimate }) => estimate.unpriced.map(({ type }) => type)),
  );
  const subjects = NOT_INCLUDED.map((sentence) => (/^[^.,:]+/.exec(sentence)?.[0] ?? "").trim());
  const listedTypes = types.size === 0 ? [] : [counted(types.size, "type of resource")];
  return `Not priced: ${[...subjects.map(uncapitalised), ...listedTypes].join("; ")}`;
}

function uncapitalised(text: string): string {
  // "CPU" stays as it is.
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

function pricesInShort({ stacks, currency }: Remarked): string[] {
  const estimates = stacks.map(({ estimate }) => estimate);
  const days = estimates.flatMap(({ prices }) => [prices.oldest ?? [], prices.newest ?? []].flat());
  const [oldest, newest] = [days.toSorted()[0], days.toSorted().at(-1)];
  const derived = new Set(estimates.flatMap(({ prices }) => prices.derived));
  if (oldest === undefined || newest === undefined) {
    return [];
  }
  const age = oldest === newest ? oldest : `${oldest} to ${newest}`;
  return [
    `Prices: on demand, confirmed ${age}` +
      (derived.size === 0 ? "" : `, ${number(derived.size)} derived`),
    ...[conversion(currency)].filter((sentence) => sentence !== undefined),
  ];
}
