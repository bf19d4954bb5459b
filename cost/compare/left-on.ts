import { product, type Amount } from "../amount";
import { HOURS_PER_MONTH } from "../rule";
import type { Scenario } from "../scenarios/scenario";
import { notebooks } from "../scenarios/scenario-usage";
import type { EqualService } from "./equal-service";

/** The machine of a notebook that nothing stops: a running terminal or kernel counts as activity. */
export interface LeftOn {
  readonly stack: string;
  readonly instanceType: string;
  /** True for a node, which other notebooks share. */
  readonly isNode: boolean;
  /** One machine in a month of 730 hours. */
  readonly leftOn: Amount;
  /** The same machine where notebooks are stopped when idle. */
  readonly stopped: Amount;
}

/** Cost of a notebook that is left on for a month, for the rows in which idle machines are off. */
export function leftOnOf(services: readonly EqualService[], scenario: Scenario): LeftOn[] {
  return services.flatMap(({ stack, machines, cluster, declared, service }) => {
    const isNode = machines.kind === "nodes";
    // The machines' own lines come after all others, of which some may be nodes, too: those with a GPU.
    const line = service.lines.findLast(({ usage, category, unit }) =>
      isNode ? category === "compute" && unit === "hour" : usage === "notebookHours",
    );
    const isOff = service.mode === "working hours" || service.mode === "by use";
    if (declared || !isOff || line?.quantity === undefined) {
      return [];
    }
    const many = isNode ? machines.count - (cluster?.controlPlanes ?? 0) : notebooks(scenario);
    return [
      {
        stack,
        instanceType: machines.instanceType,
        isNode,
        leftOn: product(HOURS_PER_MONTH, line.unitPrice),
        stopped: product(line.quantity / many, line.unitPrice),
      },
    ];
  });
}
