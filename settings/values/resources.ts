/** CPU and memory, in the units in which the Kubernetes scheduler counts them. */
export interface Resources {
  /** Thousandths of a vCPU. */
  readonly millicores: number;
  readonly mib: number;
}

/** Requests of the pods of a chart, an add-on or a distribution, by how often they run. */
export interface PodRequests {
  /** On every node, all of them together. @default none */
  readonly eachNode?: Resources;
  /** Once or twice in the cluster, all of them together. @default none */
  readonly onceACluster?: Resources;
}

/** Requests of `copies` containers or replicas of one size. */
export function times(copies: number, { millicores, mib }: Resources): Resources {
  return { millicores: copies * millicores, mib: copies * mib };
}

/** The sum of several requests. */
export function sumOf(all: readonly Resources[]): Resources {
  return {
    millicores: all.reduce((sum, one) => sum + one.millicores, 0),
    mib: all.reduce((sum, one) => sum + one.mib, 0),
  };
}
