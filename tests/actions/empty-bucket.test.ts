import assert from "node:assert/strict";
import { emptyBucket, type EmptyBucketInputs } from "../../actions/empty-bucket";
import { BucketService } from "../support/bucket-service";
import { fakeClock, listening } from "../support/fake-clock";
import { withoutBackoff } from "../support/no-backoff";

const BUCKET = "data-bucket-1a2b3c4";

describe("EmptyBucket", () => {
  withoutBackoff();
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

  it("deletes all versions and delete markers on all pages, but not the bucket", async () => {
    await emptyBucket(await holding(4_500), fakeClock());
    assert.equal(s3.left, 0);
    assert.deepEqual(s3.calls, { ListObjectVersions: 5, DeleteObjects: 5 });
    assert.ok(s3.exists);
  });

  it("sends no request for other buckets or when forceDestroy is false", async () => {
    const inputs = await holding(10);
    await emptyBucket({ ...inputs, forceDestroy: false }, fakeClock());
    assert.deepEqual([s3.calls, s3.left], [{}, 10]);
    await emptyBucket(inputs, fakeClock());
    assert.deepEqual([...s3.asked], [BUCKET]);
  });

  it("sends one list request when the bucket is empty or missing", async () => {
    const inputs = await holding(0);
    await emptyBucket(inputs, fakeClock());
    s3.exists = false;
    await emptyBucket(inputs, fakeClock());
    assert.deepEqual(s3.calls, { ListObjectVersions: 2 });
  });

  it("runs up to five deletions at once, with at most five pages in memory", async () => {
    const inputs = await holding(20_000);
    s3.latency = { DeleteObjects: 200 };
    await emptyBucket(inputs, fakeClock());
    assert.equal(s3.left, 0);
    assert.equal(s3.mostInHand, 5_000);
    assert.deepEqual(s3.most, { ListObjectVersions: 1, DeleteObjects: 5 });
  });

  it("reports progress every half minute", async () => {
    const inputs = await holding(10_000);
    const time = fakeClock();
    // Each deletion takes ten seconds on this clock.
    await emptyBucket(inputs, { ...time, now: () => (s3.calls["DeleteObjects"] ?? 0) * 10_000 });
    assert.ok(time.said.length >= 2 && time.said.length <= 3, time.said.join("\n"));
    for (const line of time.said) {
      assert.match(line, /^emptying bucket data-bucket-1a2b3c4: \d+,000 versions deleted so far$/);
    }
  });

  it("retries throttled lists and deletions", async () => {
    const inputs = await holding(3_000);
    s3.throttled = { ListObjectVersions: 2, DeleteObjects: 2 };
    await emptyBucket(inputs, fakeClock());
    assert.equal(s3.left, 0);
  });

  it("retries only the keys that fail with SlowDown, with growing pauses", async () => {
    const inputs = await holding(1_000);
    s3.slow.set(7, 3);
    const time = fakeClock();
    await emptyBucket(inputs, time);
    assert.deepEqual([s3.left, s3.calls["DeleteObjects"], s3.named], [0, 4, 1_003]);
    assert.equal(time.now(), 1_000 + 2_000 + 4_000);
  });

  it("fails when a key keeps failing with SlowDown", async () => {
    const inputs = await holding(10);
    s3.slow.set(7, Infinity);
    await assert.rejects(emptyBucket(inputs, fakeClock()), /000000007 \(version 7: SlowDown\)/);
    assert.deepEqual(s3.remaining(), [7]);
  });

  it("deletes all other keys, then names the refused key with version and code", async () => {
    const inputs = await holding(3_000);
    s3.refused.set(1_234, "AccessDenied");
    await assert.rejects(emptyBucket(inputs, fakeClock()), {
      message:
        "S3 refuses to delete 1 of the versions in bucket data-bucket-1a2b3c4: users/ada/000001234 (version 1234: " +
        "AccessDenied). Remove the lock or policy that protects them, or grant the missing permission, then run the destroy again.",
    });
    assert.deepEqual(s3.remaining(), [1_234]);
  });

  it("names ten refused keys and counts the rest", async () => {
    const inputs = await holding(3_000);
    for (let index = 0; index < 2_000; index += 1) {
      s3.refused.set(index, "AccessDenied");
    }
    await assert.rejects(emptyBucket(inputs, fakeClock()), ({ message }: Error) => {
      assert.match(message, /refuses to delete 2,000 of .* and 1,990 more\. /);
      assert.equal(message.match(/AccessDenied/g)?.length, 10);
      return true;
    });
    assert.equal(s3.left, 2_000);
  });

  it("stops at the first AccessDenied for the whole bucket", async () => {
    const inputs = await holding(50_000);
    for (const operation of ["ListObjectVersions", "DeleteObjects"]) {
      s3.denied = operation;
      await assert.rejects(emptyBucket(inputs, fakeClock()), {
        message: "bucket data-bucket-1a2b3c4 cannot be emptied: AccessDenied: AccessDenied",
      });
    }
    assert.ok((s3.calls["DeleteObjects"] ?? 0) <= 5);
  });

  it("deletes keys with special characters, and leaves those XML cannot express to the provider", async () => {
    const odd = ["a b", "c+d", "e%20f", "g&h<i>", "j/ü", "k😀", "l\u0001", "m\uFFFF"];
    const inputs = await holding(1_100, (index) => odd[index % odd.length] ?? "");
    await emptyBucket(inputs, fakeClock());
    const left = new Set(s3.remaining().map((index) => odd[index % odd.length]));
    assert.deepEqual(left, new Set(["l\u0001", "m\uFFFF"]));
  });

  it("handles lists whose keys are not URL-encoded", async () => {
    const inputs = await holding(1_100, (index) => `c+d%20${index}`);
    s3.encodes = false;
    await emptyBucket(inputs, fakeClock());
    assert.equal(s3.left, 0);
  });
});
