import { boolean, type Loaded } from "../schema/setting";

/** Settings of tuners on a cluster. */
export const TUNING_SETTINGS = {
  tuning: {
    katib: boolean(
      "Katib tunes on the cluster, for `npm run tune -- --katib`. Its two pods reserve 0.2 vCPUs and 256 MiB on nodes, and its controller has rights in the whole cluster.",
      false,
    ),
  },
};

/** The settings of tuners, as the program reads them. */
export type TuningSettings = Loaded<typeof TUNING_SETTINGS>;
