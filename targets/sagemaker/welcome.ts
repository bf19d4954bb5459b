import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SHARED_PREFIX } from "../../components/people";
import type { SharedServices } from "../target";

const NOTEBOOK = join(__dirname, "welcome.ipynb");

export interface WelcomeArgs {
  readonly shared: SharedServices;
}

/**
 * A notebook in the shared part of the bucket that shows each person their data and the database.
 * `docs/targets.md` has the line that fetches it.
 */
export class Welcome extends pulumi.ComponentResource {
  constructor(name: string, { shared }: WelcomeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlp:sagemaker:Welcome", name, {}, opts);
    const { bucket, database, region } = shared;
    const values = pulumi.all({
      BUCKET: bucket.bucketName,
      DATABASE: database.endpoint,
      REGION: region,
    });
    new aws.s3.BucketObjectv2(
      `${name}-notebook`,
      {
        bucket: bucket.bucketName,
        key: `${SHARED_PREFIX}/welcome.ipynb`,
        contentType: "application/x-ipynb+json",
        content: values.apply((known) => fillIn(readFileSync(NOTEBOOK, "utf8"), known)),
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}

/**
 * Puts values in the places of `{{NAME}}`.
 *
 * @throws Error when the text names a value that there is not.
 */
export function fillIn(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) {
      throw new Error(`welcome.ipynb asks for {{${name}}}, which nobody gives`);
    }
    return value;
  });
}
