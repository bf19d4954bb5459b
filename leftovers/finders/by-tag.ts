import { ListRoleTagsCommand, paginateListRoles, type IAMClient } from "@aws-sdk/client-iam";
import { paginateDescribeDBInstanceAutomatedBackups, type RDSClient } from "@aws-sdk/client-rds";
import {
  paginateGetResources,
  type ResourceGroupsTaggingAPIClient,
} from "@aws-sdk/client-resource-groups-tagging-api";
import { parseArn, type Arn } from "../../aws/arn";
import { collect } from "../../aws/collect";
import { PROJECT } from "../../settings/contract";
import { isNameOfTarget, readStackTags, TAG_KEYS } from "../../settings/names";
import type { Clients } from "../clients";
import { KINDS } from "../kinds";
import type { Tags } from "../kinds/kind";
import type { Lookup } from "../lookup";
import type { StackFinding } from "../stack-finding";

/** Look-ups of everything in the region, and in no region, that carries this project's tags. */
export function lookupsByTag(
  { tags, globalTags, iam, rds }: Clients,
  region: string,
): Lookup<readonly StackFinding[]>[] {
  const permissions = ["tag:GetResources"];
  const inRegion = ({ region: its }: Arn): boolean => its === region || its === "";
  // The ARN of a bucket has no region, but the bucket is in one.
  const inNone = ({ region: its, service }: Arn): boolean => its === "" && service !== "s3";
  return [
    {
      what: `resources with this project's tags in ${region}`,
      permissions,
      run: async () => findingsOf(await resources(tags), inRegion),
    },
    {
      what: "resources with this project's tags in no region",
      permissions,
      run: async () => findingsOf(await resources(globalTags), inNone),
    },
    {
      what: "roles with this project's tags",
      permissions: ["iam:ListRoles", "iam:ListRoleTags"],
      run: async () => findingsOf(await roles(iam)),
    },
    {
      what: "automated backups with this project's tags",
      permissions: ["rds:DescribeDBInstanceAutomatedBackups"],
      run: async () => findingsOf(await automatedBackups(rds)),
    },
  ];
}

interface TaggedArn {
  readonly arn: string;
  readonly tags: Tags;
}

async function resources(client: ResourceGroupsTaggingAPIClient): Promise<TaggedArn[]> {
  const TagFilters = [{ Key: TAG_KEYS.project, Values: [PROJECT] }];
  const all = await collect(
    paginateGetResources({ client }, { TagFilters }),
    (page) => page.ResourceTagMappingList,
  );
  return all.map(({ ResourceARN = "", Tags = [] }) => ({ arn: ResourceARN, tags: byKey(Tags) }));
}

/** Roles, which no list of tagged resources has: each is asked for its tags. */
async function roles(client: IAMClient): Promise<TaggedArn[]> {
  const all = await collect(paginateListRoles({ client }, {}), (page) => page.Roles);
  const candidates = all.filter(({ RoleName = "" }) => isNameOfTarget(RoleName));
  return Promise.all(
    candidates.map(async ({ RoleName, Arn = "" }) => {
      return { arn: Arn, tags: await tagsOf(client, RoleName) };
    }),
  );
}

/** Tags of a role; none if it was deleted since it was listed. */
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

/** Backups that RDS retains of a deleted database, with the database's tags. */
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

function byKey(tags: readonly { Key?: string | undefined; Value?: string | undefined }[]): Tags {
  return Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value]));
}

/** Kinds that are never listed by themselves: they exist only in another, or are found with their Studio domain. */
const PARTS: ReadonlySet<string> = new Set([
  "eks:addon",
  "eks:access-entry",
  "eks:podidentityassociation",
  "sagemaker:app",
  "sagemaker:space",
]);

/** True for a part of something that is listed: an add-on of a cluster, a stage of an API. */
export function isPart({ service, type, id }: Arn): boolean {
  return PARTS.has(`${service}:${type}`) || (service === "apigateway" && id.includes("/"));
}

function findingsOf(
  tagged: readonly TaggedArn[],
  isHere: (arn: Arn) => boolean = () => true,
): StackFinding[] {
  return tagged
    .map(({ arn, tags }) => ({ arn: parseArn(arn), tags }))
    .filter(({ arn }) => isHere(arn) && !isPart(arn))
    .flatMap(({ arn, tags }) => findingOf(arn, tags));
}

function findingOf({ service, type, id, arn }: Arn, tags: Tags): StackFinding[] {
  const stack = readStackTags(tags);
  if (stack === undefined) {
    return [];
  }
  const kind = `${service}:${type}`;
  const { name = `${service} ${type}`.trim(), byUsers = false } = KINDS[kind] ?? {};
  return [
    {
      kind,
      label: name,
      id,
      arn,
      stack: stack.stack,
      stackId: stack.stackId,
      owner: stack.owner,
      why: "carries the stack's tags",
      keepsData: stack.lifecycle === "keep",
      byPulumi: !(typeof byUsers === "boolean" ? byUsers : byUsers(tags)),
    },
  ];
}
