import {
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  S3Client,
  type ListObjectVersionsCommandInput,
  type ListObjectVersionsCommandOutput,
  type ObjectIdentifier,
} from "@aws-sdk/client-s3";
import { ActionError, HOST, type Action, type Host } from "./action";
import { clientSettings } from "../aws/client-settings";
import type { AwsAccess } from "../settings/schema/aws-access";

/** Inputs of the action, as the state stores them. */
export interface EmptyBucketInputs {
  readonly bucket: string;
  /** True if the content is deleted with the bucket. */
  readonly forceDestroy: boolean;
  readonly aws: AwsAccess;
}

/**
 * Deletes every version and delete marker of a bucket, before the bucket is deleted. Replaces the provider's
 * `forceDestroy`, which works page by page, shows no progress and fails on the first `SlowDown`. Objects written
 * later are left to `forceDestroy`.
 */
export const action: Action<EmptyBucketInputs> = {
  remove: (inputs) => emptyBucket(inputs, HOST),
};

/** Pages of 1,000 versions that are held in memory and deleted at the same time. */
const PAGES_AT_ONCE = 5;
/** Seconds between two lines about progress. */
const LOG_SECONDS = 30;
/** Attempts to delete a key that S3 is too busy for, with pauses of 1, 2, 4 … seconds between. */
const ATTEMPTS = 8;
/** Largest number of refused keys that an error names. */
const MOST_NAMED = 10;

/** Codes of refusals of single keys that pass with time. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const TEMPORARY = /^(SlowDown|InternalError|ServiceUnavailable|OperationAborted|RequestTimeout)$/;
/** Characters that XML cannot represent, so a request cannot name keys with them. The provider deletes those one by one. */
const UNWRITABLE = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/** Counts of versions so far. */
interface Tally {
  deleted: number;
  refused: number;
  /** The first refused keys, with version and code. */
  readonly named: string[];
  /** Time of the last line about progress. */
  logged: number;
}

/** @throws ActionError naming the keys that S3 refuses to delete, with its code, after all others are deleted. */
export async function emptyBucket(inputs: EmptyBucketInputs, host: Host): Promise<void> {
  const { bucket, forceDestroy, aws } = inputs;
  if (!forceDestroy) {
    return;
  }
  const client = new S3Client(clientSettings(aws, "s3"));
  const tally: Tally = { deleted: 0, refused: 0, named: [], logged: host.now() };
  try {
    await deleteVersions({ client, bucket, host, tally });
  } catch (error) {
    const { name, message } = error as Error;
    if (name !== "NoSuchBucket") {
      throw new ActionError(`bucket ${bucket} cannot be emptied: ${name}: ${message}`, {
        cause: error,
      });
    }
  }
  if (tally.refused > 0) {
    const more = tally.refused - tally.named.length;
    throw new ActionError(
      `S3 refuses to delete ${count(tally.refused)} of the versions in bucket ${bucket}: ` +
        `${tally.named.join(", ")}${more > 0 ? ` and ${count(more)} more` : ""}. ` +
        "Remove the lock or policy that protects them, or grant the missing permission, then run the destroy again.",
    );
  }
}

interface Scope {
  readonly client: S3Client;
  readonly bucket: string;
  readonly host: Host;
  readonly tally: Tally;
}

/**
 * Lists some pages, deletes them in parallel, and continues after them. Lists and deletions take turns: the
 * emulator cannot answer both at once, and the lists, one after the other, take most of the time anyway.
 */
async function deleteVersions(scope: Scope): Promise<void> {
  const { client, bucket: Bucket } = scope;
  let next: Marker | undefined = {};
  while (next !== undefined) {
    const pages: ObjectIdentifier[][] = [];
    while (next !== undefined && pages.length < PAGES_AT_ONCE) {
      const list: ListObjectVersionsCommandOutput = await client.send(
        new ListObjectVersionsCommand({ Bucket, EncodingType: "url", ...next }),
      );
      pages.push(versionsOf(list));
      next = markerAfter(list);
    }
    await Promise.all(pages.map((versions) => deleteAll(scope, versions)));
  }
}

type Marker = Pick<ListObjectVersionsCommandInput, "KeyMarker" | "VersionIdMarker">;

/** Marker of the next page; undefined after the last one. The SDK has no paginator for this list. */
function markerAfter(list: ListObjectVersionsCommandOutput): Marker | undefined {
  const { IsTruncated, NextKeyMarker = "", NextVersionIdMarker } = list;
  return IsTruncated === true
    ? { KeyMarker: decoded(NextKeyMarker, list), VersionIdMarker: NextVersionIdMarker }
    : undefined;
}

function versionsOf(list: ListObjectVersionsCommandOutput): ObjectIdentifier[] {
  return [...(list.Versions ?? []), ...(list.DeleteMarkers ?? [])]
    .map(({ Key = "", VersionId }) => ({ Key: decoded(Key, list), VersionId }))
    .filter(({ Key }) => !UNWRITABLE.test(Key));
}

/** A key, decoded. A list is XML too, so AWS encodes keys in it; the emulator does not, and says so. */
function decoded(key: string, { EncodingType }: ListObjectVersionsCommandOutput): string {
  return EncodingType === "url" ? decodeURIComponent(key.replaceAll("+", " ")) : key;
}

/** Deletes up to 1,000 versions. The SDK retries a request that is refused as a whole, but not single keys. */
async function deleteAll(
  { client, bucket, host, tally }: Scope,
  versions: readonly ObjectIdentifier[],
): Promise<void> {
  let left = versions;
  for (let attempt = 1; left.length > 0; attempt += 1) {
    const { Errors = [] } = await client.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: [...left], Quiet: true } }),
    );
    const busy = Errors.filter(({ Code = "" }) => attempt < ATTEMPTS && TEMPORARY.test(Code));
    const refused = Errors.filter((error) => !busy.includes(error));
    tally.deleted += left.length - Errors.length;
    tally.refused += refused.length;
    for (const { Key, VersionId, Code } of refused.slice(0, MOST_NAMED - tally.named.length)) {
      tally.named.push(`${Key ?? ""} (version ${VersionId ?? ""}: ${Code ?? ""})`);
    }
    progress(bucket, tally, host);
    left = busy.map(({ Key, VersionId }) => ({ Key, VersionId }));
    if (left.length > 0) {
      await host.sleep(1000 * 2 ** (attempt - 1));
    }
  }
}

function progress(bucket: string, tally: Tally, host: Host): void {
  if (host.now() - tally.logged >= LOG_SECONDS * 1000) {
    tally.logged = host.now();
    host.log(`emptying bucket ${bucket}: ${count(tally.deleted)} versions deleted so far`);
  }
}

function count(versions: number): string {
  return versions.toLocaleString("en-US");
}
