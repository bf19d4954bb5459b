import { dollars } from "../../cost/money";
import { notedTotals, NOTES_REGION, type PricedNote, type PricedTerm } from "./calculator-estimate";
import { list, type Block } from "../../reports/document";
import { usd4, quantity, unitPrice } from "../../reports/numbers";
import type { Column, Row } from "../../reports/table";

const COLUMNS: readonly Column[] = [
  { title: "What", align: "left", grow: true },
  { title: "Formula", align: "right" },
  { title: "USD/month", align: "right" },
];

/** The six figures of the notes, each with its formula, and the same services measured alike. */
export function notesReport(notes: readonly PricedNote[]): Block[] {
  return [
    { kind: "title", text: `As noted for ${NOTES_REGION}` },
    { kind: "table", columns: COLUMNS, rows: notes.flatMap((note) => rows(note, "noted")) },
    ...list("What is a guess about them", unique(notes.flatMap(doubts))),
    {
      kind: "title",
      text: "Like for like: the same machines, disks and network, on demand, today's plans",
    },
    { kind: "table", columns: COLUMNS, rows: notes.flatMap((note) => rows(note, "alike")) },
    ...list(
      "What was changed, and why",
      notes.map(
        ({ title, why, notedCents, alikeCents }) =>
          `${title}: ${signed(alikeCents - notedCents)}. ${why}`,
      ),
    ),
    { kind: "title", text: "Each platform with storage, database and logins" },
    { kind: "table", columns: TOTALS, rows: totals(notes) },
    ...list("What that does not say yet", [
      "Three machines do not hold 300 notebooks of 4 vCPU: the table of equal service below does it with as many nodes as they need.",
    ]),
  ];
}

const TOTALS: readonly Column[] = [
  { title: "Platform", align: "left", grow: true },
  { title: "As noted", align: "right" },
  { title: "Like for like", align: "right" },
  { title: "Difference", align: "right" },
];

function totals(notes: readonly PricedNote[]): Row[] {
  return notedTotals(notes).map(({ platform, notedCents, alikeCents }) => ({
    kind: "line",
    cells: [platform, dollars(notedCents), dollars(alikeCents), signed(alikeCents - notedCents)],
  }));
}

function rows(note: PricedNote, side: "noted" | "alike"): Row[] {
  const terms = note[side];
  const sum = side === "noted" ? note.notedCents : note.alikeCents;
  return [
    { kind: "heading", text: note.title },
    ...terms.map((term): Row => ({
      kind: "line",
      cells: [
        term.what,
        formula(term),
        // The calculator rounds a service once: cents of its parts would not come to that.
        side === "noted" ? usd4(term.monthUsd) : dollars(term.monthCents),
      ],
    })),
    { kind: "sum", cells: ["Together", "", dollars(sum)] },
  ];
}

/** `3 machines × 730 hours × 0.0949`. */
function formula({ factors, usd }: PricedTerm): string {
  return [...factors.map(({ count, unit }) => quantity(count, unit)), unitPrice(usd)].join(" × ");
}

function doubts({ title, noted }: PricedNote): string[] {
  return noted.flatMap((term) => [
    ...(term.doubt === undefined ? [] : [`${title}, ${term.what}: ${term.doubt}.`]),
    ...("usd" in term.price ? [`${title}: ${term.price.usd} is ${term.price.source}.`] : []),
  ]);
}

function signed(cents: number): string {
  return `${cents < 0 ? "−" : "+"}${dollars(Math.abs(cents))}`;
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
