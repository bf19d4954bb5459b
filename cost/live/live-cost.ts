import type { DeployedResource, Deployment } from "../resources/stack-export";
import { estimate, type Estimate, type EstimateOptions } from "../estimate";
import { trimFloat } from "../money";
import { priceBook } from "../price-book";
import { HOURS_PER_MONTH, type DeclaredResource } from "../rule";
import { pricingOf } from "../rules";
import type { Usage } from "../scenarios/usage";

/** What a live stack costs, by the list prices of what it has. */
export interface LiveCost {
  /** When the first of its billed resources was made. */
  readonly upSince: Date;
  /** US dollars for an hour, of what costs by time alone: usage is not in it. */
  readonly hourlyUsd: number;
  /** From the making of each resource until now. */
  readonly soFar: Estimate;
  /** This calendar month, in UTC: what it has cost, and what it will have cost if nothing changes. */
  readonly month: Estimate;
  /** Billed resources that were changed since they were made, or seen changed by a refresh, by logical name. */
  readonly changed: readonly string[];
}

/** When, and how much the stack is used. */
export interface LiveOptions {
  readonly now: Date;
  /** Of a whole month; counted for the part of it that the stack has been there. */
  readonly usage: Usage;
}

const HOUR = 3_600_000;

/**
 * Prices what a stack really has for the time that each resource has been there, at the prices and sizes
 * of now.
 *
 * @returns undefined when it has nothing that is billed.
 * @throws CostError when its region or a resource has no price.
 */
export function liveCost(
  { region, resources }: Deployment,
  { now, usage }: LiveOptions,
): LiveCost | undefined {
  const billed = resources.filter(({ type }) => pricingOf(type)?.kind === "priced");
  if (region === undefined || billed.length === 0) {
    return undefined;
  }
  // Where a state does not say when something was made: as if it had been there from the beginning.
  const first = earliest(resources.map(({ created }) => created)) ?? now;
  // By the resource itself: what is being replaced and what replaces it have one URN.
  const made = new Map<DeclaredResource, Date>(resources.map((one) => [one, one.created ?? first]));
  const book = priceBook(region);
  const price = (months: EstimateOptions["months"]): Estimate =>
    estimate(resources, { book, usage, today: isoDay(now), ...(months && { months }) });
  const between = (from: Date, to: Date): Estimate =>
    price((one) => hours(later(made.get(one) ?? first, from), to) / HOURS_PER_MONTH);
  const { start, end } = calendarMonth(now);
  return {
    upSince: earliest(billed.map((one) => made.get(one))) ?? first,
    hourlyUsd: hourly(price(undefined)),
    soFar: between(first, now),
    month: between(start, end),
    changed: billed.filter(isChanged).map(({ name }) => name),
  };
}

function hourly({ lines }: Estimate): number {
  const byTime = lines.filter(({ usage }) => usage === undefined);
  const month = byTime.reduce((sum, line) => sum + (line.quantity ?? 0) * line.unitPriceUsd, 0);
  return trimFloat(month / HOURS_PER_MONTH);
}

/** The day in UTC, `YYYY-MM-DD`. */
export function isoDay(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** First moment of a month and first of the next, in UTC, as AWS bills. */
export function calendarMonth(day: Date): { readonly start: Date; readonly end: Date } {
  const [year, month] = [day.getUTCFullYear(), day.getUTCMonth()];
  return { start: new Date(Date.UTC(year, month)), end: new Date(Date.UTC(year, month + 1)) };
}

/** The engine sets both times at creation; an update, or a refresh that finds something, moves the second. */
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
