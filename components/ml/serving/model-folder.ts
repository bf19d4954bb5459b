import { createHash } from "node:crypto";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { MODELS_PREFIX, PREDICTION_PROGRAM, WORKLOAD_CODE_PREFIX } from "../../../settings/names";
import type { DataBucket } from "../../data-bucket";
import { workloadFile } from "../../workload";

const FOLDER = join(__dirname, "..", "..", "..", "workload", "models");

/** Names of the models that can be served: the folders of `workload/models`. */
export type ModelName = "digits";

/** The model that a stack serves. */
export const SERVED_MODEL: ModelName = "digits";

/**
 * Accelerator inside ONNX Runtime: `none` on CPUs, `tensorrt` on a GPU of NVIDIA. It decides which configuration is
 * uploaded; the model is the same file.
 */
export type Accelerator = "none" | "tensorrt";

/** Inputs of `ModelFolder`. */
export interface ModelFolderArgs {
  readonly model: ModelName;
  readonly bucket: Pick<DataBucket, "bucketName">;
  readonly accelerator: Accelerator;
}

/**
 * A model under the public prefix of the bucket, where no user can replace it: a folder in the layout that Triton
 * reads, `config.pbtxt` and a folder for each version. Beside the programs of the workload, it puts the one that asks
 * for predictions, which is of use only where a model is served.
 *
 * Free but for some hundred KB of storage.
 */
export class ModelFolder extends pulumi.ComponentResource {
  /** Folder in the bucket, without a slash at the end. */
  readonly prefix: string;
  /** Digest of the content; another one is another model, or another accelerator. */
  readonly digest: string;

  constructor(
    name: string,
    { model, bucket, accelerator }: ModelFolderArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("mlp:ml:ModelFolder", name, {}, opts);
    this.prefix = `${MODELS_PREFIX}/${model}`;
    const digest = createHash("sha256");
    for (const file of filesOf(model)) {
      const path = sourceOf(model, file, accelerator);
      new aws.s3.BucketObjectv2(
        `${name}-${file.replaceAll("/", "-")}`,
        {
          bucket: bucket.bucketName,
          key: `${this.prefix}/${file}`,
          source: new pulumi.asset.FileAsset(path),
        },
        { parent: this },
      );
      digest.update(`${file}\0`).update(readFileSync(path));
    }
    new aws.s3.BucketObjectv2(
      `${name}-program`,
      {
        bucket: bucket.bucketName,
        key: `${WORKLOAD_CODE_PREFIX}/${PREDICTION_PROGRAM}`,
        contentType: "text/x-python",
        content: workloadFile(PREDICTION_PROGRAM),
      },
      { parent: this },
    );
    this.digest = digest.digest("hex");
    this.registerOutputs({ prefix: this.prefix, digest: this.digest });
  }
}

/** Path of what is uploaded as a file of a model. Triton refuses folders with a configuration too many. */
function sourceOf(model: ModelName, file: string, accelerator: Accelerator): string {
  return file === "config.pbtxt" && accelerator !== "none"
    ? join(FOLDER, `${model}.${accelerator}.pbtxt`)
    : join(FOLDER, model, file);
}

/** Files of a model below its folder, in an order that is always the same. */
function filesOf(model: ModelName): string[] {
  return readdirSync(join(FOLDER, model), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(join(FOLDER, model).length + 1))
    .sort();
}
