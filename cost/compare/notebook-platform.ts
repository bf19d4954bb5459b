import type { TargetName } from "../../settings/shared";
import type { AssumedService } from "../../settings/targets/profile";
import type { PriceBook } from "../price-book";
import { billedHours } from "../scenarios/billed-hours";
import type { Scenario } from "../scenarios/scenario";
import { notebookHours, notebooks, usageOf } from "../scenarios/scenario-usage";
import { credits } from "./node-platform";
import {
  isAsBig,
  notebookMachines,
  type MachineTypes,
  type NotebookMachine,
} from "./notebook-machine";
import { offerOf, type Addition, type NotebookPlan, type Platform } from "./offer";
import { surplusVcpuHours } from "./ways";

/** A platform with a machine for each notebook. */
export interface NotebookPlatform {
  readonly stack: string;
  readonly target: TargetName;
  /** Name of the product, and AWS's name of the service on a bill. */
  readonly product: string;
  readonly service: string;
  readonly types: MachineTypes;
  /** Minutes without activity after which AWS stops a machine. */
  readonly idleMinutes: number;
}

/**
 * Each notebook on the cheapest machine that is big enough.
 *
 * @param refused AWS's names of machines that the settings refuse. @default none
 */
export function notebookPlatform(
  platform: NotebookPlatform,
  book: PriceBook,
  refused: ReadonlySet<string> = new Set(),
): Platform<NotebookPlan> {
  const { stack, target, types, idleMinutes } = platform;
  const machines = notebookMachines(types, book).filter(({ name }) => !refused.has(name));
  return {
    stack,
    target,
    region: book.region,
    offers: (scenario) => {
      const machine = machines.find(({ type }) => isAsBig(type, scenario));
      if (machine === undefined) {
        return [];
      }
      const plan = { kind: "per-notebook", instanceType: machine.name, idleMinutes } as const;
      const lines = [
        hoursLine(platform, machine, scenario),
        ...creditLines(platform, machine, scenario),
      ];
      return [offerOf({ machines: plan, mode: "by use", lines }, book)];
    },
    declared: ({ instanceType }, scenario) =>
      machines
        .filter(({ name }) => name === instanceType)
        .map((machine) => hoursLine(platform, machine, scenario)),
  };
}

function hoursLine(
  { product, service, idleMinutes }: NotebookPlatform,
  { name, priceKey }: NotebookMachine,
  scenario: Scenario,
): Addition {
  const many = notebooks(scenario);
  const days = many * scenario.daysPerMonth;
  return {
    service,
    category: "notebooks",
    label: `${product} notebooks (${name}, stopped after ${idleMinutes} idle minutes)`,
    unit: "hour",
    quantity: billedHours({ notebooks: many, hours: notebookHours(scenario), days }, idleMinutes),
    usage: "notebookHours",
    priceKey,
  };
}

/** Surplus CPU credits, as far as the scenario says that AWS bills them. */
function creditLines(
  { idleMinutes }: NotebookPlatform,
  { type }: NotebookMachine,
  scenario: Scenario,
): Addition[] {
  const baseline = (type.baselineVcpus ?? Infinity) * notebooks(scenario);
  const hours = Math.min(24, scenario.hoursPerDay + idleMinutes / 60);
  const surplus = surplusVcpuHours(scenario, baseline, hours);
  return credits(type, (surplus * scenario.studioCreditsBilledPercent) / 100);
}

/** The disks of notebooks on a platform that no compared stack has. */
export function assumedDisks(
  { name, service, diskPriceKey }: AssumedService,
  scenario: Scenario,
): Addition {
  return {
    service,
    category: "disks",
    label: `${name} disks`,
    unit: "GB-month",
    quantity: usageOf(scenario).notebookDisksGb ?? 0,
    usage: "notebookDisksGb",
    priceKey: diskPriceKey,
  };
}
