import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PUBLIC_PREFIX } from "../../components/people";
import type { DataBucket } from "../../components/data-bucket";
import type { Database } from "../../components/database";

const NOTEBOOK = join(__dirname, "welcome.ipynb");

/** Inputs of `Welcome`. */
export interface WelcomeArgs {
  readonly bucket: DataBucket;
  readonly database: Database;
  readonly region: string;
}

/**
 * A notebook under the public prefix of the bucket, where no user can replace it. It shows users how to reach their data and the
 * database; the documentation of the target has the command that downloads it.
 */
export class Welcome extends pulumi.ComponentResource {
  constructor(name: string, args: WelcomeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlp:sagemaker:Welcome", name, {}, opts);
    const { bucket, database, region } = args;
    const values = pulumi.all({
      BUCKET: bucket.bucketName,
      DATABASE: database.endpoint,
      REGION: region,
    });
    new aws.s3.BucketObjectv2(
      `${name}-notebook`,
      {
        bucket: bucket.bucketName,
        key: `${PUBLIC_PREFIX}/welcome.ipynb`,
        contentType: "application/x-ipynb+json",
        content: values.apply((known) => fillIn(readFileSync(NOTEBOOK, "utf8"), known)),
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}

/**
 * Replaces each `{{NAME}}` in a text by its value.
 *
 * @throws Error when a name has no value.
 */
export function fillIn(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) {
      throw new Error(`welcome.ipynb contains {{${name}}}, which has no value`);
    }
    return value;
  });
}
