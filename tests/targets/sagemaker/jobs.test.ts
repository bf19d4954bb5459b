import assert from "node:assert/strict";
import { trainingJobName, tuningJobName, tuningJobPrefix } from "../../../settings/names";
import { trainingImage, trainsOn } from "../../../settings/versions/training";
import { declaredPlatform, inputsOf, ofType } from "../../support/declared";
import { allows, listOf, policyOf } from "../../support/policy";

const JOBS = { target: "sagemaker", "studio.jobs": "true" };
const JOB = "arn:aws:sagemaker:eu-west-3:123456789012:training-job/ml-platform-";

describe("training jobs", () => {
  it("are off by default, and then declare nothing", async () => {
    for (const preview of [true, false]) {
      const resources = await declaredPlatform({ target: "sagemaker" }, preview);
      assert.deepEqual(
        resources.filter(({ name }) => name.startsWith("sagemaker-jobs")),
        [],
      );
    }
  });

  const policy = async (name: string) =>
    policyOf(
      inputsOf(await declaredPlatform(JOBS), "iam/rolePolicy:RolePolicy", `sagemaker-jobs-${name}`)[
        "policy"
      ],
    );

  it("may be started on the allowed types, in the VPC, for an hour, under one's own name", async () => {
    const statements = await policy("ada-start");
    const [start] = statements.filter(({ Action }) =>
      listOf(Action).includes("sagemaker:CreateTrainingJob"),
    );
    assert.deepEqual(start?.Condition, {
      "ForAllValues:StringEquals": {
        "sagemaker:InstanceTypes": ["ml.t3.medium", "ml.t3.large", "ml.m5.large", "ml.m5.xlarge"],
        "sagemaker:VpcSubnets": ["network-private-a-id", "network-private-b-id"],
        "sagemaker:VpcSecurityGroupIds": ["sagemaker-jobs-group-id"],
      },
      NumericLessThanEquals: { "sagemaker:MaxRuntimeInSeconds": "3600" },
      Null: {
        "sagemaker:InstanceTypes": "false",
        "sagemaker:VpcSubnets": "false",
        "sagemaker:VpcSecurityGroupIds": "false",
      },
    });
    for (const action of ["CreateTrainingJob", "StopTrainingJob", "DescribeTrainingJob"]) {
      assert.ok(allows(statements, `sagemaker:${action}`, `${JOB}0a1b2c3d-ada-run1`), action);
      assert.ok(!allows(statements, `sagemaker:${action}`, `${JOB}0a1b2c3d-grace-run1`), action);
      assert.ok(!allows(statements, `sagemaker:${action}`, `${JOB}ffffffff-ada-run1`), action);
    }
    const role = (person: string) => `arn:aws:iam::123456789012:role/sagemaker-jobs-${person}-role`;
    assert.ok(allows(statements, "iam:PassRole", role("ada")));
    assert.ok(!allows(statements, "iam:PassRole", role("grace")));
    for (const action of ["CreateEndpoint", "CreateProcessingJob"]) {
      assert.ok(!allows(statements, `sagemaker:${action}`, "*"), action);
    }
  });

  it("may be started by a tuning job within the same limits, under one's own key", async () => {
    const statements = await policy("ada-start");
    const create = (action: string) =>
      statements.filter(({ Action }) => listOf(Action).includes(`sagemaker:${action}`));
    assert.deepEqual(create("CreateHyperParameterTuningJob"), create("CreateTrainingJob"));
    const job = (person: string, stackId: string) => tuningJobName(stackId, person, "tp9k2f");
    const ofService = "arn:aws:sagemaker:eu-west-3:123456789012:";
    const tuning = (name: string) => `${ofService}hyper-parameter-tuning-job/${name}`;
    const own = job("ada", "0a1b2c3d");
    for (const verb of ["Create", "Describe", "Stop", "ListTrainingJobsFor"]) {
      const action = `sagemaker:${verb}HyperParameterTuningJob`;
      assert.ok(allows(statements, action, tuning(own)), verb);
      for (const other of [job("grace", "0a1b2c3d"), job("ada", "ffffffff")]) {
        assert.ok(!allows(statements, action, tuning(other)), verb);
      }
    }
    const trial = `${ofService}training-job/${own}-001-0a1b2c3d`;
    assert.ok(allows(statements, "sagemaker:StopTrainingJob", trial));
    // The tuning job starts it, not the person.
    assert.ok(!allows(statements, "sagemaker:CreateTrainingJob", trial));
    assert.ok(allows(statements, "sagemaker:AddTags", tuning(own)));
  });

  it("run with a role that has the person's data and starts nothing", async () => {
    const statements = await policy("ada-run");
    const [list] = statements.filter(({ Action }) => Action === "s3:ListBucket");
    const inBucket = (key: string) => `${String(list?.Resource)}/${key}`;
    assert.ok(allows(statements, "s3:PutObject", inBucket("users/ada/workload/x")));
    assert.ok(!allows(statements, "s3:PutObject", inBucket("users/grace/workload/x")));
    assert.ok(allows(statements, "s3:GetObject", inBucket("public/workload/digits.csv.gz")));
    assert.ok(!allows(statements, "s3:PutObject", inBucket("public/workload/digits.csv.gz")));
    for (const action of ["sagemaker:CreateTrainingJob", "iam:PassRole", "sts:AssumeRole"]) {
      assert.ok(!allows(statements, action, "*"), action);
    }
  });

  it("are in a group of their own, which lets nobody in and reaches the database", async () => {
    const resources = await declaredPlatform(JOBS);
    const into = ofType(resources, "vpc/securityGroupIngressRule:SecurityGroupIngressRule");
    const group = "sagemaker-jobs-group-id";
    assert.deepEqual(
      into.filter(({ inputs }) => inputs["securityGroupId"] === group),
      [],
    );
    const from = into.filter(({ inputs }) => inputs["referencedSecurityGroupId"] === group);
    assert.deepEqual(
      from.map(({ name }) => name),
      ["database-from-sagemaker-jobs"],
    );
  });

  it("have names that SageMaker takes, also for the longest name of a person", () => {
    const name = trainingJobName("0a1b2c3d", "a".repeat(32), "123456789");
    assert.match(name, /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/);
    const tuning = tuningJobName("0a1b2c3d", "a".repeat(32), "123456");
    assert.match(tuning, /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,31}$/);
    const keys = ["ada", "adb", "grace"].map((person) => tuningJobPrefix("0a1b2c3d", person));
    assert.equal(new Set(keys).size, 3);
    // No name of a person begins with a digit.
    for (const key of keys) assert.match(key, /^ml-platform-0a1b2c3d-\d[a-z0-9]{4}$/);
  });

  it("are refused on a type that SageMaker does not train on, by its name", async () => {
    assert.ok(trainsOn("ml.t3.medium") && trainsOn("ml.c5.xlarge"));
    assert.ok(!trainsOn("ml.r6i.large") && !trainsOn("ml.c5.large"));
    const types = { "studio.instanceType": "ml.c5.large", "studio.instanceTypes": "ml.c5.large" };
    await assert.rejects(
      declaredPlatform({ ...JOBS, ...types }),
      /studio\.instanceType must be a type that SageMaker trains on.*got "ml\.c5\.large"/,
    );
    await declaredPlatform({ target: "sagemaker", ...types });
  });

  it("have the image of their region", () => {
    assert.match(
      trainingImage("eu-west-3").address,
      /^763104351884\.dkr\.ecr\.eu-west-3\.amazonaws\.com\/pytorch-training:/,
    );
    assert.match(trainingImage("eu-south-1").address, /^692866216735\.dkr\.ecr\.eu-south-1\./);
  });
});
