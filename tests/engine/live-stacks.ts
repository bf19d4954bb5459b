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

/** What a stack file costs an hour, of what does not depend on usage. */
export async function declaredHourly(who: Colleague, stack: string): Promise<number> {
  const { out } = await who.command("commands/compare.ts", ["--stacks", stack, "--json"]);
  const { stacks } = JSON.parse(out) as {
    stacks: { lines: { usage: string | null; quantity: number; unitPriceUsd: number }[] }[];
  };
  const byTime = (stacks[0]?.lines ?? []).filter(({ usage }) => usage === null);
  return byTime.reduce((sum, { quantity, unitPriceUsd }) => sum + quantity * unitPriceUsd, 0) / 730;
}
