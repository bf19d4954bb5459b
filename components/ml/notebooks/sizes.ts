import type { NotebookSize } from "../../../settings/values/notebooks";

/**
 * Share of its vCPUs that a notebook has for certain; the rest it has while nobody else needs it.
 * With all of them no notebook of 2 vCPUs would fit a machine of 2, which runs a few pods of ours too.
 */
export const CPU_GUARANTEE = 0.5;

/** vCPUs that the scheduler reserves. */
export function guaranteedVcpus({ vcpus }: NotebookSize): number {
  return vcpus * CPU_GUARANTEE;
}

/** The sizes as KubeSpawner's profiles, the first one chosen beforehand. */
export function profiles(sizes: readonly NotebookSize[]): object[] {
  return sizes.map((size, index) => ({
    slug: size.name,
    display_name: size.name,
    description: `up to ${size.vcpus} vCPU, ${size.memoryGib} GiB of memory`,
    default: index === 0,
    kubespawner_override: {
      cpu_guarantee: guaranteedVcpus(size),
      cpu_limit: size.vcpus,
      // "G" is 2^30 to JupyterHub.
      mem_guarantee: `${size.memoryGib}G`,
      mem_limit: `${size.memoryGib}G`,
    },
  }));
}

/**
 * Hard limits of a person's namespace: two notebooks of the largest size, so that a job may run
 * beside one, and as many homes.
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
