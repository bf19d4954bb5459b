import { exactCents, product, sum } from "../cost/amount";
import { CostError } from "../cost/cost-error";
import { USD } from "../cost/currency";
import { dollars } from "../cost/money";
import { priceBook, type PriceBook } from "../cost/price-book";
import type { Audit, AuditedStack, Leftover, Verdict } from "../leftovers/audit";
import { commandLines } from "../leftovers/remove-commands";
import { environmentLine } from "../leftovers/shell";
import { printable, shellWord } from "../settings/foreign-text";
import { list, type Block } from "./document";
import { counted, minute } from "./numbers";
import type { Column, Row } from "./table";

/** An audit to report. */
export interface LeftoversReport {
  readonly audit: Audit;
  readonly now: Date;
  /** Id that the person asked for: its commands are printed though no state here has it. @default none */
  readonly asked?: string;
  /** Profile of the stack file. @default that of the environment */
  readonly profile?: string;
}

/** Increases when a field of the JSON is removed or changes its meaning; new fields leave it unchanged. */
const LEFTOVERS_JSON_VERSION = 2;

const COLUMNS: readonly Column[] = [
  { title: "What", align: "left" },
  { title: "Id", align: "left" },
  { title: "Since", align: "left" },
  { title: "Size", align: "left" },
  { title: "USD/month", align: "right" },
];

/** Headings of the table, in their order. */
const HEADINGS: Readonly<Record<Verdict, string>> = {
  leftover: "Leftover: the stack is gone, and this remains",
  interrupted: "Interrupted: created by Pulumi in an interrupted run, but missing from the state",
  kept: "Kept: retained on purpose",
  "user-made": "User-made: created by users of a running stack",
};
const VERDICTS = Object.keys(HEADINGS) as readonly Verdict[];

const NOTHING = "Nothing was found. If you expected something, check name, region and account.";
const NOTHING_SEEN =
  "AWS refused look-ups, and no other look-up found anything: leftovers may still exist.";

/** The audit as blocks, for any format. */
export function leftoversBlocks(report: LeftoversReport): Block[] {
  const { audit, now } = report;
  const book = bookOf(audit.region);
  return [
    {
      kind: "title",
      text: `Audit of this project in ${audit.region}, on ${minute(now)} UTC`,
    },
    ...audit.stacks.flatMap((one) => stackBlocks(one, report, book)),
    ...(audit.stacks.length === 0
      ? [{ kind: "title", text: audit.denied.length === 0 ? NOTHING : NOTHING_SEEN } as const]
      : []),
    ...list(
      "Could not look for",
      audit.denied.map(
        ({ what, permissions, reason }) =>
          `${what}: ${reason} (permissions: ${permissions.join(", ")})`,
      ),
    ),
  ];
}

function stackBlocks(
  one: AuditedStack,
  report: LeftoversReport,
  book: PriceBook | undefined,
): Block[] {
  const { stack, stackId, owner, managed, leftovers } = one;
  const title = `Stack ${printable(stack)} (${stackId}${owner === "" ? "" : `, owner ${printable(owner)}`})`;
  if (leftovers.length === 0) {
    const state =
      managed === 0
        ? `nothing ${report.audit.denied.length === 0 ? "remains" : "seen, but AWS refused look-ups"}`
        : `${counted(managed, "resource")} in its state, and nothing else`;
    return [{ kind: "title", text: `${title}: ${state}` }];
  }
  const mayBelongToColleague = !one.hasState && stackId !== report.asked;
  return [
    { kind: "title", text: title },
    {
      kind: "table",
      columns: COLUMNS,
      rows: VERDICTS.flatMap((verdict) =>
        rows(
          verdict,
          leftovers.filter((leftover) => leftover.verdict === verdict),
          book,
        ),
      ),
    },
    ...list(
      "Why",
      [...new Set(leftovers.map(({ why }) => why))].map(
        (why) => `${why}: ${leftovers.filter((leftover) => leftover.why === why).length}`,
      ),
    ),
    ...list("What to do", advice(one, mayBelongToColleague)),
    ...(mayBelongToColleague ? [] : commands(leftovers, report)),
  ];
}

/** Commands for leftovers and interrupted things; the destroy of a running stack deletes what users made. */
function commands(
  leftovers: readonly Leftover[],
  { audit: { region }, profile }: LeftoversReport,
): Block[] {
  const removable = leftovers.filter(
    ({ verdict }) => verdict === "leftover" || verdict === "interrupted",
  );
  return removable.length === 0
    ? []
    : [
        {
          kind: "code",
          title: "Commands for bash: run them from top to bottom, then audit again",
          lines: [environmentLine(region, profile), ...commandLines(removable)],
        },
      ];
}

function rows(
  verdict: Verdict,
  leftovers: readonly Leftover[],
  book: PriceBook | undefined,
): Row[] {
  if (leftovers.length === 0) {
    return [];
  }
  const costs = leftovers.map((leftover) => monthCents(leftover, book));
  const priced = costs.reduce((sum: number, one) => sum + (one ?? 0), 0);
  const hasOpen = costs.includes(undefined);
  return [
    { kind: "heading", text: HEADINGS[verdict] },
    ...leftovers.map(({ label, id, since, size = "" }, index): Row => ({
      kind: "line",
      cells: [
        label,
        id,
        since === undefined ? "" : minute(since),
        size,
        costs[index] === undefined ? "not priced" : dollars(costs[index]),
      ],
    })),
    {
      kind: "sum",
      cells: ["Together", "", "", "", `${dollars(priced)}${hasOpen ? " + …" : ""}`],
    },
  ];
}

function advice(
  { stack, stackId, hasState, leftovers }: AuditedStack,
  mayBelongToColleague: boolean,
): string[] {
  const has = (verdict: Verdict): boolean =>
    leftovers.some((leftover) => leftover.verdict === verdict);
  const stateless = `This Pulumi backend has no state with the id ${stackId}`;
  return [
    ...(mayBelongToColleague
      ? [
          `${stateless}: the stack may be a colleague's of the same name, and running. Ask first; then npm run ` +
            `leftovers -- --stack ${shellWord(stack)} --id ${stackId} prints the commands that remove all of it.`,
        ]
      : []),
    ...(has("leftover") && !hasState && !mayBelongToColleague
      ? [`${stateless}. Make sure that no other backend has one before you remove anything.`]
      : []),
    ...(has("user-made")
      ? [
          `pulumi destroy --stack ${shellWord(stack)} deletes what users made, except snapshots of the database and, in a ` +
            "kept stack, volumes and their snapshots.",
        ]
      : []),
    ...(has("kept")
      ? ["What is kept costs money until you delete it by hand: docs/runbook.md."]
      : []),
  ];
}

/** Whole cents a month; undefined where its costs or their prices are not known. */
export function monthCents(
  { charges }: Pick<Leftover, "charges">,
  book: PriceBook | undefined,
): number | undefined {
  if (charges === undefined || (book === undefined && charges.length > 0)) {
    return undefined;
  }
  const amounts = charges.map(({ priceKey, quantity }) =>
    product(quantity, book?.has(priceKey) === true ? book.price(priceKey).perUnit : undefined),
  );
  return exactCents(sum(amounts));
}

/** Prices of a region; undefined if there are none, since any region can be audited. */
function bookOf(region: string): PriceBook | undefined {
  try {
    return priceBook(region, USD);
  } catch (error) {
    if (error instanceof CostError) {
      return undefined;
    }
    throw error;
  }
}

/** The audit as JSON, for programs. `docs/json.md` documents its fields. */
export function leftoversJson({ audit, now, profile }: LeftoversReport): string {
  const { region, stacks, denied } = audit;
  const book = bookOf(region);
  const document = {
    version: LEFTOVERS_JSON_VERSION,
    time: now.toISOString(),
    region,
    environment: environmentLine(region, profile),
    stacks: stacks.map(({ stack, stackId, owner, hasState, managed, leftovers }) => ({
      stack,
      stackId,
      owner,
      known: hasState,
      managed,
      remains: leftovers.map((leftover) => ({
        verdict: leftover.verdict,
        what: leftover.label,
        id: leftover.id,
        arn: leftover.arn ?? null,
        why: leftover.why,
        since: leftover.since?.toISOString() ?? null,
        size: leftover.size ?? null,
        monthCents: monthCents(leftover, book) ?? null,
        remove: leftover.commands ?? null,
      })),
    })),
    notSeen: denied,
  };
  return JSON.stringify(document, null, 2);
}
