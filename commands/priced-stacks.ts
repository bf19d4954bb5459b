import type { PricedStack } from "../cost/compare/priced-stack";
import { CostError } from "../cost/cost-error";
import type { RefusedStack } from "../reports/report";
import { SettingsError } from "../settings/contract";
import type { PriceStackOptions } from "./price-stack";
import type { Terminal } from "./standard-output";

/** Most problems that an error lists. */
const MOST_PROBLEMS = 20;

/** Inputs of a stack's price that the command line decides. */
export type Pricing = Omit<PriceStackOptions, "today"> & {
  /** Folder of the stack files. @default that of the project */
  readonly folder?: string;
};

/** Pricing of declared stacks. */
export interface PricingContext extends Pick<Terminal, "err"> {
  /** Names of the stacks that have a stack file. */
  stacks(): readonly string[];
  priceStack(stack: string, options: Pricing): Promise<PricedStack>;
  /** Day of the report, `YYYY-MM-DD`. */
  readonly today: string;
}

/** Stacks with a price, and those without. */
export interface PricedStacks {
  readonly stacks: readonly PricedStack[];
  readonly refused: readonly RefusedStack[];
}

/**
 * Prices the stacks that can be priced, each in its own region or in each of several.
 *
 * @param regions @default the region of each stack
 * @throws CostError when none can, SettingsError when a stack file is refused in its own region.
 */
export async function pricedStacks(
  names: readonly string[],
  regions: readonly string[] | undefined,
  pricing: Pricing,
  context: PricingContext,
): Promise<PricedStacks> {
  const stacks: PricedStack[] = [];
  const refused: RefusedStack[] = [];
  for (const stack of names) {
    for (const region of regions ?? [undefined]) {
      const where = region === undefined ? {} : { region };
      try {
        // One after the other: the recorder replaces the Pulumi engine, and a process has only one.
        stacks.push(await context.priceStack(stack, { ...pricing, ...where }));
      } catch (error) {
        refused.push({ stack, ...where, problem: reason(error, stack, region) });
      }
    }
  }
  if (stacks.length === 0) {
    const problems = new Set(refused.map(({ stack, problem }) => `stack ${stack}: ${problem}`));
    const more = problems.size - MOST_PROBLEMS;
    throw new CostError(
      [...[...problems].slice(0, MOST_PROBLEMS), ...(more > 0 ? [`and ${more} more`] : [])].join(
        "\n",
      ),
    );
  }
  const warnings = stacks.flatMap(({ stack, warnings: all }) =>
    all.map((warning) => `warning: stack ${stack}: ${warning}\n`),
  );
  new Set(warnings).forEach((warning) => {
    context.err(warning);
  });
  return { stacks, refused };
}

/**
 * The reason why a stack has no price. Settings that a stack file may have, and another region cannot serve,
 * are one of them.
 *
 * @throws the error itself when it is none.
 */
function reason(error: unknown, stack: string, region: string | undefined): string {
  if (error instanceof CostError) {
    return error.message.replace(`stack ${stack}: `, "");
  }
  if (error instanceof SettingsError && region !== undefined && error.faults.length > 0) {
    return error.reason;
  }
  throw error;
}
