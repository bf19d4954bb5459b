import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { ProductionVariantInstanceType } from "@aws-sdk/client-sagemaker";
import type { DeclaredResource } from "../../../cost/rule";
import { endpointLogGroup, endpointName } from "../../../settings/names";
import { INSTANCE_TYPES } from "../../../settings/values/instance-types";
import { ENDPOINT_TYPES, endpointImage } from "../../../settings/versions/serving";
import { declaredPlatform, inputsOf, ofType, recordedPlatform } from "../../support/declared";
import { allows, listOf, policyOf, type Statement } from "../../support/policy";
import { outputs } from "../../support/stack-outputs";
import { fault } from "../../support/settings";

const ON = { target: "sagemaker", "serving.endpoint": "true" };
const GPU = { ...ON, "serving.instanceType": "ml.g4dn.xlarge" };
const NAME = "ml-platform-0a1b2c3d";
const ARN = `arn:aws:sagemaker:eu-west-3:123456789012:endpoint/${NAME}`;
const MODEL = "sagemaker/model:Model";
const CONFIGURATION = "sagemaker/endpointConfiguration:EndpointConfiguration";
const ENDPOINT = "sagemaker/endpoint:Endpoint";

describe("the endpoint", () => {
  it("is declared when its setting is true, in a preview too, and otherwise nothing of it", async () => {
    for (const preview of [true, false]) {
      const names = async (overrides: object): Promise<string[]> =>
        (await declaredPlatform({ target: "sagemaker", ...overrides }, preview))
          .map(({ urn }) => urn)
          .sort();
      const [off, on] = [await names({}), await names(ON)];
      assert.deepEqual(
        off.filter((urn) => /serving|sagemaker:ModelEndpoint|models/.test(urn)),
        [],
      );
      const parts =
        "ada-predict configuration digits digits-1-model.onnx digits-config.pbtxt digits-program grace-predict logs model role run";
      assert.deepEqual(
        on
          .filter((urn) => !off.includes(urn))
          .map((urn) => urn.split("::")[3]!)
          .sort(),
        ["", "", ...parts.split(" ").map((part) => `-${part}`)].map(
          (part) => `sagemaker-serving${part}`,
        ),
      );
      // Its type alone declares nothing.
      assert.deepEqual(await names({ "serving.instanceType": "ml.c5.large" }), off);
    }
  });

  it("serves the model from the bucket, on one instance, without a network", async () => {
    const resources = await declaredPlatform(ON);
    const model = inputsOf(resources, MODEL);
    assert.equal(model["enableNetworkIsolation"], true);
    assert.equal(model["vpcConfig"], undefined);
    const { environment, ...container } = model["primaryContainer"] as Record<string, object>;
    assert.deepEqual(container, {
      image: "763104351884.dkr.ecr.eu-west-3.amazonaws.com/sagemaker-tritonserver:26.05-py3-cpu",
      modelDataSource: {
        s3DataSources: [
          {
            s3Uri: "s3://data-bucket-0000000/public/models/",
            s3DataType: "S3Prefix",
            compressionType: "None",
          },
        ],
      },
    });
    const { MODEL_DIGEST, ...variables } = environment as Record<string, string>;
    assert.match(MODEL_DIGEST ?? "", /^[0-9a-f]{64}$/);
    assert.deepEqual(variables, {
      SAGEMAKER_TRITON_DEFAULT_MODEL_NAME: "digits",
      SAGEMAKER_TRITON_LOG_VERBOSE: "false",
    });
    assert.deepEqual(
      ofType(resources, "s3/bucketObjectv2:BucketObjectv2")
        .map(({ inputs }) => inputs["key"] as string)
        .filter((key) => key.startsWith("public/models/")),
      ["public/models/digits/1/model.onnx", "public/models/digits/config.pbtxt"],
    );
    assert.deepEqual(inputsOf(resources, CONFIGURATION)["productionVariants"], [
      {
        variantName: "digits",
        modelName: "sagemaker-serving-model-id",
        instanceType: "ml.m5.large",
        initialInstanceCount: 1,
        containerStartupHealthCheckTimeoutInSeconds: 600,
      },
    ]);
    const endpoint = inputsOf(resources, ENDPOINT);
    assert.equal(endpoint["name"], NAME);
    assert.equal(endpoint["endpointConfigName"], "sagemaker-serving-configuration-id");
  });

  it("has TensorRT, the driver that it needs, and time to build its engine, on a GPU", async () => {
    const [cpu, gpu] = [await declaredPlatform(ON), await declaredPlatform(GPU)];
    const container = (all: readonly DeclaredResource[]): Record<string, unknown> =>
      inputsOf(all, MODEL)["primaryContainer"] as Record<string, unknown>;
    assert.match(String(container(gpu)["image"]), /sagemaker-tritonserver:26\.05-py3$/);
    assert.deepEqual(inputsOf(gpu, CONFIGURATION)["productionVariants"], [
      {
        variantName: "digits",
        modelName: "sagemaker-serving-model-id",
        instanceType: "ml.g4dn.xlarge",
        initialInstanceCount: 1,
        containerStartupHealthCheckTimeoutInSeconds: 1800,
        inferenceAmiVersion: "al2023-ami-sagemaker-inference-gpu-4-1",
      },
    ]);
    // Another folder is another model, which a new instance fetches.
    const digest = (all: readonly DeclaredResource[]): unknown =>
      (container(all)["environment"] as Record<string, unknown>)["MODEL_DIGEST"];
    assert.notEqual(digest(cpu), digest(gpu));
  });

  it("may read its model, pull its image and write its own log and metrics, and nothing else", async () => {
    const resources = await declaredPlatform(ON);
    const statements = policyOf(
      inputsOf(resources, "iam/rolePolicy:RolePolicy", "sagemaker-serving-run")["policy"],
    );
    const can = (action: string, resource: string): boolean => allows(statements, action, resource);
    const bucket = "arn:aws:s3:::data-bucket-0000000";
    assert.ok(can("s3:GetObject", `${bucket}/public/models/digits/config.pbtxt`));
    for (const key of ["public/models/other/config.pbtxt", "public/workload/a", "users/ada/a"]) {
      assert.ok(!can("s3:GetObject", `${bucket}/${key}`), key);
    }
    assert.ok(!can("s3:PutObject", `${bucket}/public/models/digits/config.pbtxt`));
    const list = statements.find(({ Action }) => listOf(Action).includes("s3:ListBucket"));
    assert.deepEqual(list?.Condition, {
      StringLike: { "s3:prefix": ["public/models/", "public/models/digits/*"] },
    });
    const image = "arn:aws:ecr:eu-west-3:763104351884:repository/sagemaker-tritonserver";
    assert.ok(can("ecr:BatchGetImage", image));
    assert.ok(!can("ecr:BatchGetImage", image.replace("tritonserver", "xgboost")));
    const logs = "arn:aws:logs:eu-west-3:123456789012:log-group:/aws/sagemaker/Endpoints/";
    assert.ok(can("logs:PutLogEvents", `${logs}${NAME}:log-stream:a`));
    assert.ok(!can("logs:PutLogEvents", `${logs}other:log-stream:a`));
    assert.deepEqual(statements.find(({ Sid }) => Sid === "Metrics")?.Condition, {
      StringEquals: { "cloudwatch:namespace": "/aws/sagemaker/Endpoints" },
    });
    assert.deepEqual(
      statements.map(({ Sid }) => Sid),
      ["List", "Model", "ImageLogin", "Image", "Log", "Metrics"],
    );
    // Otherwise the group would be there again after a destroy, without the stack's tags.
    assert.ok(!can("logs:CreateLogGroup", `${logs}${NAME}`));
    const group = ofType(resources, "cloudwatch/logGroup:LogGroup").find(
      ({ name }) => name === "sagemaker-serving-logs",
    );
    assert.equal(group?.inputs["name"], `/aws/sagemaker/Endpoints/${NAME}`);
    assert.equal(group.inputs["retentionInDays"], 90);
  });

  it("is created after rights, log group and model, and deleted before them", async () => {
    const { registrations } = await recordedPlatform(ON);
    const waitsFor = (name: string): readonly string[] => {
      const own = registrations.find((one) => one.name === name && one.type.startsWith("aws:"));
      const { dependencies = [] } = own ?? {};
      return [...dependencies, ...dependencies.flatMap(waitsFor)];
    };
    const before = new Set(waitsFor("sagemaker-serving"));
    for (const part of "configuration digits-config.pbtxt logs model role run".split(" ")) {
      assert.ok(before.has(`sagemaker-serving-${part}`), part);
    }
    // Nothing waits minutes for it.
    assert.deepEqual(
      registrations.filter(({ dependencies }) => dependencies.includes("sagemaker-serving")),
      [],
    );
  });

  it("may be called by each person and their jobs, by nobody else, and no other endpoint", async () => {
    const policies = async (overrides: object): Promise<Record<string, Statement[]>> => {
      const all = ofType(
        await declaredPlatform({ ...ON, ...overrides }),
        "iam/rolePolicy:RolePolicy",
      );
      return Object.fromEntries(all.map(({ name, inputs }) => [name, policyOf(inputs["policy"])]));
    };
    const callers = (all: Record<string, Statement[]>, arn: string): string[] =>
      Object.keys(all)
        .filter((name) => allows(all[name]!, "sagemaker:InvokeEndpoint", arn))
        .sort();
    const people = ["sagemaker-serving-ada-predict", "sagemaker-serving-grace-predict"];
    const jobs = ["sagemaker-jobs-ada-run", "sagemaker-jobs-grace-run"];
    const [plain, working] = [await policies({}), await policies({ "studio.jobs": "true" })];
    assert.deepEqual(callers(plain, ARN), people);
    assert.deepEqual(callers(working, ARN), [...jobs, ...people]);
    assert.deepEqual(callers(working, ARN.replace(NAME, "ml-platform-ffffffff")), []);
    const off = await policies({ "studio.jobs": "true", "serving.endpoint": "false" });
    assert.deepEqual(callers(off, ARN), []);
    for (const action of ["CreateEndpoint", "UpdateEndpoint", "DeleteEndpoint"]) {
      for (const [name, statements] of Object.entries(working)) {
        assert.ok(!allows(statements, `sagemaker:${action}`, ARN), `${name} ${action}`);
      }
    }
  });

  it("has its name in the outputs, in the notebook and in the environment of jobs", async () => {
    const jobs = { "studio.jobs": "true" };
    const told = async (overrides: object): Promise<unknown[]> =>
      outputs(
        { target: "sagemaker", ...jobs, ...overrides },
        false,
        ({ modelServer, trainingJobs }) =>
          new Promise<unknown[]>((resolve) => {
            pulumi.all([modelServer, trainingJobs?.["ada"]]).apply(([name, job]) => {
              resolve([name, job?.Environment?.["SERVING_ENDPOINT"]]);
            });
          }),
      );
    assert.deepEqual(await told(ON), [NAME, NAME]);
    assert.deepEqual(await told({}), [undefined, undefined]);
    for (const [overrides, name] of [
      [ON, NAME],
      [{ target: "sagemaker" }, ""],
      [{ target: "eks" }, ""],
    ] as const) {
      const { content } = inputsOf(
        await declaredPlatform(overrides),
        "s3/bucketObjectv2:BucketObjectv2",
        "workload-notebook",
      );
      assert.ok(String(content).includes(`SERVING_ENDPOINT=\\"${name}\\"`), name);
    }
  });

  it("has a name that SageMaker takes, and the image of its region", () => {
    assert.match(endpointName("0a1b2c3d"), /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/);
    assert.equal(endpointLogGroup("a"), "/aws/sagemaker/Endpoints/a");
    assert.match(
      endpointImage("eu-south-1", "ml.g5.xlarge").address,
      /^692866216735\.dkr\.ecr\.eu-south-1\.amazonaws\.com\/sagemaker-tritonserver:26\.05-py3$/,
    );
  });
});

describe("instance types of endpoints", () => {
  it("are all that SageMaker has of these families, and no Arm", () => {
    const known = Object.values<string>(ProductionVariantInstanceType);
    const families = new Set([...ENDPOINT_TYPES].map((type) => type.split(".")[1] ?? ""));
    const offered = known.filter(
      (type) => families.has(type.split(".")[1] ?? "") && INSTANCE_TYPES.has(type.slice(3)),
    );
    assert.deepEqual([...ENDPOINT_TYPES].sort(), offered.sort());
    for (const type of ENDPOINT_TYPES) {
      assert.equal(INSTANCE_TYPES.get(type.slice(3))?.architecture, "amd64", type);
    }
  });

  it("are refused by name where SageMaker has no such type", () => {
    for (const [type, says] of [
      ["ml.t3.medium", /"ml\.t3\.medium" is not known/],
      ["m5.large", /the nearest known name is ml\.m5\.large/],
      ["ml.c5.12xlarge", /"ml\.c5\.12xlarge" is not known/],
    ] as const) {
      assert.match(fault({ target: "sagemaker", "serving.instanceType": type }), says);
    }
  });
});
