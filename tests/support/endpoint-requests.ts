import { isRecord } from "../../settings/schema/setting";
import { declaredPlatform, inputsOf } from "./declared";

/** Requests of SageMaker by operation, as the provider makes them of an endpoint that is declared. */
export async function endpointRequests(instanceType: string): Promise<Record<string, object>> {
  const resources = await declaredPlatform({
    target: "sagemaker",
    "serving.endpoint": "true",
    "serving.instanceType": instanceType,
  });
  const request = (type: string, own: object = {}): object => ({
    ...(requestOf(inputsOf(resources, `sagemaker/${type}`)) as object),
    ...own,
  });
  const names = { EndpointConfigName: "sagemaker-serving-configuration-0123456" };
  return {
    CreateModel: request("model:Model", { ModelName: "sagemaker-serving-model-0123456" }),
    CreateEndpointConfig: request("endpointConfiguration:EndpointConfiguration", names),
    CreateEndpoint: request("endpoint:Endpoint"),
  };
}

/** Inputs of a resource with the names of SageMaker's API. */
function requestOf(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(requestOf);
  }
  if (!isRecord(value)) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      switch (name) {
        case "environment":
          return ["Environment", inner];
        case "name":
          return ["EndpointName", inner];
        case "s3DataSources":
          return ["S3DataSource", (requestOf(inner) as unknown[])[0]];
        default:
          return [name.charAt(0).toUpperCase() + name.slice(1), requestOf(inner)];
      }
    }),
  );
}
