import type { Check } from "../contract";
import type { Setting, SettingTree } from "../schema/setting";
import type { InstanceType } from "../values/instance-types";
import type { PodRequests, Resources } from "../values/resources";

/**
 * Everything about a target that is plain data: settings, checks, and how notebooks run on it. The
 * compiler asks each target for all of it. Commands, reports and docs read targets from here only.
 *
 * @typeParam Raw the settings as they are written, which checks read.
 * @typeParam Ready the same settings as the program reads them.
 */
export interface TargetProfile<Raw, Ready = Raw> {
  /** A phrase that says what the target deploys. */
  readonly summary: string;
  /** A phrase that says who should choose it. */
  readonly bestFor: string;
  /** The setting that starts a model server. */
  readonly modelServer: `serving.${string}`;
  /** The setting without which people start no training jobs. @default they always may */
  readonly trainingJobs?: "studio.jobs";
  /** The setting that installs Katib. @default the target cannot have it */
  readonly katib?: "tuning.katib";
  /** Settings beside the shared ones. */
  readonly settings: SettingTree;
  /** Rules between settings. */
  readonly checks: readonly Check<Raw>[];
  /** Puts plain values where a setting may hold a keyword. */
  readonly ready: (settings: Raw) => Ready;
  /** Ids of the availability zones in which AWS does not offer the platform; empty where it offers all. */
  readonly withoutZoneIds: readonly string[];
  readonly capacity: NodeCapacity<Ready> | PerNotebookCapacity<Ready>;
}

/** Settings by path that replace those of a stack file, e.g. `{ "nodes.count": "5" }`. */
export type Overrides = Readonly<Record<string, string>>;

/** The instances of a cluster, as settings declare them. */
export interface DeclaredNodes {
  readonly instanceType: string;
  /** Value of `nodes.count`. */
  readonly count: number;
  /** GiB of the root disk of each instance. */
  readonly diskGib: number;
  /** EC2 type of nodes with a GPU, beside these; no notebook runs there. @default there are none */
  readonly gpuType?: string;
  /** Minutes without activity after which the hub stops a notebook. */
  readonly idleMinutes: number;
  /** Fewest and most nodes between which an autoscaler chooses. @default always `count` */
  readonly min?: number;
  readonly max?: number;
}

/** Several notebooks run on each of the target's nodes. */
export interface NodeCapacity<S> {
  readonly kind: "nodes";
  /** Instances of `nodes.count` that run the control plane and no notebook. */
  readonly controlPlanes: number;
  /** Fate of nodes in hours in which nobody works; only `stopped` ones keep their root disk. */
  readonly whenOff: "stopped" | "terminated";
  /** CPU and memory of an instance that kubelet does not offer to pods. */
  readonly kubeletReserves: (type: InstanceType) => Resources;
  /**
   * Requests of pods that come with the cluster itself. Those of charts and add-ons stand beside their
   * versions, and the capacity model adds the ones that a stack declares.
   */
  readonly distribution: PodRequests;
  /** The setting `nodes.count`, which bounds a cluster. */
  readonly count: Setting<number>;
  readonly nodes: (settings: S) => DeclaredNodes;
  /** Requests of the pod of a training run. */
  readonly trainingPod: (settings: S) => { readonly vcpus: number; readonly gib: number };
  /** The settings that give a stack these nodes, and a fixed number of them. */
  readonly withNodes: (type: InstanceType, count: number) => Overrides;
}

/** The machine of a notebook, as settings declare it. */
export interface DeclaredNotebook {
  /** As AWS names it, e.g. `ml.t3.medium`. */
  readonly instanceType: string;
  /** Minutes without activity after which AWS stops it. */
  readonly idleMinutes: number;
}

/** Each notebook has a machine of its own, which AWS starts and bills by the hour. */
export interface PerNotebookCapacity<S> {
  readonly kind: "per-notebook";
  /** The EC2 instance type below a machine's type; undefined for a type that the catalogue lacks. */
  readonly instanceOf: (machineType: string) => InstanceType | undefined;
  /** AWS's name of the machine that has the size of an instance type. */
  readonly machineOf: (type: InstanceType) => string;
  /** Price key of an hour on a machine. */
  readonly priceKey: (machineType: string) => string;
  /** Price key of an hour of training or of an endpoint on a machine. */
  readonly jobPriceKey: (machineType: string, use: "training" | "hosting") => string;
  readonly notebook: (settings: S) => DeclaredNotebook;
  /** The machine of a training job, as AWS names it; undefined where the settings allow none. */
  readonly trainingMachine: (settings: S) => string | undefined;
  /** The settings that give a stack's notebooks this machine. */
  readonly withMachine: (machineType: string) => Overrides;
  /** The platform for a comparison in which no stack has it. @default it is then left out */
  readonly assumed?: AssumedService;
}

/** A platform that the comparison can price without a stack: an app and a disk for each notebook. */
export interface AssumedService {
  /** Name of the row, and of the lines of its bill. */
  readonly name: string;
  /** AWS service on the bill. */
  readonly service: string;
  /** Price key of a GB of a notebook's disk for a month. */
  readonly diskPriceKey: string;
  readonly idleMinutes: number;
}
