import { estimate, type Estimate } from "../cost/estimate";
import { priceBook } from "../cost/price-book";
import { record } from "../cost/record";
import type { Usage } from "../cost/usage";
import { declarePlatform } from "../platform";
import { loadSettings } from "../settings";
import { PROJECT } from "../settings/load";
import { readStackFile } from "../settings/stack-file";

/** The instances of a cluster, as its settings have them. */
export interface DeclaredNodes {
  readonly instanceType: string;
  /** Value of `nodes.count`. */
  readonly count: number;
}

/** Settings by path that stand in for those of the stack file, e.g. `{ "nodes.count": "5" }`. */
export type Overrides = Readonly<Record<string, string>>;

/** A stack with its estimate. */
export interface PricedStack {
  readonly stack: string;
  readonly target: string;
  readonly estimate: Estimate;
  /** What is odd about the stack's settings, in full sentences. */
  readonly warnings: readonly string[];
  /** @default the target has no machines of its own */
  readonly nodes?: DeclaredNodes;
}

/** What a price depends on beside the stack. */
export interface PriceStackOptions {
  readonly usage: Usage;
  /** `YYYY-MM-DD` */
  readonly today: string;
  /** @default the stack as its file has it */
  readonly overrides?: Overrides;
}

/**
 * Runs the program of a stack without an engine and prices what it declares.
 *
 * @throws SettingsError when the stack file is absent or refused, CostError when it has no price.
 */
export async function priceStack(
  folder: string,
  stack: string,
  { usage, today, overrides = {} }: PriceStackOptions,
): Promise<PricedStack> {
  const config = {
    ...readStackFile(folder, stack),
    ...Object.fromEntries(
      Object.entries(overrides).map(([path, value]) => [`${PROJECT}:${path}`, value]),
    ),
  };
  const { settings, warnings } = loadSettings(stack, config, today);
  const book = priceBook(settings.region);
  const resources = await withoutStackTraces(() =>
    record(() => declarePlatform(settings, config, today), {
      stack,
      region: settings.region,
      preview: true,
    }),
  );
  return {
    stack,
    target: settings.target,
    estimate: estimate(resources, { book, usage, today }),
    warnings: warnings.map(({ problem }) => problem),
    ...("nodes" in settings && {
      nodes: { instanceType: settings.nodes.instanceType, count: settings.nodes.count },
    }),
  };
}

/**
 * Pulumi takes a stack trace of every promise, and reading it back through source maps costs more
 * than the program itself. The tests record the same program with full traces.
 */
async function withoutStackTraces<T>(run: () => Promise<T>): Promise<T> {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return await run();
  } finally {
    Error.stackTraceLimit = limit;
  }
}
