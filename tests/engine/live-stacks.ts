import type { Stack } from "@pulumi/pulumi/automation";
import { priceStack } from "../../commands/price-stack";
import { USD } from "../../cost/currency";
import { HOURS_PER_MONTH } from "../../cost/rule";
import { today } from "../../settings";
import type { Colleague } from "./engine-stack";

/** The part of `npm start -- --live --json` that the tests read. */
export interface LiveJson {
  readonly stacks: readonly {
    readonly stack: string;
    readonly stackId: string | null;
    readonly hourly: number | null;
    readonly soFar: { readonly totals: { readonly totalCents: number } } | null;
    readonly billedCents: number | null;
    readonly changed: readonly string[];
  }[];
  readonly bills: readonly { readonly since: string | null; readonly until: string | null }[];
}

const DAY = 24 * 3_600_000;

/** The day in UTC so many days ago, `YYYY-MM-DD`. */
export function daysAgo(days: number): string {
  return new Date(Date.now() - days * DAY).toISOString().slice(0, 10);
}

interface Times {
  created?: string;
  modified?: string;
}

/** Moves every time in a stack's state back by so many days, so that the stack looks older. */
export async function makeOlder(stack: Stack, days: number): Promise<void> {
  const state = await stack.exportStack();
  const { resources } = state.deployment as { resources: Times[] };
  for (const one of resources) {
    for (const name of ["created", "modified"] as const) {
      const time = one[name];
      if (time !== undefined) {
        one[name] = new Date(Date.parse(time) - days * DAY).toISOString();
      }
    }
  }
  await stack.importStack(state);
}

/** Cost of an hour of a stack file, without the lines that depend on usage. */
export async function declaredHourly(who: Colleague, stack: string): Promise<number> {
  const { estimate } = await priceStack(who.project, stack, {
    usage: {},
    currency: USD,
    today: today(),
  });
  const byTime = estimate.lines.filter(({ usage }) => usage === undefined);
  const month = byTime.reduce(
    (sum, line) => sum + (line.quantity ?? 0) * (line.unitPrice ?? NaN),
    0,
  );
  return month / HOURS_PER_MONTH;
}
