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
import { type AwsAccess } from "../settings/schema/aws-access";

export interface EmptyBucketInputs {
  readonly bucket: string;
  /** Whether the content goes with the bucket. */
  readonly forceDestroy: boolean;
  readonly aws: AwsAccess;
}

/**
 * Every version and delete marker of a bucket, before the bucket goes. The provider would do it too, but
 * one page after the other, silently, and no further than to the first key that S3 is too busy for; what
 * arrives after this is left to it.
 */
export const action: Action<EmptyBucketInputs> = {
  remove: (inputs) => emptyBucket(inputs, HOST),
};

/** Pages of 1,000 versions that are in memory, and then deleted, at the same time. */
const PAGES_AT_ONCE = 5;
const SAY_SECONDS = 30;
/** How often a key is tried that S3 is too busy for, with pauses of 1, 2, 4 … seconds between. */
const ATTEMPTS = 8;
/** How many refused keys an error names. */
const NAMED = 10;

/** Codes of single keys that pass. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const LATER = /^(SlowDown|InternalError|ServiceUnavailable|OperationAborted|RequestTimeout)$/;
/** What a request cannot name, since XML has no way to write it. The provider deletes these one by one. */
const UNWRITABLE = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/** What has become of the versions so far. */
interface Tally {
  deleted: number;
  refused: number;
  /** The first refused keys, with version and code. */
  readonly named: string[];
  /** When the person who waits last heard of it. */
  said: number;
}

/** @throws ActionError naming the keys that S3 does not let go, with its code, when all others are gone. */
export async function emptyBucket(inputs: EmptyBucketInputs, world: Host): Promise<void> {
  const { bucket, forceDestroy, aws } = inputs;
  if (!forceDestroy) {
    return;
  }
  const client = new S3Client(clientSettings(aws, "s3"));
  const tally: Tally = { deleted: 0, refused: 0, named: [], said: world.now() };
  try {
    await deleteVersions({ client, bucket, world, tally });
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
      `S3 does not delete ${count(tally.refused)} of the versions in bucket ${bucket}: ` +
        `${tally.named.join(", ")}${more > 0 ? ` and ${count(more)} more` : ""}. ` +
        "Take away what holds them, a lock, a policy or a missing permission, then run the destroy again.",
    );
  }
}

interface Scope {
  readonly client: S3Client;
  readonly bucket: string;
  readonly world: Host;
  readonly tally: Tally;
}

/**
 * Lists some pages, deletes them side by side, and so on behind them. Lists and deletions take turns: the
 * emulator cannot answer both at once, and it is the lists, one after the other, that take most of the time.
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
      next = behind(list);
    }
    await Promise.all(pages.map((versions) => deleteAll(scope, versions)));
  }
}

type Marker = Pick<ListObjectVersionsCommandInput, "KeyMarker" | "VersionIdMarker">;

/** Where the next page begins; undefined behind the last one. The SDK does not page this list itself. */
function behind(list: ListObjectVersionsCommandOutput): Marker | undefined {
  const { IsTruncated, NextKeyMarker = "", NextVersionIdMarker } = list;
  return IsTruncated === true
    ? { KeyMarker: clear(NextKeyMarker, list), VersionIdMarker: NextVersionIdMarker }
    : undefined;
}

function versionsOf(list: ListObjectVersionsCommandOutput): ObjectIdentifier[] {
  return [...(list.Versions ?? []), ...(list.DeleteMarkers ?? [])]
    .map(({ Key = "", VersionId }) => ({ Key: clear(Key, list), VersionId }))
    .filter(({ Key }) => !UNWRITABLE.test(Key));
}

/** A key as it is. A list is XML too, and so has it encoded; those of the emulator have not, and say so. */
function clear(key: string, { EncodingType }: ListObjectVersionsCommandOutput): string {
  return EncodingType === "url" ? decodeURIComponent(key.replaceAll("+", " ")) : key;
}

/** Deletes up to 1,000 versions. The SDK repeats a request that is refused as a whole, not single keys. */
async function deleteAll(
  { client, bucket, world, tally }: Scope,
  versions: readonly ObjectIdentifier[],
): Promise<void> {
  let left = versions;
  for (let attempt = 1; left.length > 0; attempt += 1) {
    const { Errors = [] } = await client.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: [...left], Quiet: true } }),
    );
    const busy = Errors.filter(({ Code = "" }) => attempt < ATTEMPTS && LATER.test(Code));
    const refused = Errors.filter((error) => !busy.includes(error));
    tally.deleted += left.length - Errors.length;
    tally.refused += refused.length;
    for (const { Key, VersionId, Code } of refused.slice(0, NAMED - tally.named.length)) {
      tally.named.push(`${Key ?? ""} (version ${VersionId ?? ""}: ${Code ?? ""})`);
    }
    progress(bucket, tally, world);
    left = busy.map(({ Key, VersionId }) => ({ Key, VersionId }));
    if (left.length > 0) {
      await world.sleep(1000 * 2 ** (attempt - 1));
    }
  }
}

function progress(bucket: string, tally: Tally, world: Host): void {
  if (world.now() - tally.said >= SAY_SECONDS * 1000) {
    tally.said = world.now();
    world.log(`emptying bucket ${bucket}: ${count(tally.deleted)} versions deleted so far`);
  }
}

function count(versions: number): string {
  return versions.toLocaleString("en-US");
}
