import * as pulumi from "@pulumi/pulumi";
import { install } from "../../components/kubernetes/chart";
import { GPU } from "../../settings/names";
import { TRITON_NODE_DISK_GIB } from "../../settings/targets/kubernetes";
import type { GpuSettings } from "../../settings/values/gpu";
import { Nodes, type NodesArgs } from "./nodes";

/** Inputs of `GpuNodes`: those of `Nodes`, which the settings of nodes with a GPU decide in part. */
export interface GpuNodesArgs extends Omit<
  NodesArgs,
  "machines" | "range" | "labels" | "taints" | "updateConfig"
> {
  readonly gpu: GpuSettings["gpu"];
}

/**
 * A node group with GPUs, of which the autoscaler runs none to `gpu.max`, on demand. A taint keeps other pods away.
 * NVIDIA's device plugin, which the image lacks, tells Kubernetes of the GPUs.
 *
 * It begins with one node, for Triton. Priced by `cost/rules/`: hours and root disk of that one.
 */
export class GpuNodes extends pulumi.ComponentResource {
  /** Resources without which no pod gets a GPU. */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: GpuNodesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlp:eks:GpuNodes", name, {}, opts);
    const { gpu, ...others } = args;
    const { group } = new Nodes(
      `${name}-nodes`,
      {
        ...others,
        machines: {
          count: 1,
          capacity: "on-demand",
          instanceType: gpu.instanceType,
          architecture: "amd64",
          diskGib: TRITON_NODE_DISK_GIB,
        },
        range: { min: 0, max: gpu.max },
        // An old node ends before a new one starts: quotas of GPUs are small, and Triton holds its GPU in any case.
        // https://docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html
        updateConfig: { maxUnavailable: 1, updateStrategy: "MINIMAL" },
        labels: {
          [GPU.label]: "true",
          // With this label, of any value, the autoscaler waits for the GPU of a new node, and starts no further one.
          // https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/aws/README.md
          "k8s.amazonaws.com/accelerator": "nvidia",
        },
        taints: [{ key: GPU.resource, value: "true", effect: "NO_SCHEDULE" }],
      },
      { parent: this },
    );
    const plugin = install(this, `${name}-plugin`, "nvidia-device-plugin", {
      cluster: args.cluster,
      // Those of the chart: it goes to nodes with the label, and tolerates the taint.
      values: {},
      after: [group],
    });
    this.ready = [group, plugin];
    this.registerOutputs();
  }
}
