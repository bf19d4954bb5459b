import { estimate, type Estimate } from "../cost/estimate";
import { priceBook } from "../cost/price-book";
import { record } from "../cost/record";
import type { Usage } from "../cost/usage";
import { declarePlatform } from "../platform";
import { loadSettings } from "../settings";
import { readStackFile } from "../settings/stack-file";

/** A stack with its estimate. */
export interface PricedStack {
  readonly stack: string;
  readonly target: string;
  readonly estimate: Estimate;
  /** What is odd about the stack's settings, in full sentences. */
  readonly warnings: readonly string[];
}

/**
 * Runs the program of a stack without an engine and prices what it declares.
 *
 * @throws SettingsError when the stack file is absent or refused, CostError when it has no price.
 */
export async function priceStack(
  folder: string,
  stack: string,
  { usage, today }: { readonly usage: Usage; readonly today: string },
): Promise<PricedStack> {
  const config = readStackFile(folder, stack);
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
