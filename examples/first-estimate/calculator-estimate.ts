import { USD } from "../../cost/currency";
import { cents, trimFloat } from "../../cost/money";
import { priceBook, type PriceBook } from "../../cost/price-book";
import { HOURS_PER_MONTH } from "../../cost/rule";

/** A factor of a product, and the unit that it counts. */
export interface Factor {
  readonly count: number;
  readonly unit: string;
}

/** A unit price by its key in the price file. */
export interface UnitPrice {
  readonly key: string;
}

/** A product of counts and one unit price. */
export interface Term {
  /** Name of the billed item, as the report prints it. */
  readonly what: string;
  readonly factors: readonly Factor[];
  readonly price: UnitPrice;
  /** Reason why this term is a guess. @default it is certain */
  readonly doubt?: string;
}

/** One figure of the estimate, and the same service on terms that are equal for all platforms. */
export interface Figure {
  readonly title: string;
  /** The figure as AWS's calculator gave it, in cents. */
  readonly quotedCents: number;
  /** Terms whose sum is that figure. */
  readonly quoted: readonly Term[];
  /** Terms of the same service on demand, with everything that the figure left out. */
  readonly likeForLike: readonly Term[];
  /** Changes between the two, and their reason. */
  readonly why: string;
}

/** Name of the scenario that describes the situation of the estimate: `cost/scenarios/notes.json`. */
export const ESTIMATE_SCENARIO = "notes";

/** Region of the estimate. */
export const ESTIMATE_REGION = "eu-west-3";

const hours: Factor = { count: HOURS_PER_MONTH, unit: "hour" };
const count = (howMany: number, unit: string): Factor => ({ count: howMany, unit });

/** Machines and root disks of a cluster of three nodes, with any control plane. */
const THREE_MACHINES: readonly Term[] = [
  {
    what: "Machines on demand (t4g.xlarge)",
    factors: [count(3, "machine"), hours],
    price: { key: "ec2.t4g.xlarge.hour" },
  },
  {
    what: "Root disks (gp3)",
    factors: [count(3, "disk"), count(50, "GB")],
    price: { key: "ebs.gp3.gbMonth" },
  },
];

/** Access to the internet, the same for every platform. */
const NETWORK: readonly Term[] = [
  { what: "NAT gateway", factors: [hours], price: { key: "vpc.natGateway.hour" } },
  {
    what: "NAT gateway data processed",
    factors: [count(100, "GB")],
    price: { key: "vpc.natGateway.gb" },
  },
  { what: "Public IPv4 address", factors: [hours], price: { key: "vpc.publicIpv4.hour" } },
];

/** Half a terabyte of data, and 20,000 requests of each kind. */
const BUCKET: readonly Term[] = [
  { what: "Storage", factors: [count(500, "GB")], price: { key: "s3.standard.gbMonth" } },
  {
    what: "PUT requests",
    factors: [count(20, "1,000 requests")],
    price: { key: "s3.standard.put.thousand" },
  },
  {
    what: "GET requests",
    factors: [count(20, "1,000 requests")],
    price: { key: "s3.standard.get.thousand" },
  },
];

const NOTEBOOKS = [count(100, "person"), count(3, "notebook"), count(5, "day")];

/**
 * The six figures that somebody took from AWS's calculator for eu-west-3. A term has a `doubt` where its
 * origin is a guess; the arithmetic is exact.
 */
export const FIGURES: readonly Figure[] = [
  {
    title: "EC2, three machines",
    quotedCents: 20783,
    quoted: [
      {
        what: "Machines, reserved for a year, no upfront (t4g.xlarge)",
        factors: [count(3, "machine"), hours],
        price: { key: "ec2.t4g.xlarge.reserved1yNoUpfront.hour" },
      },
    ],
    likeForLike: [...THREE_MACHINES, ...NETWORK],
    why: "On demand instead of reserved for a year, like Studio and EKS, and with disks, NAT gateway and public address, which every cluster needs.",
  },
  {
    title: "EKS, three control planes",
    quotedCents: 21900,
    quoted: [
      {
        what: "Control planes (standard support)",
        factors: [count(3, "cluster"), hours],
        price: { key: "eks.cluster.hour" },
      },
    ],
    likeForLike: [
      {
        what: "Control plane (standard support)",
        factors: [count(1, "cluster"), hours],
        price: { key: "eks.cluster.hour" },
      },
      ...THREE_MACHINES,
      ...NETWORK,
    ],
    why: "One cluster is enough, but it needs nodes: the same three machines as above.",
  },
  {
    title: "SageMaker, 15,000 hours",
    quotedCents: 363000,
    quoted: [
      {
        what: "Studio notebooks (ml.c5.xlarge)",
        factors: [...NOTEBOOKS, count(10, "hour")],
        price: { key: "sagemaker.ml.c5.xlarge.studio.hour" },
        doubt: "ml.c6i.xlarge would give the same figure",
      },
    ],
    likeForLike: [
      {
        what: "Studio notebooks (ml.c5.xlarge)",
        factors: [...NOTEBOOKS, count(10, "hour")],
        price: { key: "sagemaker.ml.c5.xlarge.studio.hour" },
      },
      {
        what: "Idle until they are stopped (ml.c5.xlarge)",
        factors: [...NOTEBOOKS, count(1, "hour")],
        price: { key: "sagemaker.ml.c5.xlarge.studio.hour" },
      },
      {
        what: "Space disks",
        factors: [count(300, "notebook"), count(20, "GB")],
        price: { key: "sagemaker.studioStorage.gbMonth" },
      },
      ...NETWORK,
    ],
    why: "With the idle hour before a notebook is stopped, with its disk, and with the NAT gateway.",
  },
  {
    title: "S3, 500 GB",
    quotedCents: 1242,
    quoted: [
      ...BUCKET,
      {
        what: "Returned by S3 Select",
        factors: [count(100, "GB")],
        price: { key: "s3.select.returned.gb" },
        doubt: "1,000,000 GET requests would give the same figure",
      },
      {
        what: "Scanned by S3 Select",
        factors: [count(100, "GB")],
        price: { key: "s3.select.scanned.gb" },
        doubt: "it belongs to the line before",
      },
    ],
    likeForLike: BUCKET,
    // https://aws.amazon.com/blogs/storage/how-to-optimize-querying-your-data-in-amazon-s3/ (2024-07)
    why: "S3 Select is closed to new customers.",
  },
  {
    title: "RDS PostgreSQL, 500 GB",
    quotedCents: 13300,
    quoted: [
      {
        what: "Storage (Multi-AZ)",
        factors: [count(500, "GB")],
        price: { key: "rds.postgres.gp3.multiAz.gbMonth" },
        doubt: "with Single-AZ storage, no instance class gives the figure",
      },
    ],
    likeForLike: [
      {
        what: "Storage (Multi-AZ)",
        factors: [count(500, "GB")],
        price: { key: "rds.postgres.gp3.multiAz.gbMonth" },
      },
      {
        what: "Database instance (Multi-AZ, db.t4g.micro)",
        factors: [hours],
        price: { key: "rds.postgres.db.t4g.micro.multiAz.hour" },
      },
    ],
    why: "Storage alone answers no query, so the smallest instance is added.",
  },
  {
    title: "Cognito, 10,000 users",
    quotedCents: 51425,
    quoted: [
      {
        what: "Advanced security",
        factors: [count(10_000, "user")],
        price: { key: "cognito.legacy.advancedSecurity.mau" },
        doubt: "without it, up to 50,000 users were free",
      },
      {
        what: "Users by SAML or OIDC, beyond 50 free",
        factors: [count(1_000 - 50, "user")],
        price: { key: "cognito.samlOidc.mau" },
        doubt: "1,000 of them",
      },
    ],
    likeForLike: [
      // AWS bills a user once: https://aws.amazon.com/cognito/pricing/ has a price for those who log in directly
      // and another one for those who come by SAML or OIDC.
      {
        what: "Plus plan, users who log in directly",
        factors: [count(10_000 - 1_000, "user")],
        price: { key: "cognito.plus.mau" },
      },
      {
        what: "Users by SAML or OIDC, beyond 50 free",
        factors: [count(1_000 - 50, "user")],
        price: { key: "cognito.samlOidc.mau" },
      },
    ],
    why: "Nobody is counted twice. Since November 2024 advanced security is part of the Plus plan. The Essentials plan, which these stacks use, would be free for 10,000 users.",
  },
];

/** A term with its price and amount. */
export interface PricedTerm extends Term {
  /** US dollars a unit. */
  readonly usd: number;
  /** US dollars a month, not rounded. */
  readonly monthUsd: number;
  /** The same in whole cents. */
  readonly monthCents: number;
}

/** A figure with both of its sums. */
export interface PricedFigure {
  readonly title: string;
  readonly why: string;
  readonly quoted: readonly PricedTerm[];
  readonly likeForLike: readonly PricedTerm[];
  /** Sum of `quoted`; the tests compare it with the figure of the calculator. */
  readonly quotedCents: number;
  /** Sum of the cents of `likeForLike`. */
  readonly likeForLikeCents: number;
}

/**
 * Evaluates the figures with the prices of their region.
 *
 * @throws CostError when the price file lacks one of the prices.
 */
export function pricedFigures(book: PriceBook = priceBook(ESTIMATE_REGION, USD)): PricedFigure[] {
  return FIGURES.map(({ title, why, ...terms }) => {
    const quoted = terms.quoted.map((term) => pricedTerm(term, book));
    const likeForLike = terms.likeForLike.map((term) => pricedTerm(term, book));
    return {
      title,
      why,
      quoted,
      likeForLike,
      // AWS's calculator rounds a service once: 12.4194 is 12.42, but its parts would be 12.43.
      quotedCents: cents(
        1,
        quoted.reduce((sum, { monthUsd }) => sum + monthUsd, 0),
      ),
      likeForLikeCents: likeForLike.reduce((sum, { monthCents }) => sum + monthCents, 0),
    };
  });
}

/** Indices of the figures that each platform needs; storage, database and logins belong to all of them. */
const PLATFORMS = [
  { platform: "EC2", figures: [0, 3, 4, 5] },
  { platform: "EKS", figures: [1, 3, 4, 5] },
  { platform: "SageMaker", figures: [2, 3, 4, 5] },
] as const;

/** Cents a month of a platform with storage, database and logins. */
export interface PlatformTotal {
  readonly platform: string;
  readonly quotedCents: number;
  readonly likeForLikeCents: number;
}

/** Sums the figures of each platform. */
export function platformTotals(priced: readonly PricedFigure[]): PlatformTotal[] {
  return PLATFORMS.map(({ platform, figures }) => {
    const sum = (amount: "quotedCents" | "likeForLikeCents"): number =>
      figures.reduce<number>((total, index) => total + (priced[index]?.[amount] ?? NaN), 0);
    return {
      platform,
      quotedCents: sum("quotedCents"),
      likeForLikeCents: sum("likeForLikeCents"),
    };
  });
}

function pricedTerm(term: Term, book: PriceBook): PricedTerm {
  const usd = book.price(term.price.key).perUnit;
  const units = unitsOf(term);
  return { ...term, usd, monthUsd: trimFloat(units * usd), monthCents: cents(units, usd) };
}

/** Units a month of a term: the product of its factors. */
export function unitsOf({ factors }: Term): number {
  return factors.reduce((result, factor) => result * factor.count, 1);
}
