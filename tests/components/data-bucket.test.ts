import assert from "node:assert/strict";
import { DataBucket } from "../../components/data-bucket";
import { LIFECYCLE_FLAGS, type Lifecycle } from "../../settings/lifecycle";
import { declared, inputsOf } from "../support/declared";
import { policyOf } from "../support/policy";
import { registrations } from "../support/registrations";

const JANITOR = "dynamic/ml-platform:EmptyBucket";
const access = { region: "eu-west-3" };

describe("DataBucket", () => {
  const declare = (lifecycle: Lifecycle = "experiment") =>
    declared(() => {
      const retention = LIFECYCLE_FLAGS[lifecycle];
      return new DataBucket("lake", { retention, noncurrentDays: 30, access });
    });

  it("blocks public access in all four ways", async () => {
    const inputs = inputsOf(await declare(), "s3/bucketPublicAccessBlock:BucketPublicAccessBlock");
    for (const way of [
      "blockPublicAcls",
      "blockPublicPolicy",
      "ignorePublicAcls",
      "restrictPublicBuckets",
    ]) {
      assert.equal(inputs[way], true, way);
    }
    const controls = inputsOf(
      await declare(),
      "s3/bucketOwnershipControls:BucketOwnershipControls",
    );
    assert.deepEqual(controls["rule"], { objectOwnership: "BucketOwnerEnforced" });
  });

  it("is encrypted and versioned", async () => {
    const resources = await declare();
    const encryption = inputsOf(
      resources,
      "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    );
    assert.deepEqual(encryption["rules"], [
      { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } },
    ]);
    const versioning = inputsOf(resources, "s3/bucketVersioning:BucketVersioning");
    assert.deepEqual(versioning["versioningConfiguration"], { status: "Enabled" });
  });

  it("denies requests without TLS to the bucket and its objects", async () => {
    const { policy } = inputsOf(await declare(), "s3/bucketPolicy:BucketPolicy");
    const [statement] = policyOf(policy);
    assert.equal(statement?.Effect, "Deny");
    assert.equal(statement.Action, "s3:*");
    assert.equal(statement.Principal, "*");
    assert.deepEqual(statement.Resource, [
      "arn:aws:s3:::lake-bucket-0000000",
      "arn:aws:s3:::lake-bucket-0000000/*",
    ]);
    assert.deepEqual(statement.Condition, { Bool: { "aws:SecureTransport": "false" } });
  });

  it("expires old versions, abandoned uploads and etcd snapshots", async () => {
    const expiry = inputsOf(
      await declare(),
      "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    );
    const [rule, snapshots, ...others] = expiry["rules"] as Record<string, unknown>[];
    assert.deepEqual(rule?.["noncurrentVersionExpiration"], { noncurrentDays: 30 });
    assert.deepEqual(rule["abortIncompleteMultipartUpload"], { daysAfterInitiation: 7 });
    assert.equal(rule["expiration"], undefined, "current objects never expire");
    assert.deepEqual(snapshots?.["filter"], { prefix: "etcd/" });
    assert.deepEqual(snapshots["expiration"], { days: 30 });
    assert.deepEqual(others, []);
  });

  it("sets forceDestroy only in an experiment", async () => {
    const bucket = "s3/bucket:Bucket";
    assert.equal(inputsOf(await declare("experiment"), bucket)["forceDestroy"], true);
    assert.equal(inputsOf(await declare("keep"), bucket)["forceDestroy"], false);
  });

  it("is emptied by its janitor only where its content may be deleted", async () => {
    for (const lifecycle of ["experiment", "retire"] as const) {
      const { bucket, forceDestroy, aws } = inputsOf(await declare(lifecycle), JANITOR);
      assert.deepEqual([bucket, forceDestroy, aws], ["lake-bucket-0000000", true, access]);
    }
    const janitor = (await registrations()).find(({ name }) => name === "data-janitor");
    assert.ok(janitor?.dependencies.includes("data-bucket"));
  });

  it("keeps an idle janitor in a kept stack, since deleting it would empty the bucket", async () => {
    assert.equal(inputsOf(await declare("keep"), JANITOR)["forceDestroy"], false);
  });

  it("leaves its name to Pulumi", async () => {
    assert.equal(inputsOf(await declare(), "s3/bucket:Bucket")["bucket"], undefined);
  });
});
