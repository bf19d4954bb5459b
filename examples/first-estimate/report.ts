import { dollars } from "../../cost/money";
import { list, type Block } from "../../reports/document";
import { quantity, unitPrice, usd4 } from "../../reports/numbers";
import type { CsvRow, ReportSection } from "../../reports/report";
import type { Column, Row } from "../../reports/table";
import {
  ESTIMATE_REGION,
  platformTotals,
  pricedFigures,
  unitsOf,
  type PricedFigure,
  type PricedTerm,
} from "./calculator-estimate";

const COLUMNS: readonly Column[] = [
  { title: "What", align: "left" },
  { title: "Formula", align: "right" },
  { title: "USD/month", align: "right" },
];

const TOTALS: readonly Column[] = [
  { title: "Platform", align: "left" },
  { title: "As quoted", align: "right" },
  { title: "Like for like", align: "right" },
  { title: "Difference", align: "right" },
];

/** The first estimate as the section that it adds to a comparison. */
export function firstEstimate(): ReportSection {
  const figures = pricedFigures();
  return { blocks: blocks(figures), json: json(figures), csv: figures.flatMap(csvRows) };
}

/** Each platform with storage, database and logins: as quoted, and like for like. */
export function platformBlocks(figures: readonly PricedFigure[]): Block[] {
  const rows = platformTotals(figures).map(({ platform, quotedCents, likeForLikeCents }): Row => ({
    kind: "line",
    cells: [
      platform,
      dollars(quotedCents),
      dollars(likeForLikeCents),
      signed(likeForLikeCents - quotedCents),
    ],
  }));
  return [
    { kind: "title", text: "Each platform with storage, database and logins" },
    { kind: "table", columns: TOTALS, rows },
  ];
}

/** The six figures, each with its formula, then the same services on equal terms. */
function blocks(figures: readonly PricedFigure[]): Block[] {
  return [
    { kind: "title", text: `As quoted by AWS's calculator for ${ESTIMATE_REGION}` },
    { kind: "table", columns: COLUMNS, rows: figures.flatMap(quotedRows) },
    ...list("Guesses about these figures", [...new Set(figures.flatMap(doubts))]),
    {
      kind: "title",
      text: "Like for like: the same machines, disks and network, on demand, today's plans",
    },
    { kind: "table", columns: COLUMNS, rows: figures.flatMap(likeForLikeRows) },
    ...list(
      "Changes and their reasons",
      figures.map(
        ({ title, why, quotedCents, likeForLikeCents }) =>
          `${title}: ${signed(likeForLikeCents - quotedCents)}. ${why}`,
      ),
    ),
    ...platformBlocks(figures),
    ...list("Still not comparable", [
      "Three machines do not hold 300 notebooks of 4 vCPU. The table of equal service below has as many nodes as " +
        "these notebooks need.",
    ]),
  ];
}

function quotedRows({ title, quoted, quotedCents }: PricedFigure): Row[] {
  // The calculator rounds a service once, so cents of its terms would not add up to its figure.
  return rows(title, quoted, { amount: ({ monthUsd }) => usd4(monthUsd), sumCents: quotedCents });
}

function likeForLikeRows({ title, likeForLike, likeForLikeCents }: PricedFigure): Row[] {
  return rows(title, likeForLike, {
    amount: ({ monthCents }) => dollars(monthCents),
    sumCents: likeForLikeCents,
  });
}

function rows(
  title: string,
  terms: readonly PricedTerm[],
  { amount, sumCents }: { amount: (term: PricedTerm) => string; sumCents: number },
): Row[] {
  return [
    { kind: "heading", text: title },
    ...terms.map((term): Row => ({
      kind: "line",
      cells: [term.what, formula(term), amount(term)],
    })),
    { kind: "sum", cells: ["Total", "", dollars(sumCents)] },
  ];
}

/** `3 machines × 730 hours × 0.0949`. */
function formula({ factors, usd }: PricedTerm): string {
  return [...factors.map(({ count, unit }) => quantity(count, unit)), unitPrice(usd)].join(" × ");
}

function doubts({ title, quoted }: PricedFigure): string[] {
  return quoted.flatMap((term) => [
    ...(term.doubt === undefined ? [] : [`${title}, ${term.what}: ${term.doubt}.`]),
  ]);
}

function signed(cents: number): string {
  return `${cents < 0 ? "−" : "+"}${dollars(Math.abs(cents))}`;
}

/** Fields of the JSON document. Their names are older than those of this file, and programs read them. */
function json(figures: readonly PricedFigure[]): ReportSection["json"] {
  return {
    notes: figures.map(({ title, why, quotedCents, likeForLikeCents, quoted, likeForLike }) => ({
      title,
      why,
      notedCents: quotedCents,
      alikeCents: likeForLikeCents,
      noted: quoted.map(termJson),
      alike: likeForLike.map(termJson),
    })),
    notedTotals: platformTotals(figures).map(({ platform, quotedCents, likeForLikeCents }) => ({
      platform,
      notedCents: quotedCents,
      alikeCents: likeForLikeCents,
    })),
  };
}

function termJson({ what, factors, usd, monthUsd, monthCents, price, doubt }: PricedTerm): object {
  return {
    what,
    factors,
    unitPriceUsd: usd,
    priceKey: price.key,
    monthUsd,
    monthCents,
    doubt: doubt ?? null,
  };
}

function csvRows({ title, quoted, likeForLike }: PricedFigure): CsvRow[] {
  const row = (view: string, term: PricedTerm, usd: number | string): CsvRow => ({
    view,
    stack: title,
    label: term.what,
    quantity: unitsOf(term),
    unit: term.factors.map(({ unit }) => unit).join(" × "),
    currency: "USD",
    rate: 1,
    unitPrice: term.usd,
    amount: usd,
  });
  return [
    ...quoted.map((term) => row("noted", term, term.monthUsd)),
    ...likeForLike.map((term) => row("like for like", term, (term.monthCents / 100).toFixed(2))),
  ];
}
