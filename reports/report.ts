import type { EqualComparison } from "../cost/compare/equal-service";
import type { PricedStack } from "../cost/compare/priced-stack";
import { holdsAll } from "../cost/compare/unit-costs";
import type { Currency } from "../cost/currency";
import type { Scenario } from "../cost/scenarios/scenario";
import type { Block } from "./document";

/** A row of comma-separated values; an absent cell stays empty. */
export interface CsvRow {
  /** Table that the row belongs to. */
  readonly view?: string;
  readonly stack?: string;
  readonly target?: string;
  readonly region?: string;
  /** Machines of notebooks, in equal service: `4 × t3a.xlarge`, or the type of each app of Studio. */
  readonly machines?: string;
  /** Way to run and pay for machines, in equal service, e.g. `working hours`; size of a training run. */
  readonly mode?: string;
  readonly part?: string;
  readonly category?: string;
  readonly service?: string;
  readonly label?: string;
  /** Units of the period that `view` names. */
  readonly quantity?: number | undefined;
  readonly unit?: string;
  /** ISO 4217 code of both amounts, its units for one US dollar, and the day of that rate. */
  readonly currency?: string;
  readonly rate?: number;
  readonly rateDay?: string | undefined;
  readonly unitPrice?: number | undefined;
  /** A number is not rounded. */
  readonly amount?: number | string | undefined;
  readonly usage?: string | undefined;
  /** The reason why the region has no price. */
  readonly problem?: string | undefined;
  /** Of a sum: `true` where something in it has no price. */
  readonly atLeast?: string;
  /** Of a sum: `true` where something in it depends on usage that is not known. */
  readonly plusUsage?: string;
}

/** A part that a scenario adds to the comparison, in every format. */
export interface ReportSection {
  /** Printed before the comparison. */
  readonly blocks: readonly Block[];
  /** Fields of the JSON document, which are null without this section. */
  readonly json: { readonly notes: readonly object[]; readonly notedTotals: readonly object[] };
  /** Rows after those of the comparison. */
  readonly csv: readonly CsvRow[];
}

/** A stack that cannot be priced, and the reason. */
export interface RefusedStack {
  readonly stack: string;
  /** Region in which it was to be priced. @default its own, since nobody asked for another one */
  readonly region?: string;
  readonly problem: string;
}

/** The findings of one run of the comparison, independent of the output format. */
export interface Report {
  readonly stacks: readonly PricedStack[];
  /** Regions in each of which every stack was to be priced. @default each stack is priced in its own */
  readonly regions?: readonly string[];
  /** Stacks that are in no table and in no total. */
  readonly refused: readonly RefusedStack[];
  readonly scenario: Scenario;
  /** Currency of every amount. */
  readonly currency: Currency;
  /** Day of the report, `YYYY-MM-DD`: prices age. */
  readonly today: string;
  /** The same notebooks on every platform; undefined when nobody asked for it. */
  readonly equal: EqualComparison | undefined;
  /** A part that only this scenario has. @default none */
  readonly section?: ReportSection;
}

/** Extent of a printed report. */
export interface View {
  /** Rows of a comparison: one for each category, or one for each line of a bill. */
  readonly detail: "categories" | "lines";
  /** True for every assumption and remark whole, false for a line on each. */
  readonly explain: boolean;
}

/**
 * The stacks of which one can be the cheapest: those that hold all notebooks of the scenario or, with several
 * regions, the same stack in each. None where the stack itself is not among them.
 */
export function comparable(
  one: PricedStack,
  { stacks, regions, scenario }: Pick<Report, "stacks" | "regions" | "scenario">,
): readonly PricedStack[] {
  if (regions !== undefined) {
    return stacks.filter(({ stack }) => stack === one.stack);
  }
  const able = stacks.filter((stack) => holdsAll(stack, scenario));
  return able.includes(one) ? able : [];
}
