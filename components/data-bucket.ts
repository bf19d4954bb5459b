import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AwsAccess } from "../settings/schema/aws-access";
import type { EmptyBucketInputs } from "../actions/empty-bucket";
import { LIFECYCLE_FLAGS, type Lifecycle } from "../settings/lifecycle";
import { ActionResource } from "./action-resource";

export interface DataBucketArgs {
  readonly lifecycle: Lifecycle;
  /** Days that replaced and deleted object versions are kept. */
  readonly noncurrentDays: number;
  readonly access: pulumi.Input<AwsAccess>;
}

/** Folder of the snapshots that a control plane of `ec2` takes of etcd, and the days that each is kept. */
export const SNAPSHOTS = "etcd";
const SNAPSHOT_DAYS = 30;

/** Days after which the parts of an upload that nobody finished are dropped; they cost as objects do. */
const ABANDONED_UPLOAD_DAYS = 7;

/**
 * The bucket that everybody's data, models and results live in: private, versioned, encrypted with
 * keys of S3, reachable over TLS only.
 *
 * Priced by `cost/rules/` from usage: a bucket costs nothing, what lies in it does.
 */
export class DataBucket extends pulumi.ComponentResource {
  readonly bucketName: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: DataBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlp:component:DataBucket", name, {}, opts);
    const { forceDestroy, protect } = LIFECYCLE_FLAGS[args.lifecycle];
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
   * Empties the bucket before it goes. It is there in every lifecycle, and does nothing in a kept one: if it
   * went when a stack becomes a kept one, it would take the data along at that very moment. Another name
   * for it would do the same at the next `up`.
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
          // Here, since a bucket has one list of rules.
          {
            id: "drop-old-snapshots",
            status: "Enabled",
            filter: { prefix: `${SNAPSHOTS}/` },
            expiration: { days: SNAPSHOT_DAYS },
          },
        ],
      },
      // S3 refuses rules on old versions while versioning is not on yet.
      { parent: this, dependsOn: [versioning] },
    );
  }
}

/**
 * Encrypts a bucket with keys of S3 and takes every public way into it away: access lists, public
 * policies, foreign ownership.
 *
 * @returns the access block; whatever sets a policy depends on it, or S3 answers with a conflict.
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

/** Refuses requests without TLS, and allows what further statements allow. */
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
