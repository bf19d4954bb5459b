import { CostError } from "../cost/cost-error";
import { machinesOf } from "../cost/compare/machines";
import type { PricedStack } from "../cost/compare/priced-stack";
import { USD, type Currency } from "../cost/currency";
import type { Overrides } from "../settings/targets/profile";
import { estimate } from "../cost/estimate";
import { declaredMachine, marginalCost, SECONDS_PER_HOUR } from "../cost/training-run";
import type { Amount } from "../cost/amount";
import { priceBook, type PriceBook } from "../cost/price-book";
import { priceFunction, type PriceFunction } from "../cost/price-function";
import { record } from "../cost/resources/record";
import type { DeclaredResource } from "../cost/rule";
import type { Usage } from "../cost/scenarios/usage";
import type { Scope } from "../cost/scope";
// The program itself: only this command runs it, to see what a stack declares.
import { declarePlatform } from "../platform";
import { loadSettings, type Settings } from "../settings";
import { warningMessage } from "../settings/schema/message";
import {
  PROJECT,
  SettingsError,
  type ConfigSource,
  type LoadedSettings,
} from "../settings/contract";
import { environmentWarnings, readStackFile } from "../settings/schema/stack-file";

/** Inputs of a price beside the stack. */
export interface PriceStackOptions {
  readonly usage: Usage;
  readonly currency: Currency;
  /** `YYYY-MM-DD` */
  readonly today: string;
  /** @default none: the settings of the stack file */
  readonly overrides?: Overrides;
  /** AWS region. @default that of the stack file */
  readonly region?: string;
}

/**
 * Runs the program of a stack without an engine and prices what it declares.
 *
 * @throws SettingsError when the stack file is absent or refused, CostError naming the stack when its region
 *   or one of its machines has no price.
 */
export async function priceStack(
  folder: string,
  stack: string,
  options: PriceStackOptions,
): Promise<PricedStack> {
  try {
    return await priced(folder, stack, options);
  } catch (error) {
    // Names the stack, since a command may price several. A SettingsError names its stack already.
    throw error instanceof CostError ? new CostError(`stack ${stack}: ${error.message}`) : error;
  }
}

async function priced(
  folder: string,
  stack: string,
  { usage, currency, ...options }: PriceStackOptions,
): Promise<PricedStack> {
  const { settings, warnings, resources, accepts } = await declaredStack(folder, stack, options);
  const book = priceBook(settings.region, currency);
  return {
    stack,
    target: settings.target,
    estimate: estimate(resources, { book, usage, today: options.today }),
    warnings: warnings.map((warning) => warningMessage(stack, warning)),
    machines: machinesOf(settings, resources),
    priceAt: priceByPart(resources, { book, today: options.today }),
    accepts,
    ...trainingHour(settings, book),
  };
}

/** The price of an hour of a training run, where there is one. */
function trainingHour(settings: Settings, book: PriceBook): Pick<PricedStack, "trainingHour"> {
  const machine = declaredMachine(settings);
  const price = machine && marginalCost(machine, SECONDS_PER_HOUR, settings.target, book);
  return price !== undefined && "ok" in price ? { trainingHour: price.ok } : {};
}

/** The price of resources by usage, of both parts or of one. Each function is made when it is first needed. */
export function priceByPart(
  resources: readonly DeclaredResource[],
  options: { readonly book: PriceBook; readonly today: string },
): (usage: Usage, part?: Scope) => Amount {
  const functions = new Map<Scope | undefined, PriceFunction>();
  return (usage, part) => {
    const price =
      functions.get(part) ?? priceFunction(resources, { ...options, ...(part && { part }) });
    functions.set(part, price);
    return price(usage);
  };
}

/** A stack's settings and all that its program declares with them. */
export interface DeclaredStack extends LoadedSettings<Settings> {
  readonly resources: readonly DeclaredResource[];
  /** Tells whether the settings stay valid with these in their place. */
  readonly accepts: (overrides: Overrides) => boolean;
}

/**
 * Runs the program of a stack without an engine.
 *
 * @throws SettingsError when the stack file is absent or refused, CostError when its region has no prices.
 */
export async function declaredStack(
  folder: string,
  stack: string,
  { today, overrides = {}, region }: Omit<PriceStackOptions, "usage" | "currency">,
): Promise<DeclaredStack> {
  const config = {
    ...readStackFile(folder, stack),
    ...keyed(overrides),
    ...(region !== undefined && { "aws:region": region }),
  };
  const loaded = loadSettings(stack, config, today);
  const { settings } = loaded;
  // Before the program runs, so that a region without prices fails at once, by its name.
  priceBook(settings.region, USD);
  const resources = await record(() => declarePlatform(settings, config), {
    stack,
    region: settings.region,
    preview: true,
  });
  const accepts = (more: Overrides): boolean =>
    isValid(stack, { ...config, ...keyed(more) }, today);
  const warnings = [...environmentWarnings(folder, stack), ...loaded.warnings];
  return { ...loaded, warnings, resources, accepts };
}

/** Settings with the keys of a stack file. */
function keyed(overrides: Overrides): ConfigSource {
  return Object.fromEntries(
    Object.entries(overrides).map(([path, value]) => [`${PROJECT}:${path}`, value]),
  );
}

function isValid(stack: string, config: ConfigSource, today: string): boolean {
  try {
    loadSettings(stack, config, today);
    return true;
  } catch (error) {
    if (error instanceof SettingsError) {
      return false;
    }
    throw error;
  }
}
