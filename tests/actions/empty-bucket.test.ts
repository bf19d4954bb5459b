import assert from "node:assert/strict";
import { emptyBucket, type EmptyBucketInputs } from "../../actions/empty-bucket";
import { BucketService } from "../support/bucket-service";
import { listening, world } from "../support/world";

const BUCKET = "data-bucket-1a2b3c4";

describe("emptying a bucket", () => {
  let s3: BucketService;

  afterEach(() => {
    s3.server.closeAllConnections();
    s3.server.close();
  });

  /** Empties a bucket with so many versions. */
  async function holding(versions: number, keyOf?: (index: number) => string) {
    s3 = new BucketService(BUCKET, versions, keyOf);
    const url = `http://127.0.0.1:${await listening(s3.server)}`;
    const inputs: EmptyBucketInputs = {
      bucket: BUCKET,
      forceDestroy: true,
      aws: {
        region: "eu-west-3",
        accessKey: "AKIA",
        secretKey: "secret",
        endpoints: [{ ec2: "http://127.0.0.1:1", s3: url }],
      },
    };
    return inputs;
  }

  it("deletes all versions and delete markers, over all pages, and leaves the bucket itself", async () => {
    await emptyBucket(await holding(4_500), world());
    assert.equal(s3.left, 0);
    assert.deepEqual(s3.calls, { ListObjectVersions: 5, DeleteObjects: 5 });
    assert.ok(s3.exists);
  });

  it("speaks to no other bucket, and to none that is kept", async () => {
    const inputs = await holding(10);
    await emptyBucket({ ...inputs, forceDestroy: false }, world());
    assert.deepEqual([s3.calls, s3.left], [{}, 10]);
    await emptyBucket(inputs, world());
    assert.deepEqual([...s3.asked], [BUCKET]);
  });

  it("asks for nothing more when there is nothing, or no bucket", async () => {
    const inputs = await holding(0);
    await emptyBucket(inputs, world());
    s3.exists = false;
    await emptyBucket(inputs, world());
    assert.deepEqual(s3.calls, { ListObjectVersions: 2 });
  });

  it("has several deletions under way, and never more than five pages in memory", async () => {
    const inputs = await holding(50_000);
    s3.latency = { DeleteObjects: 200 };
    await emptyBucket(inputs, world());
    assert.equal(s3.left, 0);
    assert.equal(s3.mostInHand, 5_000);
    assert.deepEqual(s3.most, { ListObjectVersions: 1, DeleteObjects: 5 });
  });

  it("says every half minute how far it is", async () => {
    const inputs = await holding(10_000);
    const time = world();
    // Each deletion takes ten seconds on this clock.
    await emptyBucket(inputs, { ...time, now: () => (s3.calls["DeleteObjects"] ?? 0) * 10_000 });
    assert.ok(time.said.length >= 2 && time.said.length <= 3, time.said.join("\n"));
    for (const line of time.said) {
      assert.match(line, /^emptying bucket data-bucket-1a2b3c4: \d+,000 versions deleted so far$/);
    }
  });

  it("comes through throttling of lists and of deletions", async () => {
    const inputs = await holding(3_000);
    s3.throttled = { ListObjectVersions: 2, DeleteObjects: 2 };
    await emptyBucket(inputs, world());
    assert.equal(s3.left, 0);
  });

  it("repeats single keys that S3 is too busy for, and only those, with longer and longer pauses", async () => {
    const inputs = await holding(1_000);
    s3.slow.set(7, 3);
    const time = world();
    await emptyBucket(inputs, time);
    assert.deepEqual([s3.left, s3.calls["DeleteObjects"], s3.named], [0, 4, 1_003]);
    assert.equal(time.now(), 1_000 + 2_000 + 4_000);
  });

  it("gives up on a key that S3 is always too busy for", async () => {
    const inputs = await holding(10);
    s3.slow.set(7, Infinity);
    await assert.rejects(emptyBucket(inputs, world()), /000000007 \(version 7: SlowDown\)/);
    assert.deepEqual(s3.remaining(), [7]);
  });

  it("names a key that is refused, with its version and code, when all others are gone", async () => {
    const inputs = await holding(3_000);
    s3.refused.set(1_234, "AccessDenied");
    await assert.rejects(emptyBucket(inputs, world()), {
      message:
        "S3 refuses to delete 1 of the versions in bucket data-bucket-1a2b3c4: users/ada/000001234 (version 1234: " +
        "AccessDenied). Remove the lock or policy that protects them, or grant the missing permission, then run the destroy again.",
    });
    assert.deepEqual(s3.remaining(), [1_234]);
  });

  it("names ten keys and counts the others, when many are refused", async () => {
    const inputs = await holding(3_000);
    for (let index = 0; index < 2_000; index += 1) {
      s3.refused.set(index, "AccessDenied");
    }
    await assert.rejects(emptyBucket(inputs, world()), ({ message }: Error) => {
      assert.match(message, /refuses to delete 2,000 of .* and 1,990 more\. /);
      assert.equal(message.match(/AccessDenied/g)?.length, 10);
      return true;
    });
    assert.equal(s3.left, 2_000);
  });

  it("stops at once, and says why, when nothing may be listed or deleted", async () => {
    const inputs = await holding(50_000);
    for (const operation of ["ListObjectVersions", "DeleteObjects"]) {
      s3.denied = operation;
      await assert.rejects(emptyBucket(inputs, world()), {
        message: "bucket data-bucket-1a2b3c4 cannot be emptied: AccessDenied: AccessDenied",
      });
    }
    assert.ok((s3.calls["DeleteObjects"] ?? 0) <= 5);
  });

  it("knows every key that a request can name, and leaves others to the provider", async () => {
    const odd = ["a b", "c+d", "e%20f", "g&h<i>", "j/ü", "k😀", "l\u0001", "m\uFFFF"];
    const inputs = await holding(1_100, (index) => odd[index % odd.length] ?? "");
    await emptyBucket(inputs, world());
    const left = new Set(s3.remaining().map((index) => odd[index % odd.length]));
    assert.deepEqual(left, new Set(["l\u0001", "m\uFFFF"]));
  });

  it("takes keys as they are where a list does not encode them", async () => {
    const inputs = await holding(1_100, (index) => `c+d%20${index}`);
    s3.encodes = false;
    await emptyBucket(inputs, world());
    assert.equal(s3.left, 0);
  });
});
