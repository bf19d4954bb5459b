import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { WORKLOAD_CODE_PREFIX, WORKLOAD_PREFIX } from "../settings/names";
import type { DataBucket } from "./data-bucket";
import type { Database } from "./database";

const FOLDER = join(__dirname, "..", "workload");

/** Inputs of `Workload`. */
export interface WorkloadArgs {
  readonly bucket: DataBucket;
  readonly database: Database;
  readonly region: string;
  /** Name of SageMaker's endpoint. @default there is none */
  readonly servingEndpoint?: pulumi.Output<string> | undefined;
}

/** Program of the workload, in `workload/` and in what runs it. */
export const PROGRAM = "train.py";
/** Program that looks for the best parameters of the other one. */
export const TUNING_PROGRAM = "tune.py";
/** Its search space: which parameters, within which ranges. */
export const SPACE_FILE = "search-space.json";
/** Packages of `PROGRAM`, locked with their hashes. */
export const PACKAGES_FILE = "requirements.txt";

/** Content of a file of `workload/`, as it is run. */
export function workloadFile(name: string): string {
  return readFileSync(join(FOLDER, name), "utf8");
}

/**
 * The workload under the public prefix of the bucket, where no user can replace it: the notebook `welcome.ipynb`, the
 * programs that it calls, their search space and packages, and the data set. The same on every target.
 *
 * Free: six objects of a few KB.
 */
export class Workload extends pulumi.ComponentResource {
  constructor(name: string, args: WorkloadArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlp:component:Workload", name, {}, opts);
    const { bucket, database, region, servingEndpoint = "" } = args;
    const values = pulumi.all({
      BUCKET: bucket.bucketName,
      DATABASE: database.endpoint,
      REGION: region,
      SERVING_ENDPOINT: servingEndpoint,
    });
    const object = (
      logical: string,
      key: string,
      content: Omit<aws.s3.BucketObjectv2Args, "bucket" | "key">,
    ): void => {
      new aws.s3.BucketObjectv2(
        `${name}-${logical}`,
        { bucket: bucket.bucketName, key, ...content },
        { parent: this },
      );
    };
    object("notebook", `${WORKLOAD_PREFIX}/welcome.ipynb`, {
      contentType: "application/x-ipynb+json",
      content: values.apply((known) => fillIn(workloadFile("welcome.ipynb"), known)),
    });
    for (const [logical, file, contentType] of [
      ["program", PROGRAM, "text/x-python"],
      ["packages", PACKAGES_FILE, "text/plain"],
      ["tuning", TUNING_PROGRAM, "text/x-python"],
      ["search-space", SPACE_FILE, "application/json"],
    ] as const) {
      const content = workloadFile(file);
      object(logical, `${WORKLOAD_CODE_PREFIX}/${file}`, { contentType, content });
    }
    object("data", `${WORKLOAD_PREFIX}/digits.csv.gz`, {
      contentType: "application/gzip",
      source: new pulumi.asset.FileAsset(join(FOLDER, "digits.csv.gz")),
    });
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
