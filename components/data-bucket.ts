import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AwsAccess } from "../settings/schema/aws-access";
import type { EmptyBucketInputs } from "../actions/empty-bucket";
import type { LifecycleFlags } from "../settings/lifecycle";
import { ActionResource } from "./action-resource";

/** Inputs of `DataBucket`. */
export interface DataBucketArgs {
  readonly retention: Pick<LifecycleFlags, "forceDestroy" | "protect">;
  /** Days for which replaced and deleted object versions are retained. */
  readonly noncurrentDays: number;
  readonly access: pulumi.Input<AwsAccess>;
}

/** Folder of the etcd snapshots that the control plane of `ec2` takes. */
export const SNAPSHOTS = "etcd";
/** Days for which each of these is retained. */
const SNAPSHOT_DAYS = 30;

/** Days after which the parts of an unfinished upload are deleted; they cost as much as objects. */
const ABANDONED_UPLOAD_DAYS = 7;

/**
 * The bucket for the data, models and results of all users: private, versioned, encrypted with keys of S3,
 * reachable over TLS only.
 *
 * Priced by `cost/rules/` from usage: the bucket is free, its objects and requests are not.
 */
export class DataBucket extends pulumi.ComponentResource {
  readonly bucketName: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: DataBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlp:component:DataBucket", name, {}, opts);
    const { forceDestroy, protect } = args.retention;
    const bucket = new aws.s3.Bucket(`${name}-bucket`, { forceDestroy }, { parent: this, protect });
    const closed = lockDown(name, bucket, { parent: this });
    this.version(name, bucket, args);
    tlsOnly(name, bucket, { parent: this, dependsOn: [closed] });
    this.janitor(name, bucket, { forceDestroy, aws: args.access });

    this.bucketName = bucket.bucket;
    this.arn = bucket.arn;
    this.registerOutputs({ bucketName: this.bucketName, arn: this.arn });
  }

  /**
   * Empties the bucket before it is deleted. Declared in every lifecycle, and idle when `lifecycle` is
   * `keep`: if it were removed on the switch to `keep`, its delete step would empty the bucket. For the same
   * reason its name must never change.
   */
  private janitor(
    name: string,
    bucket: aws.s3.Bucket,
    inputs: Omit<{ [K in keyof EmptyBucketInputs]: pulumi.Input<EmptyBucketInputs[K]> }, "bucket">,
  ): void {
    new ActionResource<EmptyBucketInputs>(
      "EmptyBucket",
      `${name}-janitor`,
      { bucket: bucket.bucket, ...inputs },
      { parent: this, dependsOn: [bucket] },
    );
  }

  private version(name: string, bucket: aws.s3.Bucket, { noncurrentDays }: DataBucketArgs): void {
    const versioning = new aws.s3.BucketVersioning(
      `${name}-versioning`,
      { bucket: bucket.bucket, versioningConfiguration: { status: "Enabled" } },
      { parent: this },
    );
    new aws.s3.BucketLifecycleConfiguration(
      `${name}-expiry`,
      {
        bucket: bucket.bucket,
        rules: [
          {
            id: "drop-old-versions-and-abandoned-uploads",
            status: "Enabled",
            filter: { prefix: "" },
            noncurrentVersionExpiration: { noncurrentDays },
            abortIncompleteMultipartUpload: { daysAfterInitiation: ABANDONED_UPLOAD_DAYS },
          },
          // Here and not in `targets/ec2`, since a bucket has a single list of rules.
          {
            id: "drop-old-snapshots",
            status: "Enabled",
            filter: { prefix: `${SNAPSHOTS}/` },
            expiration: { days: SNAPSHOT_DAYS },
          },
        ],
      },
      // S3 refuses rules for old versions until versioning is enabled.
      { parent: this, dependsOn: [versioning] },
    );
  }
}

/**
 * Encrypts a bucket with keys of S3 and closes it to the public: no access lists, no public policies, no
 * objects of other owners.
 *
 * @returns the access block. A policy of the bucket has to depend on it; otherwise S3 reports a conflict.
 */
export function lockDown(
  name: string,
  bucket: aws.s3.Bucket,
  opts: pulumi.CustomResourceOptions,
): aws.s3.BucketPublicAccessBlock {
  new aws.s3.BucketServerSideEncryptionConfiguration(
    `${name}-encryption`,
    {
      bucket: bucket.bucket,
      rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
    },
    opts,
  );
  new aws.s3.BucketOwnershipControls(
    `${name}-ownership`,
    { bucket: bucket.bucket, rule: { objectOwnership: "BucketOwnerEnforced" } },
    opts,
  );
  return new aws.s3.BucketPublicAccessBlock(
    `${name}-access-block`,
    {
      bucket: bucket.bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
    opts,
  );
}

/** Sets a bucket policy that denies requests without TLS, together with further statements. */
export function tlsOnly(
  name: string,
  bucket: aws.s3.Bucket,
  opts: pulumi.CustomResourceOptions,
  statements: readonly pulumi.Input<aws.iam.PolicyStatement>[] = [],
): aws.s3.BucketPolicy {
  const deny = {
    Sid: "TlsOnly",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: [bucket.arn, pulumi.interpolate`${bucket.arn}/*`],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
  return new aws.s3.BucketPolicy(
    `${name}-policy`,
    {
      bucket: bucket.bucket,
      policy: pulumi.jsonStringify({ Version: "2012-10-17", Statement: [deny, ...statements] }),
    },
    opts,
  );
}
