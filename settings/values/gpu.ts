import { fault, type Check } from "../contract";
import { integer, Invalid, type Loaded, type Setting } from "../schema/setting";
import { quoted } from "../foreign-text";
import { hasGpu, INSTANCE_TYPES, nameFrom } from "./instance-types";

/** Nodes that a node group holds by default. https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html */
export const MOST_GROUP_NODES = 450;

/** Settings of nodes with a GPU beside those of notebooks. */
export const GPU_SETTINGS = {
  gpu: {
    instanceType: gpuType(
      "EC2 type of the nodes with a GPU, where `gpu.max` is not 0.",
      "g4dn.xlarge",
    ),
    max: integer(
      "Most nodes with a GPU, in a node group of their own; 0: no such group. Triton then computes there, with TensorRT. " +
        "The cluster autoscaler, which is installed for it, starts as many as pods need, and Triton always needs one.",
      { min: 0, max: MOST_GROUP_NODES, unit: "instance", fallback: 0 },
    ),
  },
};

/** The settings of nodes with a GPU, as the program reads them. */
export type GpuSettings = Loaded<typeof GPU_SETTINGS>;

/** A rule that refuses nodes which would have nothing to do. */
export const GPU_CHECK: Check<GpuSettings & { readonly serving: { readonly triton: boolean } }> = {
  reads: ["gpu.max", "serving.triton"],
  severity: "error",
  find: ({ gpu, serving: { triton } }) =>
    fault.when(
      gpu.max > 0 && !triton,
      `gpu.max must be 0 where serving.triton is false, since nothing else uses a GPU; got ${gpu.max}`,
      "pulumi config set serving.triton true   # or gpu.max 0",
    ),
};

/** An EC2 instance type with a GPU. One of the catalogue without a GPU is told apart from one that nobody knows. */
function gpuType(doc: string, fallback: string): Setting<string> {
  const names = new Set([...INSTANCE_TYPES.values()].filter(hasGpu).map(({ name }) => name));
  const setting = nameFrom({
    doc,
    what: "an EC2 type with an NVIDIA GPU",
    fallback,
    names,
  });
  return {
    ...setting,
    parse: (raw) =>
      INSTANCE_TYPES.has(raw) && !names.has(raw)
        ? new Invalid([`${quoted(raw)} has none`])
        : setting.parse(raw),
  };
}
