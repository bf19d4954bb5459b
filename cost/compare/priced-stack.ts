import type { TargetName } from "../../settings/shared";
import type {
  DeclaredNodes,
  DeclaredNotebook,
  NodeCapacity,
  Overrides,
} from "../../settings/targets/profile";
import type { PodRequests } from "../../settings/values/resources";
import type { Amount } from "../amount";
import type { Estimate } from "../estimate";
import type { Usage } from "../scenarios/usage";
import type { Scope } from "../scope";

/** A cluster as the capacity model sees it: its target's capacity, and the requests of its own pods. */
export interface Cluster extends Pick<
  NodeCapacity<never>,
  "controlPlanes" | "whenOff" | "kubeletReserves" | "withNodes"
> {
  /** Requests of the pods of the cluster itself: its distribution, charts and add-ons. */
  readonly system: Required<PodRequests>;
  /** Tells whether the settings allow a value of `nodes.count`. */
  readonly accepts: (count: number) => boolean;
  /** Values of `nodes.count`, as they read after "must be". */
  readonly allowed: string;
}

/** Nodes that hold several notebooks each. */
export interface StackNodes extends DeclaredNodes {
  readonly kind: "nodes";
  /** True if each worker has a public IPv4 address of its own. @default false */
  readonly publicAddresses?: boolean;
  readonly cluster: Cluster;
}

/** Machines that AWS starts for one notebook each. */
export interface StackNotebooks extends DeclaredNotebook {
  readonly kind: "per-notebook";
}

/** The machines on which a stack runs notebooks. */
export type Machines = StackNodes | StackNotebooks;

/** A stack with its estimate. */
export interface PricedStack {
  readonly stack: string;
  readonly target: TargetName;
  readonly estimate: Estimate;
  /** Sentences about odd settings of the stack, each with the command that changes it on a line below. */
  readonly warnings: readonly string[];
  readonly machines: Machines;
  /**
   * Price of an hour of what one training run occupies, as the workload does it: a share of a node, or an instance.
   * @default the stack's settings allow no training jobs, or the machine has no price
   */
  readonly trainingHour?: number;
  /**
   * The stack's price, or that of one part of it, as a function of usage.
   * @default it has what the estimate says at any usage
   */
  readonly priceAt?: (usage: Usage, part?: Scope) => Amount;
  /** Tells whether the stack's settings stay valid with these in their place. @default always */
  readonly accepts?: (overrides: Overrides) => boolean;
}
