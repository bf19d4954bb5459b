import { cents, trimFloat } from "../../cost/money";
import { priceBook, type PriceBook } from "../../cost/price-book";
import { HOURS_PER_MONTH } from "../../cost/rule";

/** A factor of a product, with what it counts. */
export interface Factor {
  readonly count: number;
  readonly unit: string;
}

/** A unit price: a key of the price file, or one that AWS's list does not have, with its origin. */
export type UnitPrice =
  | { readonly key: string }
  | { readonly usd: number; readonly source: string; readonly sure: "hypothesis" };

/** A product of counts and one unit price. */
export interface Term {
  readonly what: string;
  readonly factors: readonly Factor[];
  readonly price: UnitPrice;
  /** What makes it a guess, where it is one. @default certain */
  readonly doubt?: string;
}

/** One figure of the notes and what it becomes when all three platforms are measured alike. */
export interface Note {
  readonly title: string;
  /** The figure as it was noted, in cents. */
  readonly notedCents: number;
  /** Terms that give that figure. */
  readonly noted: readonly Term[];
  /** Terms of the same service, on demand, with what the figure left out. */
  readonly alike: readonly Term[];
  /** What was changed, and why. */
  readonly why: string;
}

/** Scenario that describes the situation of the notes. */
export const NOTES_SCENARIO = "notes";

/** Region of the notes. */
export const NOTES_REGION = "eu-west-3";

const hours: Factor = { count: HOURS_PER_MONTH, unit: "hour" };
const of = (count: number, unit: string): Factor => ({ count, unit });

/** Machines, disks and network that a cluster of three needs, whoever runs its control plane. */
const THREE_MACHINES: readonly Term[] = [
  {
    what: "Machines on demand (t4g.xlarge)",
    factors: [of(3, "machine"), hours],
    price: { key: "ec2.t4g.xlarge.hour" },
  },
  {
    what: "Root disks (gp3)",
    factors: [of(3, "disk"), of(50, "GB")],
    price: { key: "ebs.gp3.gbMonth" },
  },
];

/** Way out to the internet, the same below each platform. */
const NETWORK: readonly Term[] = [
  { what: "NAT gateway", factors: [hours], price: { key: "vpc.natGateway.hour" } },
  {
    what: "NAT gateway data processed",
    factors: [of(100, "GB")],
    price: { key: "vpc.natGateway.gb" },
  },
  { what: "Public IPv4 address", factors: [hours], price: { key: "vpc.publicIpv4.hour" } },
];

/** Half a terabyte, and 20,000 requests of each kind. */
const BUCKET: readonly Term[] = [
  { what: "Storage", factors: [of(500, "GB")], price: { key: "s3.standard.gbMonth" } },
  {
    what: "PUT requests",
    factors: [of(20, "1,000 requests")],
    price: { key: "s3.standard.put.thousand" },
  },
  {
    what: "GET requests",
    factors: [of(20, "1,000 requests")],
    price: { key: "s3.standard.get.thousand" },
  },
];

const NOTEBOOKS = [of(100, "person"), of(3, "notebook"), of(5, "day")];

/**
 * The six figures that were noted for eu-west-3 with AWS's calculator. What is a guess about their
 * origin says so; the arithmetic is exact.
 */
export const NOTES: readonly Note[] = [
  {
    title: "EC2, three machines",
    notedCents: 20783,
    noted: [
      {
        what: "Machines, committed for a year (t4g.xlarge)",
        factors: [of(3, "machine"), hours],
        price: {
          usd: 0.0949,
          source: "63.1 % of t4g.xlarge on demand, as an EC2 Instance Savings Plan has it",
          sure: "hypothesis",
        },
        doubt: "no list that has the price was found",
      },
    ],
    alike: [...THREE_MACHINES, ...NETWORK],
    why: "On demand, like Studio and EKS; with disks, way out and address, without which nothing runs.",
  },
  {
    title: "EKS, three control planes",
    notedCents: 21900,
    noted: [
      {
        what: "Control planes (standard support)",
        factors: [of(3, "cluster"), hours],
        price: { key: "eks.cluster.hour" },
      },
    ],
    alike: [
      {
        what: "Control plane (standard support)",
        factors: [of(1, "cluster"), hours],
        price: { key: "eks.cluster.hour" },
      },
      ...THREE_MACHINES,
      ...NETWORK,
    ],
    why: "One cluster is enough, but it needs nodes: the same three machines.",
  },
  {
    title: "SageMaker, 15,000 hours",
    notedCents: 363000,
    noted: [
      {
        what: "Studio notebooks (ml.c5.xlarge)",
        factors: [...NOTEBOOKS, of(10, "hour")],
        price: { key: "sagemaker.ml.c5.xlarge.studio.hour" },
        doubt: "ml.c6i.xlarge would give the same figure",
      },
    ],
    alike: [
      {
        what: "Studio notebooks (ml.c5.xlarge)",
        factors: [...NOTEBOOKS, of(10, "hour")],
        price: { key: "sagemaker.ml.c5.xlarge.studio.hour" },
      },
      {
        what: "Idle until they are stopped (ml.c5.xlarge)",
        factors: [...NOTEBOOKS, of(1, "hour")],
        price: { key: "sagemaker.ml.c5.xlarge.studio.hour" },
      },
      {
        what: "Space disks",
        factors: [of(300, "notebook"), of(20, "GB")],
        price: { key: "sagemaker.studioStorage.gbMonth" },
      },
      ...NETWORK,
    ],
    why: "With the hour before a notebook is stopped, its disk, and the way out.",
  },
  {
    title: "S3, 500 GB",
    notedCents: 1242,
    noted: [
      ...BUCKET,
      {
        what: "Returned by S3 Select",
        factors: [of(100, "GB")],
        price: { key: "s3.select.returned.gb" },
        doubt: "1,000,000 GET requests would give the same figure",
      },
      {
        what: "Scanned by S3 Select",
        factors: [of(100, "GB")],
        price: { key: "s3.select.scanned.gb" },
        doubt: "it goes with the line before",
      },
    ],
    alike: BUCKET,
    // https://aws.amazon.com/blogs/storage/how-to-optimize-querying-your-data-in-amazon-s3/ (2024-07)
    why: "S3 Select is closed to new customers.",
  },
  {
    title: "RDS PostgreSQL, 500 GB",
    notedCents: 13300,
    noted: [
      {
        what: "Storage (Multi-AZ)",
        factors: [of(500, "GB")],
        price: { key: "rds.postgres.gp3.multiAz.gbMonth" },
        doubt: "no instance class found gives the figure with storage of a single zone",
      },
    ],
    alike: [
      {
        what: "Storage (Multi-AZ)",
        factors: [of(500, "GB")],
        price: { key: "rds.postgres.gp3.multiAz.gbMonth" },
      },
      {
        what: "Database instance (Multi-AZ, db.t4g.micro)",
        factors: [hours],
        price: { key: "rds.postgres.db.t4g.micro.multiAz.hour" },
      },
    ],
    why: "Storage alone answers no query: with the smallest instance.",
  },
  {
    title: "Cognito, 10,000 users",
    notedCents: 51425,
    noted: [
      {
        what: "Advanced security",
        factors: [of(10_000, "user")],
        price: { key: "cognito.legacy.advancedSecurity.mau" },
        doubt: "users without it were free up to 50,000",
      },
      {
        what: "Users by SAML or OIDC, beyond 50 free",
        factors: [of(1_000 - 50, "user")],
        price: { key: "cognito.samlOidc.mau" },
        doubt: "1,000 of them",
      },
    ],
    alike: [
      { what: "Plus plan", factors: [of(10_000, "user")], price: { key: "cognito.plus.mau" } },
      {
        what: "Users by SAML or OIDC, beyond 50 free",
        factors: [of(1_000 - 50, "user")],
        price: { key: "cognito.samlOidc.mau" },
      },
    ],
    why: "Since November 2024 advanced security is the Plus plan; Essentials, which these stacks have, would be free for 10,000 users.",
  },
];

/** A term with its price and amount. */
export interface PricedTerm extends Term {
  readonly usd: number;
  /** US dollars a month, not rounded. */
  readonly monthUsd: number;
  /** The same in whole cents. */
  readonly monthCents: number;
}

/** A note with both of its sums. */
export interface PricedNote {
  readonly title: string;
  readonly why: string;
  readonly noted: readonly PricedTerm[];
  readonly alike: readonly PricedTerm[];
  /** What the terms come to; the tests hold it against the figure in the notes. */
  readonly notedCents: number;
  readonly alikeCents: number;
}

/** Evaluates the notes with the prices of their region. */
export function pricedNotes(book: PriceBook = priceBook(NOTES_REGION)): PricedNote[] {
  return NOTES.map(({ title, why, ...terms }) => {
    const noted = terms.noted.map((term) => pricedTerm(term, book));
    const alike = terms.alike.map((term) => pricedTerm(term, book));
    return {
      title,
      why,
      noted,
      alike,
      // AWS's calculator rounds a service once: 12.4194 is 12.42, but its parts would be 12.43.
      notedCents: cents(
        1,
        noted.reduce((sum, { monthUsd }) => sum + monthUsd, 0),
      ),
      alikeCents: alike.reduce((sum, { monthCents }) => sum + monthCents, 0),
    };
  });
}

/** Platforms of the notes by the figures that each needs; the last three are everybody's. */
const NOTED_TOTALS = [
  { platform: "EC2", figures: [0, 3, 4, 5] },
  { platform: "EKS", figures: [1, 3, 4, 5] },
  { platform: "SageMaker", figures: [2, 3, 4, 5] },
] as const;

/** What a platform comes to with storage, database and logins, in cents. */
export interface NotedTotal {
  readonly platform: string;
  readonly notedCents: number;
  readonly alikeCents: number;
}

/** Sums the figures of each platform. */
export function notedTotals(notes: readonly PricedNote[]): NotedTotal[] {
  return NOTED_TOTALS.map(({ platform, figures }) => {
    const sum = (of: "notedCents" | "alikeCents"): number =>
      figures.reduce<number>((total, index) => total + (notes[index]?.[of] ?? NaN), 0);
    return { platform, notedCents: sum("notedCents"), alikeCents: sum("alikeCents") };
  });
}

function pricedTerm(term: Term, book: PriceBook): PricedTerm {
  const usd = "key" in term.price ? book.price(term.price.key).usd : term.price.usd;
  const units = product(term);
  return { ...term, usd, monthUsd: trimFloat(units * usd), monthCents: cents(units, usd) };
}

function product({ factors }: Term): number {
  return factors.reduce((result, { count }) => result * count, 1);
}
