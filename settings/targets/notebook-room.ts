import { fault, type Check } from "../contract";
import type { SharedSettings } from "../shared";
import { INSTANCE_TYPES, visibleMib, type InstanceType } from "../values/instance-types";
import { guaranteedVcpus, type HubSettings, type NotebookSize } from "../values/notebooks";
import { sumOf, type PodRequests, type Resources } from "../values/resources";
import { CHARTS } from "../versions/charts";
import { DEPLOYMENTS } from "../versions/serving";
import { KATIB_DEPLOYMENTS } from "../versions/tuning";
import { servesOnGpu, type ServingSettings } from "../values/serving";
import type { TuningSettings } from "../values/tuning";
import type { ClusterSettings } from "./kubernetes";

/** Settings that the rule reads on every cluster. */
type Read = SharedSettings & ClusterSettings & HubSettings & ServingSettings & TuningSettings;

/** Room of nodes that a target keeps for itself. */
export interface NodeRoom<S> {
  /** CPU and memory of a node that kubelet does not offer to pods. */
  readonly kubeletReserves: (type: InstanceType) => Resources;
  /** Requests of everything that the target installs beside JupyterHub. */
  readonly installed: readonly PodRequests[];
  /** Most nodes that can run notebooks. */
  readonly workers: (settings: S) => number;
  /** Settings that decide about their number. */
  readonly reads: readonly string[];
}

/**
 * A rule that refuses sizes of notebooks for which no node has room: such a notebook would stay Pending. The pods
 * that run once in a cluster are taken to be spread evenly, so one node at least has that much room.
 */
export function sizeCheck<S extends Read>({
  kubeletReserves,
  installed,
  workers,
  reads,
}: NodeRoom<S>): Check<S> {
  return {
    reads: [
      "notebooks.sizes",
      "nodes.instanceType",
      "serving.triton",
      "gpu.max",
      "tuning.katib",
      ...reads,
    ],
    severity: "error",
    find: (settings) => {
      const { instanceType } = settings.nodes;
      const { sizes } = settings.notebooks;
      const type = INSTANCE_TYPES.get(instanceType);
      if (type === undefined) {
        return [];
      }
      const pods: readonly PodRequests[] = [
        ...installed,
        CHARTS.jupyterhub.requests,
        ...(settings.serving.triton && !servesOnGpu(settings) ? [DEPLOYMENTS.triton] : []),
        ...(settings.tuning.katib ? Object.values(KATIB_DEPLOYMENTS) : []),
      ];
      const eachNode = sumOf(pods.flatMap((one) => one.eachNode ?? []));
      const onceACluster = sumOf(pods.flatMap((one) => one.onceACluster ?? []));
      const count = workers(settings);
      const left = (of: keyof Resources, whole: number): number =>
        whole - kubeletReserves(type)[of] - eachNode[of] - onceACluster[of] / count;
      const vcpus = left("millicores", type.vcpus * 1000) / 1000;
      const gib = left("mib", visibleMib(type)) / 1024;
      const fits = (size: NotebookSize): boolean =>
        size.vcpus <= type.vcpus && guaranteedVcpus(size) <= vcpus && size.memoryGib <= gib;
      const names = (some: readonly NotebookSize[]): string => some.map(({ name }) => name).join();
      const fitting = names(sizes.filter(fits));
      const tooBig = names(sizes.filter((size) => !fits(size)));
      return fault.when(
        tooBig !== "",
        `notebooks.sizes must fit a node beside the cluster's own pods (${count} × ${instanceType}: ${type.vcpus} vCPUs, ` +
          `of which ${vcpus.toFixed(1)} are left to reserve, and ${gib.toFixed(1)} GiB); got ${tooBig}`,
        fitting === ""
          ? larger({ type, vcpus, gib })
          : `pulumi config set notebooks.sizes ${fitting}`,
      );
    },
  };
}

/** Room of a node for one notebook: vCPUs that can be reserved, and memory. */
interface Room {
  readonly type: InstanceType;
  readonly vcpus: number;
  readonly gib: number;
}

/** The command for the largest size that fits, or for larger nodes. */
function larger({ type, vcpus, gib }: Room): string {
  const most = [...Array(type.vcpus + 1).keys()].findLast(
    (count) => guaranteedVcpus({ vcpus: count }) <= vcpus,
  );
  return most === undefined || most < 1 || gib < 1
    ? "pulumi config set nodes.instanceType TYPE   # a larger one"
    : `pulumi config set notebooks.sizes ${most}x${Math.floor(gib)}   # or choose larger nodes`;
}
