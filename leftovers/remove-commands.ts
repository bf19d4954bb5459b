import type { Leftover } from "./audit";
import { KINDS, removalOrder } from "./kinds";

/**
 * Lines for bash that remove leftovers, to run from top to bottom. Kinds come in the order in which AWS deletes
 * them; those without an entry, of which no order is known, first. Within a kind all first lines come first, then
 * all second ones: rules that name other groups are revoked before a group is deleted, and slow deletions are
 * waited for together.
 */
export function commandLines(leftovers: readonly Leftover[]): string[] {
  const unknown = leftovers.filter(({ kind }) => !(kind in KINDS));
  return [
    ...unknown.map(({ label, arn, id }) => `# ${label} ${arn ?? id}: no command is known here`),
    ...removalOrder(KINDS).flatMap((name) =>
      inTurn(leftovers.filter(({ kind }) => kind === name).map(({ commands }) => commands ?? [])),
    ),
  ];
}

function inTurn(all: readonly (readonly string[])[]): string[] {
  const longest = Math.max(0, ...all.map(({ length }) => length));
  return Array.from({ length: longest }).flatMap((_, step) =>
    all.flatMap((lines) => lines.slice(step, step + 1)),
  );
}
