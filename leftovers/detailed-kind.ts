import type { Clients } from "./clients";
import type { Charge, Detail } from "./lookup";

/** Details by id; what was asked about and is not among them is gone. */
export type Entries = readonly (readonly [id: string, detail: Detail])[];

/** A kind of which AWS is asked for many at once. */
export interface DetailedKind {
  /** Entry of `KINDS`. */
  readonly kind: string;
  /** As it reads after "more about". */
  readonly what: string;
  readonly permission: string;
  readonly ask: (clients: Clients, ids: ReadonlySet<string>) => Promise<Entries>;
}

/** Of a snapshot that is the most: it holds what has changed since the one before. */
export function gigabytes(
  size: number,
  priceKey: string,
): { size: string; charges: readonly Charge[] } {
  const quantity = Number(size.toFixed(1));
  return { size: `${quantity} GB`, charges: [{ priceKey, quantity }] };
}
