import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv/dist/2020";
import {
  experimentName,
  experimentOf,
  katibParameters,
  type TrialDraft,
} from "../../../commands/workload/experiment";
import { trialsOf } from "../../../commands/workload/katib";
import type { TuningRequest } from "../../../commands/workload/runner";
import { readSpace, searchSpace, type SearchSpace } from "../../../commands/workload/search-space";

const read = searchSpace();
assert.ok("ok" in read);
const REQUEST: TuningRequest = { run: "t1abcd", person: "ada", size: "small", space: read.ok };

/** A Job as `kubectl create job --from=cronjob/trial` prints it, in short. */
const DRAFT = {
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: { name: "trial", namespace: "tuning", creationTimestamp: null },
  spec: {
    backoffLimit: 0,
    template: {
      metadata: { labels: { app: "trial" } },
      spec: {
        restartPolicy: "Never",
        containers: [{ name: "trial", image: "i", command: ["python3", "trial.py"] }],
      },
    },
  },
};

const ajv = new Ajv({ strict: false, allErrors: true });
const SCHEMA = JSON.parse(
  readFileSync(join(__dirname, "katib-experiment.schema.json"), "utf8"),
) as object;
const isExperiment = ajv.compile(SCHEMA);

function experiment(changes: Partial<SearchSpace> = {}) {
  const space = { ...REQUEST.space, ...changes };
  return experimentOf(DRAFT as unknown as TrialDraft, { ...REQUEST, space }) as {
    metadata: { name: string };
    spec: Record<string, unknown> & {
      trialTemplate: { trialSpec: { metadata?: object; spec: typeof DRAFT.spec } };
    };
  };
}

describe("the search space as an Experiment of Katib", () => {
  it("has the same ranges as for Optuna and SageMaker, all as texts", () => {
    assert.deepEqual(katibParameters(REQUEST.space), [
      {
        name: "learning_rate",
        parameterType: "double",
        feasibleSpace: { min: "0.001", max: "0.3", distribution: "logUniform" },
      },
      {
        name: "max_depth",
        parameterType: "int",
        feasibleSpace: { min: "2", max: "8", distribution: "uniform" },
      },
      {
        name: "subsample",
        parameterType: "double",
        feasibleSpace: { min: "0.5", max: "1", distribution: "uniform" },
      },
    ]);
  });

  it("has steps, and choices whose values come back as the type that they had", () => {
    const changed = readSpace({
      ...REQUEST.space,
      parameters: [
        { name: "subsample", type: "float", low: 0.5, high: 1, step: 0.25 },
        { name: "max_depth", type: "categorical", values: [3, "5"] },
      ],
    });
    assert.ok("ok" in changed);
    assert.deepEqual(
      katibParameters(changed.ok).map(({ feasibleSpace }) => feasibleSpace),
      [{ min: "0.5", max: "1", step: "0.25", distribution: "uniform" }, { list: ["3", "5"] }],
    );
    const assigned = (value: string) => [{ name: "max_depth", value }];
    const values = ["3", "5"].map((value) => {
      const [trial] = trialsOf(
        [
          {
            metadata: { name: "a", creationTimestamp: "2026-11-29T12:00:00Z" },
            spec: { parameterAssignments: assigned(value) },
          },
        ],
        [],
        changed.ok,
      );
      return trial?.parameters["max_depth"];
    });
    assert.deepEqual(values, [3, "5"]);
  });

  it("is one by Katib's own schema, which a misspelt field or a number is not", () => {
    const whole = experiment();
    assert.ok(isExperiment(whole), JSON.stringify(isExperiment.errors));
    const { spec } = whole;
    assert.ok(!isExperiment({ ...whole, spec: { ...spec, paralelTrialCount: 1 } }));
    assert.ok(!isExperiment({ ...whole, spec: { ...spec, maxTrialCount: "24" } }));
    const [first] = spec["parameters"] as object[];
    const numbers = { ...first, feasibleSpace: { min: 1, max: 2 } };
    assert.ok(!isExperiment({ ...whole, spec: { ...spec, parameters: [numbers] } }));
  });

  it("has the objective, the numbers and the seed, and a limit of failures", () => {
    const { spec } = experiment();
    assert.deepEqual(spec["objective"], {
      type: "maximize",
      objectiveMetricName: "accuracy",
    });
    assert.deepEqual(spec["algorithm"], {
      algorithmName: "tpe",
      algorithmSettings: [{ name: "random_state", value: "0" }],
    });
    assert.deepEqual(
      [spec["maxTrialCount"], spec["parallelTrialCount"], spec["maxFailedTrialCount"]],
      [24, 3, 3],
    );
    const small = experiment({ trials: 1, parallel: 4 }).spec;
    assert.deepEqual(
      [small["maxTrialCount"], small["parallelTrialCount"], small["maxFailedTrialCount"]],
      [1, 1, 1],
    );
  });

  it("makes a Job without a name of the template, with each parameter as an option", () => {
    const { trialTemplate } = experiment().spec;
    const { trialSpec } = trialTemplate;
    assert.equal(trialSpec.metadata, undefined);
    assert.equal(trialSpec.spec.backoffLimit, 0);
    const [container] = trialSpec.spec.template.spec.containers as { args?: string[] }[];
    assert.deepEqual(container?.args, [
      ...["--size", "small", "--learning_rate=${trialParameters.learning_rate}"],
      "--max_depth=${trialParameters.max_depth}",
      "--subsample=${trialParameters.subsample}",
    ]);
    assert.deepEqual(trialSpec.spec.template.metadata, { labels: { app: "trial" } });
  });

  it("has a name that Katib accepts, also for the longest name of a person", () => {
    const name = experimentName({ person: `a${"b".repeat(31)}`, run: "t1abcd" });
    assert.ok(name.length <= 40);
    assert.match(name, /^[a-z]([-a-z0-9]*[a-z0-9])?$/);
  });
});
