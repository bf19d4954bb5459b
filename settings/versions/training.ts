/** Seconds that a run of the workload may take on any target: a limit on the cost of a forgotten one. */
export const LONGEST_TRAINING_SECONDS = 3600;
