/**
 * Purposes of a stack. `experiment`: `pulumi destroy` deletes everything. `keep`: data is protected and
 * survives mistakes. `retire`: a kept stack whose next destroy deletes everything.
 */
export const LIFECYCLES = ["experiment", "keep", "retire"] as const;
/** Purpose of a stack. */
export type Lifecycle = (typeof LIFECYCLES)[number];

/**
 * Every switch that decides whether data is deleted. Resources whose content the program can create again,
 * such as the private zone and the published keys of a cluster, are deleted with the stack in every
 * lifecycle. A destroy uses most of these values as the last successful `up` stored them, so they are set
 * at creation and never only before a destroy.
 */
export interface LifecycleFlags {
  /** Value of the tag `Lifecycle`. The disks of nodes carry it, so another value would replace the nodes. */
  readonly tag: Exclude<Lifecycle, "retire">;
  /** Pulumi refuses to delete or replace the resource until it is unprotected. */
  readonly protect: boolean;
  /** Data bucket: deleting the bucket deletes its objects. */
  readonly forceDestroy: boolean;
  /** RDS: the service refuses to delete the instance. */
  readonly deletionProtection: boolean;
  /** Cognito: the same, in Cognito's spelling. */
  readonly userPoolDeletionProtection: "ACTIVE" | "INACTIVE";
  /** RDS: the instance is deleted without a final snapshot. */
  readonly skipFinalSnapshot: boolean;
  /** RDS: automated backups are deleted with the instance. */
  readonly deleteAutomatedBackups: boolean;
  /**
   * Clusters: volumes and snapshots that users created are deleted with the cluster. Studio: the home file system
   * is deleted after its domain.
   */
  readonly sweepData: boolean;
  /** EKS: a KMS key of the stack encrypts Secrets, for $1 a month. */
  readonly ownKey: boolean;
  /** RDS: changes are made at once, with a restart, and not in the maintenance window. */
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
  applyImmediately: false,
};

/** The switches of each lifecycle. No other code decides them. */
export const LIFECYCLE_FLAGS: Readonly<Record<Lifecycle, LifecycleFlags>> = {
  experiment: EXPERIMENT,
  keep: KEEP,
  // These two cannot change in place: without its key a cluster would be replaced.
  retire: { ...EXPERIMENT, ownKey: KEEP.ownKey, tag: KEEP.tag },
};
