import { Check } from "./contract";
import { LIFECYCLES } from "./lifecycle";
import { databaseClass } from "./values/instance-types";
import { allowedNetworks, privateNetwork } from "./values/networks";
import { people } from "./values/people";
import { boolean, integer, oneOf, text, type Loaded } from "./schema/setting";

/** Platforms that the program can deploy. `targets/index.ts` has one entry for each. */
export const TARGET_NAMES = ["ec2", "eks", "sagemaker"] as const;
export type TargetName = (typeof TARGET_NAMES)[number];

/** Subnets are cut as eighths of the VPC: room for a public and a private one in four zones. */
export const SUBNET_BITS = 3;
/**
 * Prefix length. AWS keeps 5 addresses of a subnet, a control plane of EKS wants 6, RDS and NAT one each.
 * https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
 * https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
 */
const SMALLEST_SUBNET = 27;

/** Settings of every target, in the order of the README. */
export const SHARED_SETTINGS = {
  target: oneOf("Platform that the stack deploys.", TARGET_NAMES),
  region: {
    ...text("AWS region of everything in the stack.", {
      allowed: "an AWS region outside China and GovCloud",
      pattern: /^(?!cn-|us-gov-)[a-z]{2}(-[a-z]+)+-\d$/,
      example: "eu-west-3",
    }),
    key: "aws:region",
  },
  lifecycle: oneOf(
    "`experiment`: a destroy takes all data along. `keep`: data is protected and outlives mistakes. `retire`: a kept stack whose next destroy takes everything along.",
    LIFECYCLES,
    "experiment",
  ),
  owner: text("Who answers for the stack and its bill: the `Owner` tag.", {
    allowed: "1 to 128 letters, digits, spaces and any of + - = . _ : / @, no space first or last",
    // https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
    pattern: /^(?! )[\p{L}\p{N} +\-=._:/@]{1,128}(?<! )$/u,
    example: "ml-team",
  }),
  allowedCidrs: allowedNetworks,
  users: people,
  network: {
    // AWS takes a VPC from /16 to /28. https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
    cidr: privateNetwork("Addresses of the VPC; a subnet is an eighth of them.", {
      largest: 16,
      smallest: SMALLEST_SUBNET - SUBNET_BITS,
      fallback: "10.0.0.0/16",
    }),
    zones: integer(
      "Availability zones with a public and a private subnet each. On eks they are chosen once, at creation.",
      { min: 2, max: 4, unit: "zone", fallback: 2 },
    ),
    nat: oneOf(
      "NAT gateways: one, one for each zone, or none (machines then have public addresses, and still accept nothing from outside).",
      ["none", "single", "perZone"],
      "single",
    ),
  },
  bucket: {
    noncurrentDays: integer("How long replaced and deleted object versions are kept.", {
      min: 1,
      max: 3650,
      unit: "day",
      fallback: 30,
    }),
  },
  database: {
    // Major versions only: AWS withdraws minors, and a withdrawn one cannot be created.
    // https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html
    engineVersion: oneOf("PostgreSQL major version.", ["18", "17", "16"], "17"),
    instanceClass: databaseClass("RDS instance class.", "db.t4g.micro"),
    // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html (gp3, PostgreSQL)
    storageGib: integer("Allocated gp3 storage. It can grow, never shrink.", {
      min: 20,
      max: 65536,
      unit: "GiB",
      fallback: 20,
    }),
    multiAz: boolean("A standby instance in a second zone, at twice the price.", false),
    // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html
    backupRetentionDays: integer("How long automated backups are kept; 0 turns them off.", {
      min: 0,
      max: 35,
      unit: "day",
      fallback: 7,
    }),
  },
  userPool: {
    mfa: oneOf(
      "A second factor at login (an authenticator application): refused, offered or demanded.",
      ["off", "optional", "on"],
      "optional",
    ),
  },
};
export type SharedSettings = Loaded<typeof SHARED_SETTINGS>;

/**
 * Availability zones of the regions that have prices. Others are counted by AWS, in the middle of an `up`.
 * https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
 */
export const ZONES: Readonly<Record<string, number>> = {
  // Tokyo has a fourth, which AWS offers to old accounts only.
  "ap-northeast-1": 3,
  "ap-northeast-2": 4,
  "ap-south-1": 3,
  "ap-southeast-1": 3,
  "ap-southeast-2": 3,
  "ca-central-1": 3,
  "eu-central-1": 3,
  "eu-north-1": 3,
  "eu-south-1": 3,
  "eu-west-1": 3,
  "eu-west-2": 3,
  "eu-west-3": 3,
  "sa-east-1": 3,
  "us-east-1": 6,
  "us-east-2": 3,
  "us-west-2": 4,
};

/** Rules that hold on every target. */
export const SHARED_CHECKS: readonly Check<SharedSettings>[] = [
  {
    reads: ["region", "network.zones"],
    severity: "error",
    find: ({ region, network }) => {
      const most = ZONES[region] ?? network.zones;
      return network.zones <= most
        ? []
        : [
            {
              problem: `network.zones must be ${most} or less in ${region}, which has no more; got ${network.zones}`,
              fix: `pulumi config set network.zones ${most}`,
            },
          ];
    },
  },
  {
    reads: ["lifecycle", "database.multiAz"],
    severity: "warning",
    find: ({ lifecycle, database }) =>
      lifecycle === "keep" && !database.multiAz
        ? [
            {
              problem:
                "lifecycle is keep, but the database stands in a single zone: when that zone fails, it is gone until AWS repairs it",
              fix: "pulumi config set database.multiAz true",
            },
          ]
        : [],
  },
];
