import { priceStack } from "../../commands/priced-stack";
import { HOURS_PER_MONTH } from "../../cost/rule";
import { today } from "../../settings";
import type { Colleague } from "./engine-stack";

/** What of `npm start -- --live --json` the tests read. */
export interface LiveJson {
  readonly stacks: readonly {
    readonly stack: string;
    readonly stackId: string | null;
    readonly hourlyUsd: number | null;
    readonly soFar: { readonly totals: { readonly totalCents: number } } | null;
    readonly billedCents: number | null;
  }[];
  readonly bills: readonly { readonly until: string | null }[];
}

/** What somebody's stack file costs an hour, of what does not depend on usage. */
export async function declaredHourly(who: Colleague, stack: string): Promise<number> {
  const { estimate } = await priceStack(who.project, stack, { usage: {}, today: today() });
  const byTime = estimate.lines.filter(({ usage }) => usage === undefined);
  const month = byTime.reduce((sum, line) => sum + (line.quantity ?? 0) * line.unitPriceUsd, 0);
  return month / HOURS_PER_MONTH;
}
