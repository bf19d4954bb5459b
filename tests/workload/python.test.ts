import assert from "node:assert/strict";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { trainingJobRequest, type JobTemplate } from "../../commands/workload/sagemaker";
import { outputs } from "../support/stack-outputs";
import { describePython } from "../support/python";

/*
 * The workload's own tests, with the packages that it is locked to: scikit-learn, a PostgreSQL with TLS on this
 * machine, and moto's S3.
 */
const WORKLOAD = join(__dirname, "..", "..", "workload");
const TESTS = join(WORKLOAD, "tests");

describePython("the workload's Python", {
  parts: { name: "workload", requirements: join(TESTS, "requirements.txt") },
  folder: TESTS,
  style: [WORKLOAD],
  env: async () => ({ TRAINING_JOB: JSON.stringify(await trainingJob()) }),
});

/** The request of the command for a training job of a stack, as SageMaker would get it. */
async function trainingJob(): Promise<object> {
  const settings = { target: "sagemaker", "studio.jobs": "true" };
  const templates = await outputs(
    settings,
    false,
    ({ trainingJobs }) =>
      new Promise<Record<string, JobTemplate>>((resolve) => {
        pulumi.output(trainingJobs).apply((all) => {
          resolve(all as Record<string, JobTemplate>);
        });
      }),
  );
  const request = { run: "tp9k2f-20", person: "ada", size: "small" } as const;
  assert.ok(templates["ada"] !== undefined);
  return trainingJobRequest(templates["ada"], "0a1b2c3d", request);
}
