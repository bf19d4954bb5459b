import {
  paginateGetResources,
  type ResourceGroupsTaggingAPIClient,
} from "@aws-sdk/client-resource-groups-tagging-api";
import { paginateListRoles, ListRoleTagsCommand, type IAMClient } from "@aws-sdk/client-iam";
import { paginateDescribeDBInstanceAutomatedBackups, type RDSClient } from "@aws-sdk/client-rds";
import { collect } from "../../aws/collect";
import { TARGET_NAMES } from "../../settings/shared";
import type { Clients } from "../clients";
import { isPart, kindOf, parseArn, type Arn, type Kind, type Tags } from "../kinds";
import type { Found, Look } from "../lookup";

/** Every resource of this project has these tags, and nothing without all three is taken for one. */
const PROJECT = "ml-platform";

/** A stack's tags that carry over to all that it makes. */
export interface StackTags {
  readonly stack: string;
  readonly stackId: string;
  /** `experiment` or `keep`. */
  readonly lifecycle: string;
  readonly owner: string;
}

/** The stack whose tags these are; undefined when they are not those of this project. */
export function stackOf(tags: Tags): StackTags | undefined {
  const { Project, Stack, StackId, Lifecycle = "", Owner = "" } = tags;
  return Project === PROJECT && Stack !== undefined && /^[0-9a-f]{8}$/.test(StackId ?? "")
    ? { stack: Stack, stackId: StackId ?? "", lifecycle: Lifecycle, owner: Owner }
    : undefined;
}

/** A tagged thing with its stack. */
export interface Tagged extends StackTags {
  readonly found: Found;
}

/** Everything in the region, and in no region, that carries this project's tags. */
export function taggedLooks(
  { tags, globalTags, iam, rds }: Clients,
  region: string,
): Look<readonly Tagged[]>[] {
  const permissions = ["tag:GetResources"];
  const of =
    (client: ResourceGroupsTaggingAPIClient, isHere: (arn: Arn) => boolean) =>
    async (): Promise<Tagged[]> =>
      (await resources(client)).filter(({ arn }) => isHere(parseArn(arn))).flatMap(tagged);
  return [
    {
      what: `resources with this project's tags in ${region}`,
      permissions,
      look: of(tags, (arn) => arn.region === region || arn.region === ""),
    },
    {
      what: "resources with this project's tags in no region",
      permissions,
      // The ARN of a bucket names no region, but it is in one.
      look: of(globalTags, (arn) => arn.region === "" && arn.service !== "s3"),
    },
    {
      what: "roles with this project's tags",
      permissions: ["iam:ListRoles", "iam:ListRoleTags"],
      look: async () => (await roles(iam)).flatMap(tagged),
    },
    {
      what: "automated backups with this project's tags",
      permissions: ["rds:DescribeDBInstanceAutomatedBackups"],
      look: async () => (await automatedBackups(rds)).flatMap(tagged),
    },
  ];
}

interface TaggedArn {
  readonly arn: string;
  readonly tags: Tags;
}

async function resources(client: ResourceGroupsTaggingAPIClient): Promise<TaggedArn[]> {
  const TagFilters = [{ Key: "Project", Values: [PROJECT] }];
  const all = await collect(
    paginateGetResources({ client }, { TagFilters }),
    (page) => page.ResourceTagMappingList,
  );
  return all.map(({ ResourceARN = "", Tags = [] }) => ({ arn: ResourceARN, tags: byKey(Tags) }));
}

/** Names of roles begin with the target's, as all logical names of targets do. */
const ROLE = new RegExp(`^(${TARGET_NAMES.join("|")})-`);

/** Roles are in no list of tagged resources: each has to be asked. */
async function roles(client: IAMClient): Promise<TaggedArn[]> {
  const all = await collect(paginateListRoles({ client }, {}), (page) => page.Roles);
  const candidates = all.filter(({ RoleName = "" }) => ROLE.test(RoleName));
  return Promise.all(
    candidates.map(async ({ RoleName, Arn = "" }) => {
      return { arn: Arn, tags: await tagsOf(client, RoleName) };
    }),
  );
}

/** None of a role that has gone since it was listed. */
async function tagsOf(client: IAMClient, RoleName: string | undefined): Promise<Tags> {
  try {
    return byKey((await client.send(new ListRoleTagsCommand({ RoleName }))).Tags ?? []);
  } catch (error) {
    if ((error as Error).name.startsWith("NoSuchEntity")) {
      return {};
    }
    throw error;
  }
}

/** What RDS keeps when a database has gone; it has the database's tags. */
async function automatedBackups(client: RDSClient): Promise<TaggedArn[]> {
  const all = await collect(
    paginateDescribeDBInstanceAutomatedBackups({ client }, {}),
    (page) => page.DBInstanceAutomatedBackups,
  );
  return all.map(({ DBInstanceAutomatedBackupsArn = "", TagList = [] }) => ({
    arn: DBInstanceAutomatedBackupsArn,
    tags: byKey(TagList),
  }));
}

function tagged({ arn: text, tags }: TaggedArn): Tagged[] {
  const stack = stackOf(tags);
  const arn = parseArn(text);
  const name = `${arn.service}:${arn.type}`;
  if (stack === undefined || isPart(arn)) {
    return [];
  }
  const kind = kindOf(arn);
  const remove = kind.remove?.(arn);
  return [
    {
      ...stack,
      found: {
        ...{ kind: name, what: kind.what, id: arn.id, arn: text, stackId: stack.stackId },
        why: "carries the stack's tags",
        kept: stack.lifecycle === "keep" && kind.holdsData === true,
        byPulumi: !byUsers(kind, tags),
        ...(remove !== undefined && { remove }),
      },
    },
  ];
}

function byUsers({ byUsers: users = false }: Kind, tags: Tags): boolean {
  return typeof users === "boolean" ? users : users(tags);
}

function byKey(tags: readonly { Key?: string | undefined; Value?: string | undefined }[]): Tags {
  return Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value]));
}
