import { cents, dollars } from "../cost/money";
import type { Currency } from "../cost/currency";
import { sumOf } from "../cost/estimate";
import { ASSUMED, type AssumedName } from "../cost/scenarios/assumed";
import { scenarioField, type Scenario } from "../cost/scenarios/scenario";
import { notebooks, workingHours } from "../cost/scenarios/scenario-usage";
import { list, type Block } from "./document";
import type { BreakEven, Stretch } from "../cost/compare/break-even";
import type { EqualComparison, EqualService } from "../cost/compare/equal-service";
import { hourlyWage, labourOf, type Labour } from "../cost/compare/labour";
import { leftOnOf, type LeftOn } from "../cost/compare/left-on";
import type { Sensitivity } from "../cost/compare/sensitivity";
import { notebookSize } from "./stack-warnings";
import { compact, counted, hourly, machineName, money, number, share } from "./numbers";
import { unitCosts } from "../cost/compare/unit-costs";
import type { Report } from "./report";
import type { Column, Row } from "./table";

const columns = ({ code }: Currency): readonly Column[] => [
  { title: "Stack", align: "left" },
  { title: "Machines", align: "left" },
  { title: "How they run", align: "left" },
  { title: "Shared", align: "right" },
  { title: "Target", align: "right" },
  { title: `${code}/month`, align: "right" },
  { title: "A person", align: "right" },
  { title: "Notebook-hour", align: "right" },
];

const SENSITIVITY: readonly Column[] = [
  { title: "Assumption", align: "left" },
  { title: "Now", align: "right" },
  { title: "Cheapest stack changes", align: "left" },
];

/**
 * The same notebooks on every platform: what each costs, from how many hours on which is cheaper, and on
 * which assumptions that rests.
 */
export function equalReport(
  equal: EqualComparison,
  report: Pick<Report, "scenario" | "currency">,
): Block[] {
  return [
    ...serviceBlocks(equal, report),
    ...breakEvenBlocks(equal),
    ...sensitivityBlocks(equal),
    ...besideBlocks(equal, report),
  ];
}

/** Costs of each stack that gets the machines for all notebooks, and those that cannot. */
export function serviceBlocks(
  equal: EqualComparison,
  { scenario, currency }: Pick<Report, "scenario" | "currency">,
): Block[] {
  const many = notebooks(scenario);
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
    ...list(
      "Other machines are the cheapest with a little more or less memory in a notebook",
      equal.edges.map(
        ({ stack, machines: found, mode, notebookGib, total }) =>
          `${stack}: ${machineName(found)}, ${mode}, ${money(total)} for notebooks of ${number(notebookGib)} GiB`,
      ),
    ),
  ];
}

/** The hours at which each two stacks cost the same. */
export function breakEvenBlocks({ breakEvens }: EqualComparison): Block[] {
  return list("Break-even, in hours a month of each notebook", breakEvens.map(breakEvenText));
}

/** The assumptions that would change the cheapest stack; none where there is nothing to change to. */
export function sensitivityBlocks(equal: EqualComparison): Block[] {
  return [
    ...(equal.sensitivity.length === 0
      ? []
      : [
          {
            kind: "title",
            text: `What would change the cheapest stack, now ${equal.sensitivity[0]?.cheapest ?? ""}`,
          } as const,
          {
            kind: "table",
            columns: SENSITIVITY,
            rows: equal.sensitivity.map(sensitivityRow),
          } as const,
        ]),
  ];
}

/** Amounts beside those of the rows: labour, machines left on, control planes. */
export function besideBlocks(
  equal: EqualComparison,
  { scenario, currency }: Pick<Report, "scenario" | "currency">,
): Block[] {
  return [
    ...list(
      `With people's work, at ${dollars(cents(1, hourlyWage(scenario, currency) ?? 0))} an hour`,
      (labourOf(equal.services, scenario) ?? []).map(labourText),
    ),
    ...list("A notebook left on for a month", leftOnOf(equal.services, scenario).map(leftOnText)),
    ...list("Control plane's share of these amounts", equal.services.flatMap(controlPlane)),
  ];
}

function serviceRow(one: EqualService, scenario: Scenario): Row {
  const { shared, target, total, mode } = one.service;
  const { perPerson, perNotebookHour } = unitCosts(total, notebooks(scenario), scenario);
  return {
    kind: "line",
    cells: [
      one.stack,
      `${machineName(one.machines)}${one.declared ? " *" : ""}`,
      mode,
      share(shared),
      share(target),
      compact(total),
      share(perPerson),
      perNotebookHour === undefined ? "-" : hourly(perNotebookHour),
    ],
  };
}

/** `eks and sagemaker: sagemaker up to 201.3, then eks`. */
function breakEvenText({ stacks, stretches }: BreakEven): string {
  const name = ({ stack }: Stretch): string => stack ?? "both the same";
  const parts = stretches.map((stretch, index) =>
    index < stretches.length - 1
      ? `${name(stretch)} up to ${stretch.toHours.toFixed(1)}`
      : `${name(stretch)}${stretches.length === 1 ? " at any hours" : ""}`,
  );
  return `${stacks.join(" and ")}: ${parts.join(", then ")}`;
}

function sensitivityRow({ field, now, from, to, below, above }: Sensitivity): Row {
  const { unit = "" } = scenarioField(field) ?? {};
  const turns = [
    ...(below === undefined ? [] : [`below ${rounded(below.at)} to ${below.stack}`]),
    ...(above === undefined ? [] : [`above ${rounded(above.at)} to ${above.stack}`]),
  ];
  return {
    kind: "line",
    cells: [
      field,
      counted(now, unit),
      turns.length === 0 ? `not from ${rounded(from)} to ${rounded(to)}` : turns.join(", "),
    ],
  };
}

function rounded(value: number): string {
  return number(Math.round(value * 100) / 100);
}

function labourText({ stack, hours, labour, total }: Labour): string {
  return `${stack}: ${money(total)}, of which ${money(labour)} for ${counted(hours, "hour")}`;
}

function leftOnText({ stack, instanceType, isNode, leftOn, stopped }: LeftOn): string {
  const what = isNode ? `keeps a node of ${instanceType} on` : `keeps its ${instanceType} on`;
  return `${stack}: ${what}, ${money(leftOn)} instead of ${money(stopped)}`;
}

/** The part of a cluster's amount that holds no notebook, of its cheapest nodes that are always on. */
function controlPlane({ stack, machines: found, cluster, service }: EqualService): string[] {
  if (found.kind !== "nodes" || cluster === undefined || service.mode !== "always on") {
    return [];
  }
  const amount = sumOf(service.lines.filter(({ category }) => category === "control plane"));
  const what =
    cluster.controlPlanes > 0
      ? `${number(cluster.controlPlanes)} of the ${machineName(found)}, on demand`
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
    "Memory is what a notebook's kernels and its Jupyter server can use, on both sides: on a node it is reserved " +
      "for them; of a Studio instance, kernel and AWS's own processes keep a part.",
    "CPU: a notebook has notebookVcpus at all times and takes all of them while it is in use; its machine has at " +
      "least notebookPeakVcpus. Burstable machines that give less cost surplus CPU credits, a line of their own.",
    ...Object.entries(ASSUMED).map(
      ([name, { doc, unit, fallback, reason }]) =>
        `${name} = ${counted(scenario[name as AssumedName], unit)}: ${doc}. ` +
        (scenario[name as AssumedName] === fallback
          ? `Assumed: ${reason}.`
          : "Set by the scenario."),
    ),
    ...(sharedCostsFrom === undefined
      ? []
      : [
          `Studio: no stack compared has the target sagemaker, so its apps and disks are added to the shared part ` +
            `of ${sharedCostsFrom}. Not in it: the home file system and the login broker.`,
        ]),
    ...jobsMethod(scenario),
    ...(labourOf(services, scenario) === undefined
      ? [
          "People's work is in no amount: for that a scenario needs hourlyWageUsd, and adminHoursPerMonth of every target.",
        ]
      : []),
    `Break-even: each stack in its cheapest way. People, notebooks and ${counted(scenario.daysPerMonth, "day")} a month are fixed; only the hours in which each notebook is in use change, up to the ${number(24 * scenario.daysPerMonth)} that these days have.`,
  ];
}

/** A sentence on training and endpoints. */
function jobsMethod({ trainingHours = 0, endpointHours = 0 }: Scenario): string[] {
  return [
    trainingHours + endpointHours === 0
      ? "Training and endpoints are in no amount: the scenario has no trainingHours and no endpointHours."
      : "Training and endpoints: machines run for their hours only, on a cluster as further nodes. Their disks and the " +
        "data that they read are not counted.",
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
  const disks = [...clusters].map(
    ([target, { whenOff }]) =>
      `those of ${target} are ${whenOff} and ${whenOff === "stopped" ? "keep" : "lose"} their root disks`,
  );
  return [
    "Clusters: the stack is declared once more with the nodes that hold all notebooks at once, whole " +
      "notebooks on each. For each way to pay there is a row with the cheapest type of nodes that the settings " +
      "accept, root disks and CPU credits counted in; * marks the type that the stack or the scenario " +
      "names, whose cheapest way is a row, too. Kubelet and the cluster's own pods keep their share of each " +
      `node (pods: ${shares.join(", ")}).${own.join("")}`,
    `Working hours: nodes run from the start of the first person until the last notebook is stopped; ` +
      `then ${disks.join(", ")}. Addresses and the control plane are paid all month. Nothing here switches ` +
      "machines off: you have to set that up.",
    "1 year: standard reserved instances for every machine, always on, paid by the month (no upfront) or for the " +
      "whole year at its start (all upfront; a month is a twelfth of it). A change of type or number before the " +
      "end of the year is paid in addition.",
  ];
}
