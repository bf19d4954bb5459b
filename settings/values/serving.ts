import { boolean, type Loaded } from "../schema/setting";
import type { GpuSettings } from "./gpu";

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
