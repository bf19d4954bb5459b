import type { DeployedResource, Deployment } from "../resources/stack-export";
import { divided, sum, type Amount } from "../amount";
import type { Currency } from "../currency";
import { estimate, sumOf, type Estimate, type EstimateOptions } from "../estimate";
import { priceBook } from "../price-book";
import { HOURS_PER_MONTH, type DeclaredResource } from "../rule";
import { pricingOf } from "../rules";
import type { Usage } from "../scenarios/usage";

/** Cost of a live stack, by the list prices of its resources. */
export interface LiveCost {
  /** Creation of its first billed resource. */
  readonly upSince: Date;
  /** An hour of everything that is billed by time, not rounded; usage is not in it. */
  readonly hourly: Amount;
  /** Cost from the creation of each resource until now. */
  readonly soFar: Estimate;
  /** Cost of this whole calendar month, in UTC, if nothing changes until its end. */
  readonly month: Estimate;
  /** Logical names of billed resources that an update or a refresh changed after their creation. */
  readonly changed: readonly string[];
}

/** Time and usage for which a live stack is priced. */
export interface LiveOptions {
  readonly now: Date;
  /** Usage of a whole month; counted for the part of it in which the stack existed. */
  readonly usage: Usage;
  readonly currency: Currency;
}

const HOUR = 3_600_000;

/**
 * Prices the resources of a deployed stack for the time since each was created, at today's prices and with
 * their present sizes.
 *
 * @returns undefined when the stack has no billed resource.
 * @throws CostError when its region or a machine has no price.
 */
export function liveCost(
  { region, resources }: Deployment,
  { now, usage, currency }: LiveOptions,
): LiveCost | undefined {
  const billed = resources.filter(({ type }) => pricingOf(type)?.kind === "priced");
  if (region === undefined || billed.length === 0) {
    return undefined;
  }
  // A resource without a date in the state counts as created with the first one.
  const first = earliest(resources.map(({ created }) => created)) ?? now;
  // The key is the resource itself: during a replacement the old and the new one have the same URN.
  const createdAt = new Map<DeclaredResource, Date>(
    resources.map((one) => [one, one.created ?? first]),
  );
  const book = priceBook(region, currency);
  const price = (months: EstimateOptions["months"]): Estimate =>
    estimate(resources, { book, usage, today: isoDay(now), ...(months && { months }) });
  const between = (from: Date, to: Date): Estimate =>
    price((one) => hours(later(createdAt.get(one) ?? first, from), to) / HOURS_PER_MONTH);
  const { start, end } = calendarMonth(now);
  return {
    upSince: earliest(billed.map((one) => createdAt.get(one))) ?? first,
    hourly: hourly(price(undefined)),
    soFar: between(first, now),
    month: between(start, end),
    changed: billed.filter(isChanged).map(({ name }) => name),
  };
}

function hourly({ lines }: Estimate): Amount {
  const month = lines
    .filter(({ usage }) => usage === undefined)
    .map(({ quantity = 0, unitPrice, amount }) => ({
      ...amount,
      // Not from whole cents: an hour of a cheap thing has less than one.
      leastCents: quantity * (unitPrice ?? 0) * 100,
    }));
  return divided(sum(month), HOURS_PER_MONTH);
}

/** The part of an estimate that depends on assumed usage, which nothing has measured. */
export function usageAmount({ lines }: Estimate): Amount {
  return sumOf(lines.filter(({ usage }) => usage !== undefined));
}

/** The day in UTC, `YYYY-MM-DD`. */
export function isoDay(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** Beginning of a month and of the next, in UTC, as AWS bills. */
export function calendarMonth(day: Date): { readonly start: Date; readonly end: Date } {
  const [year, month] = [day.getUTCFullYear(), day.getUTCMonth()];
  return { start: new Date(Date.UTC(year, month)), end: new Date(Date.UTC(year, month + 1)) };
}

/** The engine sets both times at creation; an update, or a refresh that finds a change, moves the second. */
function isChanged({ created, modified }: DeployedResource): boolean {
  return created !== undefined && modified !== undefined && modified > created;
}

function earliest(dates: readonly (Date | undefined)[]): Date | undefined {
  return dates
    .filter((date) => date !== undefined)
    .toSorted((one, other) => one.getTime() - other.getTime())[0];
}

function later(one: Date, other: Date): Date {
  return one > other ? one : other;
}

function hours(from: Date, to: Date): number {
  return Math.max(0, to.getTime() - from.getTime()) / HOUR;
}
