import { boolean, type Loaded } from "../schema/setting";

/** Settings of model servers on a cluster. */
export const SERVING_SETTINGS = {
  serving: {
    triton: boolean(
      "Triton serves the model `digits` to everybody's notebooks, on CPUs. Its pod reserves half a vCPU and 1 GiB on a node.",
      false,
    ),
  },
};

/** The settings of model servers, as the program reads them. */
export type ServingSettings = Loaded<typeof SERVING_SETTINGS>;
