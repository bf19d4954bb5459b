import { CostError } from "../cost/cost-error";
import { cents, dollars } from "../cost/money";
import { priceBook, type PriceBook } from "../cost/price-book";
import type { Audit, AuditedStack, Remains, Verdict } from "../leftovers/audit";
import { KINDS } from "../leftovers/kinds";
import { withAccess } from "../leftovers/shell";
import { commandLines } from "../leftovers/remove-commands";
import { list, type Block } from "./document";
import { JSON_VERSION } from "./json";
import { counted, minute } from "./numbers";
import type { Column, Row } from "./table";

/** An audit, with how AWS is spoken to for its commands. */
export interface LeftoversReport {
  readonly audit: Audit;
  readonly now: Date;
  /** Id that was asked for: its commands are printed, though no state here has it. @default none */
  readonly asked?: string;
  /** Profile of the stack file. @default that of the environment */
  readonly profile?: string;
}

const COLUMNS: readonly Column[] = [
  { title: "What", align: "left" },
  { title: "Id", align: "left", grow: true },
  { title: "Since", align: "left" },
  { title: "Size", align: "left" },
  { title: "USD/month", align: "right" },
];

/** Version 2 of the AWS CLI would show each answer in a pager, which takes what is pasted for its keys. */
const NO_PAGER = "export AWS_PAGER=";

const HEADINGS: Readonly<Record<Verdict, string>> = {
  lost: "Lost: nothing knows it any more",
  orphan: "Of a run that was interrupted: Pulumi has made it, and its state does not know it",
  kept: "Kept on purpose",
  beside: "Made by users of a stack that is up",
};

const NOTHING =
  "Nothing was found. Where there should be something: see to the name, the region and the account.";

/** The audit as parts that can be drawn in more than one way. */
export function leftoversBlocks(report: LeftoversReport): Block[] {
  const { audit, now } = report;
  const book = bookOf(audit.region);
  return [
    {
      kind: "title",
      text: `What there is of this project in ${audit.region}, on ${minute(now)} UTC`,
    },
    ...audit.stacks.flatMap((one) => stackBlocks(one, report, book)),
    ...(audit.stacks.length === 0 ? [{ kind: "title", text: NOTHING } as const] : []),
    ...list(
      "Could not look for",
      audit.blind.map(
        ({ what, permissions, reason }) =>
          `${what}: ${reason} (permissions: ${permissions.join(", ")})`,
      ),
    ),
  ];
}

function stackBlocks(
  one: AuditedStack,
  { audit: { region }, asked, profile }: LeftoversReport,
  book: PriceBook | undefined,
): Block[] {
  const { stack, stackId, owner, managed, remains } = one;
  const of = (verdict: Verdict): readonly Remains[] =>
    remains.filter((thing) => thing.verdict === verdict);
  const whose = owner === "" ? "" : `, owner ${owner}`;
  const title = `Stack ${stack} (${stackId}${whose})`;
  const mayBeHers = !one.known && stackId !== asked;
  // What users made is theirs; it goes with the stack.
  const removable = mayBeHers ? [] : [...of("lost"), ...of("orphan")];
  if (remains.length === 0) {
    const state =
      managed === 0
        ? "nothing remains"
        : `${counted(managed, "resource")} of its state, and nothing else`;
    return [{ kind: "title", text: `${title}: ${state}` }];
  }
  return [
    { kind: "title", text: title },
    {
      kind: "table",
      columns: COLUMNS,
      rows: (["lost", "orphan", "kept", "beside"] as const).flatMap((verdict) =>
        rows(verdict, of(verdict), book),
      ),
    },
    ...list(
      "Why",
      [...new Set(remains.map(({ why }) => why))].map(
        (why) => `${why}: ${remains.filter((thing) => thing.why === why).length}`,
      ),
    ),
    ...list("What to do", advice(one, mayBeHers)),
    ...(removable.length === 0
      ? []
      : [
          {
            kind: "code",
            title: "Commands for bash, from top to bottom; then look again",
            lines: [NO_PAGER, ...commandLines(removable, { region, profile })],
          } as const,
        ]),
  ];
}

function rows(verdict: Verdict, remains: readonly Remains[], book: PriceBook | undefined): Row[] {
  if (remains.length === 0) {
    return [];
  }
  const costs = remains.map((thing) => monthCents(thing, book));
  const known = costs.reduce((sum: number, one) => sum + (one ?? 0), 0);
  const open = costs.filter((one) => one === undefined).length;
  return [
    { kind: "heading", text: HEADINGS[verdict] },
    ...remains.map((thing, index): Row => ({
      kind: "line",
      cells: [
        thing.what,
        thing.id,
        thing.since === undefined ? "" : minute(thing.since),
        thing.size ?? "",
        costs[index] === undefined ? "not priced" : dollars(costs[index]),
      ],
    })),
    {
      kind: "sum",
      cells: ["Together", "", "", "", `${dollars(known)}${open > 0 ? " + …" : ""}`],
    },
  ];
}

function advice({ stack, stackId, known, remains }: AuditedStack, mayBeHers: boolean): string[] {
  const has = (verdict: Verdict): boolean => remains.some((thing) => thing.verdict === verdict);
  const stateless = `This Pulumi backend has no state with the id ${stackId}`;
  return [
    ...(mayBeHers
      ? [
          `${stateless}: it may be a colleague's stack of the same name, up and running. Ask; then npm run ` +
            `leftovers -- --stack ${stack} --id ${stackId} prints the commands that remove all of it.`,
        ]
      : []),
    ...(has("lost") && !known && !mayBeHers
      ? [`${stateless}. Make sure that nobody else's has before you remove anything.`]
      : []),
    ...(has("beside")
      ? [
          `What users made goes with pulumi destroy --stack ${stack}, but for snapshots of the database and, ` +
            "in a kept stack, for volumes and their snapshots.",
        ]
      : []),
    ...(has("kept")
      ? ["What is kept costs money until it is removed by hand: docs/runbook.md."]
      : []),
  ];
}

/** Whole cents a month; undefined when what it holds, or its price, is not known. */
export function monthCents(
  { charges, kind = "" }: Pick<Remains, "charges" | "kind">,
  book: PriceBook | undefined,
): number | undefined {
  const known = charges ?? KINDS[kind]?.charges;
  if (known === undefined || (book === undefined && known.length > 0)) {
    return undefined;
  }
  const prices = new Set(book?.keys());
  return known.every(({ priceKey }) => prices.has(priceKey))
    ? known.reduce(
        (sum, { priceKey, quantity }) => sum + cents(quantity, book?.price(priceKey).usd ?? 0),
        0,
      )
    : undefined;
}

/** A region without prices can be audited all the same. */
function bookOf(region: string): PriceBook | undefined {
  try {
    return priceBook(region);
  } catch (error) {
    if (error instanceof CostError) {
      return undefined;
    }
    throw error;
  }
}

/** The audit as JSON, for programs. Its shape is documented in `docs/json.md`. */
export function leftoversJson({ audit, now, profile }: LeftoversReport): string {
  const { region, stacks, blind } = audit;
  const book = bookOf(region);
  const document = {
    version: JSON_VERSION,
    time: now.toISOString(),
    region,
    stacks: stacks.map(({ stack, stackId, owner, known, managed, remains }) => ({
      ...{ stack, stackId, owner, known, managed },
      remains: remains.map((thing) => ({
        verdict: thing.verdict,
        what: thing.what,
        id: thing.id,
        arn: thing.arn ?? null,
        why: thing.why,
        since: thing.since?.toISOString() ?? null,
        size: thing.size ?? null,
        monthCents: monthCents(thing, book) ?? null,
        remove: thing.remove?.map((line) => withAccess(line, { region, profile })) ?? null,
      })),
    })),
    notSeen: blind,
  };
  return JSON.stringify(document, null, 2);
}
