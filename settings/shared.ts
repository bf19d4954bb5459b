import { type Check, fault } from "./contract";
import { listed } from "./foreign-text";
import { LIFECYCLES } from "./lifecycle";
import { databaseClass } from "./values/instance-types";
import { NOTEBOOK_SETTINGS } from "./values/notebooks";
import { within } from "./values/cidr";
import { allowedNetworks, networksCommand, PRIVATE, privateNetwork } from "./values/networks";
import { people } from "./values/people";
import { MAILS_A_DAY, SENDER_SETTINGS, senderFaults } from "./values/sender";
import { boolean, integer, oneOf, text, type Loaded } from "./schema/setting";

/** Platforms that the program can deploy; `targets/index.ts` has an entry for each. */
export const TARGET_NAMES = ["ec2", "eks", "sagemaker"] as const;
/** A platform that the program can deploy: a value of the setting `target`. */
export type TargetName = (typeof TARGET_NAMES)[number];

/** Bits that divide the VPC into eighths: a public and a private subnet in up to four zones. */
export const SUBNET_BITS = 3;
/**
 * Longest prefix of a subnet. AWS reserves 5 addresses, an EKS control plane needs 6, RDS and NAT one each.
 * https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
 * https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
 */
const SMALLEST_SUBNET = 27;

/** Major versions of PostgreSQL that a stack may have, newest first. */
export const POSTGRES_VERSIONS = ["18", "17", "16"] as const;
const REGION = /^(?!cn-|us-gov-)[a-z]{2}(-[a-z]+)+-\d$/;

/** Settings of every target, in the order of the documentation. */
export const SHARED_SETTINGS = {
  target: {
    ...oneOf("Platform that the stack deploys.", TARGET_NAMES),
    // A choice that nobody else can make.
    example: "TARGET",
  },
  region: {
    ...text("AWS region of all resources in the stack.", {
      allowed: "an AWS region outside China and GovCloud",
      pattern: REGION,
      example: "eu-west-3",
    }),
    key: "aws:region",
    // Its case, its hyphens, the letter of a zone; a near name may be on another continent.
    meant: (raw: string) => {
      const name = raw
        .trim()
        .toLowerCase()
        .replace(/[_\s]/g, "-")
        .replace(/(?<=-\d)[a-z]$/, "");
      return REGION.test(name) ? name : undefined;
    },
  },
  lifecycle: oneOf(
    "`experiment`: `pulumi destroy` deletes everything. `keep`: data is protected and survives mistakes. `retire`: a kept stack whose next destroy deletes everything.",
    LIFECYCLES,
    "experiment",
  ),
  owner: text(
    "Person or team responsible for the stack and its bill: the value of the `Owner` tag.",
    {
      allowed:
        "1 to 128 letters, digits, spaces and any of + - = . _ : / @, not beginning with aws:, no space first or last",
      // https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
      pattern: /^(?! |[Aa][Ww][Ss]:)[\p{L}\p{N} +\-=._:/@]{1,128}(?<! )$/u,
      example: "ml-team",
    },
  ),
  allowedCidrs: allowedNetworks,
  users: people,
  network: {
    // AWS accepts a VPC from /16 to /28. https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
    cidr: privateNetwork("IPv4 network of the VPC; each subnet gets an eighth of it.", {
      largest: 16,
      smallest: SMALLEST_SUBNET - SUBNET_BITS,
      fallback: "10.0.0.0/16",
    }),
    zones: integer(
      "Availability zones, each with a public and a private subnet. On eks they cannot change after creation.",
      { min: 2, max: 4, unit: "zone", fallback: 2 },
    ),
    nat: oneOf(
      "NAT gateways: one, one for each zone, or none. Without one, machines have public addresses and still accept no connection from outside.",
      ["none", "single", "perZone"],
      "single",
      // As their description calls them, which is one letter from the opposite.
      { one: "single" },
    ),
  },
  bucket: {
    noncurrentDays: integer("Retention of replaced and deleted object versions.", {
      min: 1,
      max: 3650,
      unit: "day",
      fallback: 30,
    }),
  },
  database: {
    // Major versions only: AWS withdraws minor versions, and then refuses to create them.
    // https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html
    engineVersion: oneOf(
      "PostgreSQL major version. A higher one upgrades the database, which is down meanwhile; there is no way back. A kept stack upgrades in its maintenance window.",
      POSTGRES_VERSIONS,
      "17",
    ),
    instanceClass: databaseClass("RDS instance class.", "db.t4g.micro"),
    // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html (gp3, PostgreSQL)
    storageGib: integer("Allocated gp3 storage. It can grow and cannot shrink.", {
      min: 20,
      max: 65536,
      unit: "GiB",
      fallback: 20,
    }),
    multiAz: boolean(
      "Standby instance in a second zone; it doubles the price of the database.",
      false,
    ),
    // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html
    backupRetentionDays: integer("Retention of automated backups; 0 turns them off.", {
      min: 0,
      max: 35,
      unit: "day",
      fallback: 7,
    }),
  },
  notebooks: NOTEBOOK_SETTINGS,
  userPool: {
    mfa: oneOf(
      "Second factor at login, by an authenticator app: disabled, optional or required.",
      ["off", "optional", "on"],
      "optional",
      { no: "off", false: "off", disabled: "off", required: "on" },
    ),
    email: SENDER_SETTINGS,
  },
};
/** Values of the settings that every target has. */
export type SharedSettings = Loaded<typeof SHARED_SETTINGS>;

/**
 * Number of availability zones of each region that has prices. In other regions only AWS can tell, during
 * `pulumi up`.
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

/** Warning of targets whose own services do not refuse clients from private networks. */
export const PRIVATE_CLIENTS: Check<Pick<SharedSettings, "allowedCidrs">> = {
  reads: ["allowedCidrs"],
  severity: "warning",
  find: ({ allowedCidrs }) => {
    const inside = allowedCidrs.filter((network) => within(PRIVATE, network));
    return fault.when(
      inside.length > 0,
      `allowedCidrs has private networks, from which nobody reaches a public address: ${listed(inside)}`,
      networksCommand(
        allowedCidrs.map((network) => (inside.includes(network) ? undefined : network)),
      ),
    );
  },
};

/** Checks of every target. */
export const SHARED_CHECKS: readonly Check<SharedSettings>[] = [
  {
    reads: ["region", "network.zones"],
    severity: "error",
    find: ({ region, network }) => {
      const most = ZONES[region] ?? network.zones;
      return fault.when(
        network.zones > most,
        `network.zones must be ${most} or less in ${region}, which has no more; got ${network.zones}`,
        `pulumi config set network.zones ${most}`,
      );
    },
  },
  {
    reads: ["userPool.email.identity", "userPool.email.from"],
    severity: "error",
    find: ({ userPool }) => senderFaults(userPool.email),
  },
  {
    reads: ["users", "userPool.email.identity"],
    severity: "warning",
    find: ({ users, userPool }) =>
      fault.when(
        users.length > MAILS_A_DAY && userPool.email.identity === "cognito",
        `users has ${users.length} people, but Cognito's own sender takes ${MAILS_A_DAY} e-mails a day: an \`up\` that invites more fails half-way, until the next day`,
        "pulumi config set userPool.email.identity arn:aws:ses:REGION:ACCOUNT:identity/DOMAIN",
      ),
  },
  {
    reads: ["lifecycle", "database.multiAz"],
    severity: "warning",
    find: ({ lifecycle, database }) =>
      fault.when(
        lifecycle === "keep" && !database.multiAz,
        "lifecycle is keep, but the database runs in a single zone: if that zone fails, the database is unavailable until AWS repairs the zone",
        "pulumi config set database.multiAz true",
      ),
  },
];
