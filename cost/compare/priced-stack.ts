import type { Estimate } from "../estimate";

/** The instances of a cluster, as its settings have them. */
export interface DeclaredNodes {
  readonly instanceType: string;
  /** Value of `nodes.count`. */
  readonly count: number;
  /** Fewest and most between which an autoscaler chooses. @default always `count` */
  readonly min?: number;
  readonly max?: number;
}

/** What of Studio's settings a comparison reads. */
export interface DeclaredStudio {
  readonly instanceType: string;
  readonly idleMinutes: number;
}

/** Settings by path that stand in for those of the stack file, e.g. `{ "nodes.count": "5" }`. */
export type Overrides = Readonly<Record<string, string>>;

/** A stack with its estimate. */
export interface PricedStack {
  readonly stack: string;
  readonly target: string;
  readonly estimate: Estimate;
  /** What is odd about the stack's settings: a sentence, and on a line below it what mends it. */
  readonly warnings: readonly string[];
  /** @default the target has no machines of its own */
  readonly nodes?: DeclaredNodes;
  /** On what notebooks of Studio start, and when they are stopped. @default the target is not Studio */
  readonly studio?: DeclaredStudio;
}
