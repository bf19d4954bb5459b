import { boolean, type Loaded } from "../schema/setting";
import type { GpuSettings } from "./gpu";
import { ENDPOINT_TYPES } from "../versions/serving";
import { nameFrom } from "./instance-types";

/** Settings of model servers on a cluster. */
export const SERVING_SETTINGS = {
  serving: {
    triton: boolean(
      "Triton serves the model `digits` to everybody's notebooks. On CPUs its pod reserves half a vCPU and 1 GiB of a node.",
      false,
    ),
  },
};

/** The settings of model servers, as the program reads them. */
export interface ServingSettings extends Loaded<typeof SERVING_SETTINGS>, Partial<GpuSettings> {}

/** Tells whether nodes with a GPU are there for Triton, so that it takes no room on those of notebooks. */
export function servesOnGpu({ serving, gpu }: ServingSettings): boolean {
  return serving.triton && gpu !== undefined && gpu.max > 0;
}

/** Settings of a model server as a service: an endpoint of SageMaker. */
export const ENDPOINT_SETTINGS = {
  serving: {
    endpoint: boolean(
      "An endpoint of SageMaker serves the model `digits` to everybody's notebooks and jobs, with Triton. AWS bills its instance day and night, used or not, until the endpoint is deleted.",
      false,
    ),
    instanceType: nameFrom({
      doc: "Instance type of the endpoint. On a GPU the model runs in TensorRT.",
      what: "an instance type of SageMaker endpoints",
      fallback: "ml.m5.large",
      names: ENDPOINT_TYPES,
    }),
  },
};

/** The settings of an endpoint, as the program reads them. */
export type EndpointSettings = Loaded<typeof ENDPOINT_SETTINGS>;
