/** Units a month at a unit price of `cost/prices`. */
export interface Charge {
  readonly priceKey: string;
  readonly quantity: number;
}

/** Something of a stack that a look has found. */
export interface Found {
  /** Entry of `KINDS`, e.g. "ec2:volume". @default a kind without an entry */
  readonly kind?: string;
  /** As it reads in a sentence, e.g. "security group". */
  readonly what: string;
  /** Id or name, as AWS's commands take it. */
  readonly id: string;
  /** @default it has none that we know */
  readonly arn?: string;
  readonly stackId: string;
  /** Why it is taken for the stack's, a clause. */
  readonly why: string;
  /** Whether the stack was to keep its data, by its tag. */
  readonly kept: boolean;
  /** Whether only Pulumi, or what Pulumi has made, makes such a thing. @default users make it, too */
  readonly byPulumi?: boolean;
  /** When it was made, where the list already tells. */
  readonly since?: Date | undefined;
  /** What it costs, where the list already tells. @default that of its kind */
  readonly charges?: readonly Charge[];
  /** Lines for a shell that remove it, without region and profile. @default none are known here */
  readonly remove?: readonly string[];
}

/** What only the service itself tells about a thing. */
export interface Detail {
  /** Gone already, and only listed for a while, or paid for no longer. @default it is there */
  readonly gone?: boolean;
  /** Goes with its owner: a root disk, a node of a group. @default nobody holds it */
  readonly held?: boolean;
  /** When it was made. */
  readonly since?: Date | undefined;
  /** What it holds, e.g. "20 GB". */
  readonly size?: string;
  readonly charges?: readonly Charge[];
}

/** A place where something can be, or where more is known about what was found. */
export interface Look<T> {
  /** As it reads after "looking for". */
  readonly what: string;
  /** IAM actions that it takes. */
  readonly permissions: readonly string[];
  readonly look: () => Promise<T>;
}

/** A look that was refused. */
export interface Blind {
  readonly what: string;
  readonly permissions: readonly string[];
  /** What AWS has said. */
  readonly reason: string;
}
