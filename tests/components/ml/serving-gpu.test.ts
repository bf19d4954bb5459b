import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { ModelFolder, type Accelerator } from "../../../components/ml/serving/model-folder";
import { clusterOf } from "../../../cost/compare/machines";
import type { DeclaredResource } from "../../../cost/rule";
import { profileOf } from "../../../settings/targets";
import { hasGpu, INSTANCE_TYPES, visibleMib } from "../../../settings/values/instance-types";
import type { Resources } from "../../../settings/values/resources";
import { TRITON_GPU_REQUESTS } from "../../../settings/versions/serving";
import { declared, declaredPlatform, inputsOf, ofType } from "../../support/declared";
import { at, deploymentPod as podOf, type Values } from "../../support/notebooks";

const ON = { "serving.triton": "true" };
const OBJECT = "s3/bucketObjectv2:BucketObjectv2";
const MODEL = join(__dirname, "..", "..", "..", "workload", "models", "digits");

describe("the model server with a GPU", () => {
  const GPU = { target: "eks", ...ON, "gpu.max": "1" };
  let [plain, gpu]: (readonly DeclaredResource[])[] = [];
  before(async () => {
    [plain, gpu] = [await declaredPlatform({ target: "eks", ...ON }), await declaredPlatform(GPU)];
  });
  const serverOf = (resources: readonly DeclaredResource[]): Values =>
    (podOf(resources)["containers"] as Values[])[0]!;

  it("goes to a node with one, which it has for itself, and nowhere else", () => {
    const pod = podOf(gpu!);
    assert.deepEqual(pod["nodeSelector"], { "nvidia.com/gpu.present": "true" });
    assert.deepEqual(pod["tolerations"], [
      { key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" },
    ]);
    assert.deepEqual(serverOf(gpu!)["resources"], {
      requests: { cpu: "3000m", memory: "12288Mi" },
      limits: { memory: "12288Mi", "nvidia.com/gpu": "1" },
    });
    assert.ok(!("nodeSelector" in podOf(plain!)) && !("tolerations" in podOf(plain!)));
  });

  it("fits beside the pods of every node, on every type that may be chosen", () => {
    const { capacity } = profileOf("eks");
    assert.ok(capacity.kind === "nodes");
    const { system } = clusterOf(capacity, gpu!);
    const types = [...INSTANCE_TYPES.values()].filter(hasGpu);
    assert.equal(types.length, 22);
    for (const type of types) {
      const reserved = capacity.kubeletReserves(type);
      const left = (of: keyof Resources, whole: number) =>
        whole - reserved[of] - system.eachNode[of] - TRITON_GPU_REQUESTS[of];
      assert.ok(left("millicores", type.vcpus * 1000) >= 0, type.name);
      assert.ok(left("mib", visibleMib(type)) >= 0, type.name);
    }
  });

  it("has fifteen minutes to build its engine, and keeps it as long as the pod", () => {
    const probe = serverOf(gpu!)["startupProbe"] as Record<string, number>;
    assert.equal(probe["periodSeconds"]! * probe["failureThreshold"]!, 15 * 60);
    const config = readFileSync(join(MODEL, "..", "digits.tensorrt.pbtxt"), "utf8");
    const [, folder] = /"trt_engine_cache_path" value: "([^"]+)"/.exec(config) ?? [];
    assert.deepEqual(
      (serverOf(gpu!)["volumeMounts"] as Values[]).find(({ name }) => name === "engines"),
      { name: "engines", mountPath: folder },
    );
    assert.ok((podOf(gpu!)["volumes"] as Values[]).some(({ name }) => name === "engines"));
    assert.doesNotMatch(JSON.stringify(podOf(plain!)), /engines/);
  });

  it("gets the configuration for TensorRT, and gives the GPU back before the next pod asks for it", async () => {
    const config = ofType(gpu!, OBJECT).find(
      ({ name }) => name === "eks-serving-digits-config.pbtxt",
    );
    const { path } = config!.inputs["source"] as { path: Promise<string> };
    assert.equal(await path, join(MODEL, "..", "digits.tensorrt.pbtxt"));
    const { spec } = inputsOf(gpu!, "apps/v1:Deployment");
    assert.deepEqual(at(spec, "strategy"), { type: "Recreate" });
    const annotations = (all: readonly DeclaredResource[]) =>
      at(inputsOf(all, "apps/v1:Deployment")["spec"], "template.metadata.annotations");
    assert.notDeepEqual(annotations(gpu!), annotations(plain!));
  });

  it("differs in nothing else from one on CPUs", () => {
    const different = ["resources", "startupProbe", "volumeMounts"];
    const others = (server: Values): object =>
      Object.fromEntries(Object.entries(server).filter(([name]) => !different.includes(name)));
    assert.deepEqual(others(serverOf(gpu!)), others(serverOf(plain!)));
    const { initContainers } = podOf(gpu!);
    assert.deepEqual(initContainers, podOf(plain!)["initContainers"]);
  });
});

describe("the folder of a model", () => {
  /** Digest of the folder, and the file behind each of its objects in the bucket. */
  async function folder(accelerator: Accelerator): Promise<{ digest: string; files: object }> {
    let digest = "";
    const resources = await declared(() => {
      const bucket = { bucketName: pulumi.output("bucket") };
      ({ digest } = new ModelFolder("model", { model: "digits", bucket, accelerator }));
    });
    const objects = ofType(resources, OBJECT).filter(
      ({ inputs }) => inputs["source"] !== undefined,
    );
    const files = objects.map(async ({ inputs }) => {
      const { path } = inputs["source"] as { path: Promise<string> };
      return [inputs["key"], (await path).slice(join(MODEL, "..").length + 1)];
    });
    return { digest, files: Object.fromEntries(await Promise.all(files)) as object };
  }

  it("has one configuration, and for TensorRT another one of the same name beside the same model", async () => {
    const [plain, tensorrt] = [await folder("none"), await folder("tensorrt")];
    assert.deepEqual(plain.files, {
      "public/models/digits/1/model.onnx": "digits/1/model.onnx",
      "public/models/digits/config.pbtxt": "digits/config.pbtxt",
    });
    assert.deepEqual(tensorrt.files, {
      "public/models/digits/1/model.onnx": "digits/1/model.onnx",
      "public/models/digits/config.pbtxt": "digits.tensorrt.pbtxt",
    });
    assert.notEqual(plain.digest, tensorrt.digest);
  });
});
