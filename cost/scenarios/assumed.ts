import { HIDDEN_MEMORY_PERCENT } from "../../settings/values/instance-types";
import { number, whole, type ScenarioField } from "./field";

/** A number that a scenario may leave out: the comparison then assumes one, for a reason. */
export interface AssumedField extends ScenarioField {
  /** Value of a scenario that has none of its own. */
  readonly fallback: number;
  /** Reason for the fallback, or its source: a clause. */
  readonly reason: string;
}

/**
 * Assumptions of equal service that nobody measures. Reports print each with its reason, and at which
 * value another stack would be the cheapest.
 */
export const ASSUMED = {
  hiddenMemoryPercent: {
    ...number(
      "Memory of a machine that kernel and hypervisor keep, of a node and of a Studio instance alike",
      "%",
      [0, 50],
    ),
    fallback: HIDDEN_MEMORY_PERCENT,
    reason: "Karpenter's value for every type",
  },
  studioSystemGib: {
    ...number(
      "Memory of a Studio instance that AWS's own processes keep beside the kernel",
      "GiB",
      [0, 16],
    ),
    fallback: 0.5,
    reason:
      "AWS states no figure; kubelet and the cluster's own pods keep 0.2 to 0.8 GiB of a t3.large",
  },
  fewestNodes: {
    ...whole("Fewest machines of a cluster", "machine", [1, 50]),
    fallback: 3,
    reason: "one can be lost or replaced while people work",
  },
  spreadHours: {
    ...number(
      "Hours on a day between the start of the first person and of the last",
      "hour",
      [0, 23],
    ),
    fallback: 2,
    reason: "people with flexible hours begin between 8 and 10 o'clock",
  },
  studioCreditsBilledPercent: {
    ...number("Surplus CPU credits of ml.t3 that AWS bills, at the price of t3", "%", [0, 100]),
    fallback: 0,
    reason: "no source says that AWS bills any",
  },
} as const satisfies Readonly<Record<string, AssumedField>>;

/** Name of an assumed number. */
export type AssumedName = keyof typeof ASSUMED;
