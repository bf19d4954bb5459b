import type { Currency } from "../cost/currency";
import { sumOf } from "../cost/estimate";
import { dollars } from "../cost/money";
import type { Scenario } from "../cost/scenarios/scenario";
import { notebooks, workingHours } from "../cost/scenarios/scenario-usage";
import { list, type Block } from "./document";
import type { Crossing, EqualComparison, EqualService } from "../cost/compare/equal-capacity";
import { notebookSize } from "./stack-warnings";
import { counted, hourly, money, number, share } from "./numbers";
import { unitCosts } from "../cost/compare/unit-costs";
import type { Report } from "./report";
import type { Column, Row } from "./table";

const columns = ({ code }: Currency): readonly Column[] => [
  { title: "Stack", align: "left" },
  { title: "Machines", align: "left" },
  { title: "How they run", align: "left", grow: true },
  { title: "Shared", align: "right" },
  { title: "Target", align: "right" },
  { title: `${code}/month`, align: "right" },
  { title: "A person", align: "right" },
  { title: "Notebook-hour", align: "right" },
];

const CROSSINGS: readonly Column[] = [
  { title: "Cheaper with fewer hours", align: "left" },
  { title: "Cheaper with more hours", align: "left", grow: true },
  { title: "Break-even, hours a month", align: "right" },
];

/** The same notebooks on every platform: what each costs, and from how many hours on which is cheaper. */
export function equalReport(
  equal: EqualComparison,
  { scenario, currency }: Pick<Report, "scenario" | "currency">,
): Block[] {
  const many = notebooks(scenario);
  const crossed = equal.crossings.filter(({ hoursPerMonth }) => hoursPerMonth !== undefined);
  return [
    {
      kind: "title",
      text: `Equal service: ${counted(many, "notebook")} of ${notebookSize(scenario)} at once, ${counted(workingHours(scenario), "hour")} a month each`,
    },
    {
      kind: "table",
      columns: columns(currency),
      rows: equal.services.map((one) => serviceRow(one, scenario)),
    },
    ...list(
      "Cannot hold these notebooks",
      equal.refused.map(({ stack, reason }) => `${stack}: ${reason}`),
    ),
    ...(crossed.length === 0
      ? []
      : [{ kind: "table", columns: CROSSINGS, rows: crossed.map(crossingRow) } as const]),
    ...list("Cheaper at any hours", atAnyHours(equal.crossings)),
    ...list(
      "The same at any hours",
      equal.crossings.flatMap(({ same, cheaperBelow, cheaperAbove }) =>
        same ? `${nameOf(cheaperBelow)}, ${nameOf(cheaperAbove)}` : [],
      ),
    ),
    ...list("Control plane's share of these amounts", equal.services.flatMap(controlPlane)),
    ...list(
      "Cheaper machines for the same",
      equal.cheaperNodes.map(
        ({ stack, count, instanceType, savedCents }) =>
          `${stack}: ${number(count)} × ${instanceType} hold the same notebooks and cost ${dollars(savedCents)} less a month when always on; set nodeType in the scenario file`,
      ),
    ),
    ...list("How the service is made equal", method(equal, scenario)),
  ];
}

function serviceRow(one: EqualService, scenario: Scenario): Row {
  const { shared, target, total, mode } = one.service;
  const { perPerson, perNotebookHour } = unitCosts(total, notebooks(scenario), scenario);
  return {
    kind: "line",
    cells: [
      one.stack,
      machines(one),
      mode,
      share(shared),
      share(target),
      money(total),
      share(perPerson),
      perNotebookHour === undefined ? "-" : hourly(perNotebookHour),
    ],
  };
}

function machines({ machines: found }: EqualService): string {
  return found.kind === "nodes"
    ? `${number(found.count)} × ${found.instanceType}`
    : found.instanceType;
}

function crossingRow({ cheaperBelow, cheaperAbove, hoursPerMonth }: Crossing): Row {
  return {
    kind: "line",
    cells: [nameOf(cheaperBelow), nameOf(cheaperAbove), hoursPerMonth?.toFixed(1) ?? "never"],
  };
}

/** Services that are cheaper than others, however long notebooks are in use. */
function atAnyHours(crossings: readonly Crossing[]): string[] {
  const cheaper = new Map<string, string[]>();
  for (const { cheaperBelow, cheaperAbove, hoursPerMonth, same } of crossings) {
    if (hoursPerMonth === undefined && !same) {
      const name = nameOf(cheaperBelow);
      cheaper.set(name, [...(cheaper.get(name) ?? []), nameOf(cheaperAbove)]);
    }
  }
  return [...cheaper].map(([name, others]) => `${name}: than ${others.join(", ")}`);
}

function nameOf({ stack, service }: EqualService): string {
  return `${stack} (${service.mode})`;
}

/** The part of a cluster's amount that holds no notebook; both ways to run it have the same. */
function controlPlane({ stack, machines: found, cluster, service }: EqualService): string[] {
  if (found.kind !== "nodes" || cluster === undefined || service.mode !== "always on") {
    return [];
  }
  const amount = sumOf(service.lines.filter(({ category }) => category === "control plane"));
  const what =
    cluster.controlPlanes > 0
      ? `${number(cluster.controlPlanes)} of the ${number(found.count)} × ${found.instanceType}`
      : "AWS's own";
  return [`${stack}: ${money(amount)}, ${what}`];
}

/** The assumptions of the comparison, in full sentences. */
export function method(
  { services, sharedCostsFrom }: EqualComparison,
  scenario: Scenario,
): string[] {
  return [
    ...clusterMethod(services),
    ...services.flatMap(({ stack, machines: found }) =>
      found.kind === "per-notebook"
        ? [
            `${stack}: an app for each notebook, of the cheapest type with a price that is as big. It is stopped ` +
              `after ${number(found.idleMinutes)} idle minutes, so each of ` +
              `${counted(scenario.daysPerMonth, "day")} costs ${counted(found.idleMinutes / 60, "hour")} more ` +
              `at most, which is counted.`,
          ]
        : [],
    ),
    "Not equal: an app of Studio has all that its type lists, while of a node's notebooks only what is left counts, " +
      "and it is burstable where the cheapest is an ml.t3. CPU credits are in no amount: nodes of t3, t3a and " +
      "t4g cost more beyond their baseline; whether AWS bills that of ml.t3, no source found says.",
    ...(sharedCostsFrom === undefined
      ? []
      : [
          `Studio: no stack compared has the target sagemaker, so its apps and disks are added to the shared part ` +
            `of ${sharedCostsFrom}. Not in it: the home file system and the login broker.`,
        ]),
    `Break-even: people, notebooks and ${counted(scenario.daysPerMonth, "day")} a month stay; only the hours in which each notebook is in use change, up to the ${number(24 * scenario.daysPerMonth)} that these days have.`,
  ];
}

/** Sentences on how nodes are counted; none where no cluster is compared. */
function clusterMethod(services: readonly EqualService[]): string[] {
  const clusters = new Map(
    services.flatMap(({ target, cluster }) => (cluster === undefined ? [] : [[target, cluster]])),
  );
  if (clusters.size === 0) {
    return [];
  }
  const shares = [...clusters].map(
    ([target, { system }]) => `${system.eachNode.millicores}m on ${target}`,
  );
  const own = [...clusters]
    .filter(([, { controlPlanes }]) => controlPlanes > 0)
    .map(([target]) => ` The control plane of ${target} is one machine more, of the same type.`);
  return [
    "Clusters: the stack is declared once more with the nodes that hold all notebooks at once, whole " +
      "notebooks on each, three at least. The kernel keeps 7.5 % of a node's listed memory; kubelet and " +
      `the cluster's own pods keep their share (pods: ${shares.join(", ")}).${own.join("")}`,
    "Working hours: nodes run exactly while people work; disks, addresses and the control plane " +
      "are paid all month. Nothing here switches machines off: you have to set that up.",
    "Each notebook has a gp3 volume of its own on a cluster.",
  ];
}
