import { join } from "node:path";
import { declaredPlatform, inputsOf, ofType } from "../support/declared";
import { at, deploymentPod, type Values } from "../support/notebooks";
import { describePython } from "../support/python";

/*
 * The model that is served, and the real Triton with it: the server for CPUs that is on PyPI, started as the
 * Deployment of a stack starts it, after its init container's own command has copied the model from an S3.
 */
describePython("the model and Triton", {
  parts: {
    name: "serving",
    requirements: join(__dirname, "requirements.txt"),
    // numpy 1.26, which the server's Python backend needs, runs on no newer one.
    newestMinor: 12,
  },
  folder: __dirname,
  style: [__dirname, "workload/make_model.py", "workload/predict.py"],
  env: async () => ({ DECLARED: JSON.stringify(await declaredServing()) }),
});

/**
 * Containers of the model server's pod, the environment of its container on an endpoint, and the objects that `up` puts
 * into the bucket for it.
 */
async function declaredServing(): Promise<object> {
  const resources = await declaredPlatform({ target: "eks", "serving.triton": "true" });
  const pod = deploymentPod(resources);
  const objects = ofType(resources, "s3/bucketObjectv2:BucketObjectv2")
    .filter(({ name }) => name.startsWith("eks-serving-"))
    .map(async ({ inputs: { key, source, content } }) => [
      key,
      // A file of the project's, or the text of one.
      source === undefined
        ? { content }
        : { path: await (source as { path: Promise<string> }).path },
    ]);
  const [copy] = at(pod, "initContainers") as Values[];
  const [server] = at(pod, "containers") as Values[];
  const endpoint = await declaredPlatform({ target: "sagemaker", "serving.endpoint": "true" });
  const { environment } = inputsOf(endpoint, "sagemaker/model:Model")["primaryContainer"] as Values;
  return {
    copy,
    server,
    environment,
    objects: Object.fromEntries(await Promise.all(objects)) as Values,
  };
}
