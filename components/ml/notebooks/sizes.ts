import { guaranteedVcpus, type NotebookSize } from "../../../settings/values/notebooks";

/** The sizes as KubeSpawner's profiles; the first one is the default. */
export function profiles(sizes: readonly NotebookSize[]): object[] {
  return sizes.map((size, index) => ({
    slug: size.name,
    display_name: size.name,
    description: `up to ${size.vcpus} vCPU, ${size.memoryGib} GiB of memory`,
    default: index === 0,
    kubespawner_override: {
      cpu_guarantee: guaranteedVcpus(size),
      cpu_limit: size.vcpus,
      // JupyterHub reads "G" as 2^30.
      mem_guarantee: `${size.memoryGib}G`,
      mem_limit: `${size.memoryGib}G`,
    },
  }));
}

/**
 * Hard limits of a person's namespace: two notebooks of the largest size and two homes. So a job can
 * run beside a notebook.
 */
export function quota(sizes: readonly NotebookSize[], homeGib: number): Record<string, string> {
  const memoryGib = Math.max(...sizes.map((size) => size.memoryGib));
  return {
    pods: "4",
    "requests.cpu": String(2 * Math.max(...sizes.map(guaranteedVcpus))),
    "requests.memory": `${2 * memoryGib}Gi`,
    "limits.memory": `${2 * memoryGib}Gi`,
    persistentvolumeclaims: "2",
    "requests.storage": `${2 * homeGib}Gi`,
  };
}
