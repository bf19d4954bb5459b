import assert from "node:assert/strict";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { trainingJobRequest, type JobTemplate } from "../../commands/workload/sagemaker";
import { searchSpace, type SearchSpace } from "../../commands/workload/search-space";
import { tuningJobRequest } from "../../commands/workload/tuning-job";
import { outputs } from "../support/stack-outputs";
import { endpointRequests } from "../support/endpoint-requests";
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
  env: async () => {
    const template = await jobTemplate();
    return {
      TRAINING_JOB: JSON.stringify(
        trainingJobRequest(template, "0a1b2c3d", { ...REQUEST, run: "tp9k2f-20" }),
      ),
      ENDPOINTS: JSON.stringify([
        await endpointRequests("ml.m5.large"),
        await endpointRequests("ml.g4dn.xlarge"),
      ]),
      TUNING_JOBS: JSON.stringify(
        [fileSpace(), WHOLE_SPACE].map((space) => tuning(template, space)),
      ),
    };
  },
});

const REQUEST = { run: "tp9k2f", person: "ada", size: "small" } as const;

/** A search space with every kind of parameter. */
const WHOLE_SPACE: SearchSpace = {
  objective: { name: "accuracy", direction: "minimize" },
  trials: 2,
  parallel: 4,
  seed: 7,
  parameters: [
    { name: "learning_rate", type: "float", low: 0.1, high: 0.3, step: 0.05 },
    { name: "max_depth", type: "int", low: 2, high: 9, step: 3 },
    { name: "subsample", type: "categorical", values: [0.5, 0.75, 1] },
    { name: "one", type: "float", low: 1, high: 4, step: 1 },
    { name: "other", type: "int", low: 1, high: 1024, log: true },
    { name: "text", type: "categorical", values: ["a", "b"] },
  ],
};

function fileSpace(): SearchSpace {
  const read = searchSpace();
  assert.ok("ok" in read, "problem" in read ? read.problem : "");
  return read.ok;
}

/** A search space with the request of the command for its tuning job. */
function tuning(template: JobTemplate, space: SearchSpace): object {
  return { space, request: tuningJobRequest(template, "0a1b2c3d", { ...REQUEST, space }) };
}

/** The template of a stack, from which the commands make their requests. */
async function jobTemplate(): Promise<JobTemplate> {
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
  assert.ok(templates["ada"] !== undefined);
  return templates["ada"];
}
