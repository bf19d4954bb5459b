import {
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  S3Client,
  type ListObjectVersionsCommandInput,
  type ListObjectVersionsCommandOutput,
  type ObjectIdentifier,
} from "@aws-sdk/client-s3";
import { ActionError, WORLD, type Action, type World } from "./action";
import { clientSettings, type AwsAccess } from "./aws-access";

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
  remove: (inputs) => emptyBucket(inputs, WORLD),
};

/** Pages of 1,000 versions that are in memory, and on their way to be deleted, at the same time. */
const PAGES_AT_ONCE = 4;
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
export async function emptyBucket(inputs: EmptyBucketInputs, world: World): Promise<void> {
  const { bucket, forceDestroy, aws } = inputs;
  if (!forceDestroy) {
    return;
  }
  const client = new S3Client(clientSettings(aws, "s3"));
  const tally: Tally = { deleted: 0, refused: 0, named: [], said: world.now() };
  const pages = pagesOf(client, bucket);
  // All of them take from the same list, so there are never more pages than workers.
  const worker = async (): Promise<void> => {
    for await (const page of pages) {
      await deleteAll({ client, bucket, world, tally }, versionsOf(page));
      progress(bucket, tally, world);
    }
  };
  try {
    await Promise.all(Array.from({ length: PAGES_AT_ONCE }, worker));
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

/** All that a bucket has, up to 1,000 at a time. The SDK has no pages of its own for this list. */
async function* pagesOf(
  client: S3Client,
  bucket: string,
): AsyncGenerator<ListObjectVersionsCommandOutput> {
  let next: Pick<ListObjectVersionsCommandInput, "KeyMarker" | "VersionIdMarker"> = {};
  for (;;) {
    const page = await client.send(
      new ListObjectVersionsCommand({ Bucket: bucket, EncodingType: "url", ...next }),
    );
    yield page;
    const { IsTruncated, NextKeyMarker = "", NextVersionIdMarker } = page;
    if (IsTruncated !== true) {
      return;
    }
    next = { KeyMarker: clear(NextKeyMarker), VersionIdMarker: NextVersionIdMarker };
  }
}

/** A key as it is. Lists have it encoded, since they are XML, too. */
function clear(key: string): string {
  return decodeURIComponent(key.replaceAll("+", " "));
}

function versionsOf(page: ListObjectVersionsCommandOutput): ObjectIdentifier[] {
  return [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])]
    .map(({ Key = "", VersionId }) => ({ Key: clear(Key), VersionId }))
    .filter(({ Key }) => !UNWRITABLE.test(Key));
}

interface Scope {
  readonly client: S3Client;
  readonly bucket: string;
  readonly world: World;
  readonly tally: Tally;
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
    left = busy.map(({ Key, VersionId }) => ({ Key, VersionId }));
    if (left.length > 0) {
      await world.sleep(1000 * 2 ** (attempt - 1));
    }
  }
}

function progress(bucket: string, tally: Tally, world: World): void {
  if (world.now() - tally.said >= SAY_SECONDS * 1000) {
    tally.said = world.now();
    world.say(`emptying bucket ${bucket}: ${count(tally.deleted)} versions deleted so far`);
  }
}

function count(versions: number): string {
  return versions.toLocaleString("en-US");
}
