/**
 * What a stack is for. `experiment`: everything goes at `pulumi destroy`. `keep`: data survives
 * mistakes. `retire`: a kept stack on its way out, whose next destroy takes everything along.
 */
export const LIFECYCLES = ["experiment", "keep", "retire"] as const;
export type Lifecycle = (typeof LIFECYCLES)[number];

/**
 * Every destructive switch over data. What holds only what the program makes again, the private zone and the
 * published keys of a cluster, goes with its stack in every lifecycle. AWS reads most of them from what the
 * last successful `up` stored, so they are set at creation and never only before a destroy.
 */
export interface LifecycleFlags {
  /** Value of the tag `Lifecycle`; another one would replace nodes, whose disks carry it. */
  readonly tag: Exclude<Lifecycle, "retire">;
  /** Pulumi refuses to delete or replace the resource until it is unprotected. */
  readonly protect: boolean;
  /** The data bucket: deleting takes its content along. */
  readonly forceDestroy: boolean;
  /** RDS: the service itself refuses to delete. */
  readonly deletionProtection: boolean;
  /** Cognito's spelling of the same. */
  readonly userPoolDeletionProtection: "ACTIVE" | "INACTIVE";
  /** RDS: delete without a last snapshot. */
  readonly skipFinalSnapshot: boolean;
  /** RDS: automated backups go with the instance. */
  readonly deleteAutomatedBackups: boolean;
  /** Volumes and snapshots that a cluster's users made go with the cluster. */
  readonly sweepData: boolean;
  /** EKS: Secrets are encrypted with a KMS key of the stack's own, $1 a month. */
  readonly ownKey: boolean;
  /** SageMaker: what becomes of people's home directories when their domain goes. */
  readonly homeFileSystem: "Delete" | "Retain";
  /** RDS: changes happen at once and not in the maintenance window, at the price of a restart. */
  readonly applyImmediately: boolean;
}

const EXPERIMENT: LifecycleFlags = {
  tag: "experiment",
  protect: false,
  forceDestroy: true,
  deletionProtection: false,
  userPoolDeletionProtection: "INACTIVE",
  skipFinalSnapshot: true,
  deleteAutomatedBackups: true,
  sweepData: true,
  ownKey: false,
  homeFileSystem: "Delete",
  applyImmediately: true,
};

const KEEP: LifecycleFlags = {
  tag: "keep",
  protect: true,
  forceDestroy: false,
  deletionProtection: true,
  userPoolDeletionProtection: "ACTIVE",
  skipFinalSnapshot: false,
  deleteAutomatedBackups: false,
  sweepData: false,
  ownKey: true,
  homeFileSystem: "Retain",
  applyImmediately: false,
};

/** The switches of each lifecycle; the only place where they are decided. */
export const LIFECYCLE_FLAGS: Readonly<Record<Lifecycle, LifecycleFlags>> = {
  experiment: EXPERIMENT,
  keep: KEEP,
  // What cannot be changed in place stays as it is: without its key a cluster would be made anew.
  retire: { ...EXPERIMENT, ownKey: KEEP.ownKey, tag: KEEP.tag },
};
