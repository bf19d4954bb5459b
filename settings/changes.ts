import { fault, type Fault } from "./contract";
import { shellWord } from "./foreign-text";
import type { TargetName } from "./shared";

/** Values of settings as text, by path. */
export type Values = Readonly<Record<string, string>>;

/** Outcome of another value of a setting for a stack that is up. */
export interface Change {
  /** Sentence or phrase for the documentation, as it reads after "A change:". */
  readonly text: string;
  /** Refused changes, which would replace something with people's data or stop half-way. @default none */
  readonly refusal?: {
    /** True if a change is refused. `now` has the new values of the settings in `reads`. */
    readonly when: (before: string, after: string, now: Values) => boolean;
    /** Reason, as it reads after "cannot change from A to B: ". */
    readonly because: string;
    /** Paths of other settings that decide. @default none */
    readonly reads?: readonly string[];
  };
}

/** An outcome for each target; undefined for a target that does not have the setting. */
type ByTarget = Readonly<Record<TargetName, Change | undefined>>;

/** One outcome for every target, or one for each. */
type Entry = Change | ByTarget;

const IN_PLACE: Change = { text: "in place." };
const inPlace = (text: string): Change => ({ text: `in place. ${text}` });

/** A setting of which only the first value counts. */
function fixed(because: string): Change {
  const when = (before: string, after: string): boolean => before !== after;
  return { text: `refused: ${because}.`, refusal: { when, because } };
}

/** A number that grows in place. */
function grows(because: string, more = ""): Change {
  return {
    text: `in place if it grows${more}; less is refused: ${because}.`,
    refusal: { when: (before, after) => Number(after) < Number(before), because },
  };
}

/** A kept stack does not set `applyImmediately`. */
const IN_WINDOW = "With `lifecycle: keep` AWS makes it in the next maintenance window.";
const NEW_CLUSTER = "another network inside the cluster takes another cluster";
const REPLACES_GROUP =
  "replaces the node group: AWS creates the new nodes first, then pods move to them, and AWS deletes the old ones.";

/** Number of a minor version, 36 of 1.36. */
function minor(version: string): number {
  return Number(version.split(".")[1]);
}

/**
 * Outcome of a change of each setting, by path. `docs/settings.md` prints the texts, and the guard of a stack
 * refuses in a preview what is to be refused. `tests/support/trials.ts` has the changes that tests make on stacks that
 * are up.
 */
export const CHANGES: Readonly<Record<string, Entry>> = {
  target: fixed("another target is another stack; create one beside this"),
  region: fixed("resources cannot move to another region; create another stack there"),
  lifecycle: {
    text: "in place; from `keep` or `retire` back to `experiment` is refused: `retire` is what ends a kept stack.",
    refusal: {
      when: (before, after) => before !== "experiment" && after === "experiment",
      because:
        "not everything of a kept stack can be taken back in place. `retire` lets its next destroy delete everything",
    },
  },
  owner: {
    ec2: IN_PLACE,
    eks: inPlace("Nodes carry the tag, so they are replaced, as many at once as EKS updates."),
    sagemaker: inPlace("Apps that run keep the old tag until they are started again."),
  },
  allowedCidrs: IN_PLACE,
  users: {
    ec2: inPlace("Without a person, their namespace is deleted with the volumes in it."),
    eks: inPlace("Without a person, their namespace is deleted with the volumes in it."),
    sagemaker: inPlace(
      "People with apps or spaces in Studio cannot be removed; the message has the commands.",
    ),
  },
  "network.cidr": fixed("another network would replace everything in it, the database too"),
  "network.zones": {
    ec2: grows(
      "the database or a node may be in the zone that would be removed",
      ", and workers that move to another zone are replaced",
    ),
    eks: fixed("AWS keeps a cluster in the zones of its creation"),
    sagemaker: grows(
      "Studio's home file system is in the zone that would be removed",
      "; the Studio domain stays in the zones of its creation",
    ),
  },
  "network.nat": {
    ec2: inPlace("To or from `none`, all workers are replaced at once."),
    eks: IN_PLACE,
    sagemaker: IN_PLACE,
  },
  "bucket.noncurrentDays": IN_PLACE,
  "database.engineVersion": {
    text: "in place to a newer one, with a restart of some minutes; an older one is refused: there is no way back.",
    refusal: {
      when: (before, after) => Number(after) < Number(before),
      because: "there is no way back from a newer version",
    },
  },
  "database.instanceClass": inPlace(`The database restarts. ${IN_WINDOW}`),
  "database.storageGib": grows("AWS cannot make the storage of a database smaller"),
  "database.multiAz": inPlace(IN_WINDOW),
  "database.backupRetentionDays": inPlace(`To or from 0, the database restarts. ${IN_WINDOW}`),
  "notebooks.homeGib": inPlace("Disks that exist keep their size."),
  "notebooks.idleMinutes": {
    ec2: inPlace("The hub restarts; notebooks go on."),
    eks: inPlace("The hub restarts; notebooks go on."),
    sagemaker: inPlace("Apps that run keep the old minutes until they are started again."),
  },
  "userPool.mfa": IN_PLACE,
  "userPool.email.identity": IN_PLACE,
  "userPool.email.from": IN_PLACE,
  "kubernetes.version": {
    ec2: {
      text: "nothing on machines that exist, until `nodes.renew` names them; new ones have the new version.",
    },
    eks: {
      text: "in place to the next one, nodes after the control plane; an older version, and one that skips a minor version, are refused: EKS upgrades one minor version at a time, and never downgrades.",
      refusal: {
        when: (before, after) => ![0, 1].includes(minor(after) - minor(before)),
        because: "EKS upgrades one minor version at a time, and never downgrades",
      },
    },
    sagemaker: undefined,
  },
  "kubernetes.podCidr": fixed(NEW_CLUSTER),
  "kubernetes.serviceCidr": fixed(NEW_CLUSTER),
  "kubernetes.readyMinutes": inPlace("It counts from the next `up` on."),
  "kubernetes.logs": IN_PLACE,
  "kubernetes.logDays": IN_PLACE,
  "nodes.count": {
    ec2: inPlace(
      "With fewer, the workers with the highest numbers are deleted, and the pods on them.",
    ),
    eks: IN_PLACE,
    sagemaker: undefined,
  },
  "nodes.min": IN_PLACE,
  "nodes.max": IN_PLACE,
  "nodes.capacity": { text: REPLACES_GROUP },
  "nodes.instanceType": {
    ec2: inPlace("Every machine is stopped and started, the control plane too."),
    eks: { text: REPLACES_GROUP },
    sagemaker: undefined,
  },
  "nodes.architecture": {
    ec2: {
      text: "replaces every machine; refused unless `nodes.renew` is `all`, since machines keep their image otherwise.",
      refusal: {
        when: (before, after, now) => before !== after && now["nodes.renew"] !== "all",
        because: "machines keep their image unless nodes.renew is all",
        reads: ["nodes.renew"],
      },
    },
    eks: { text: REPLACES_GROUP },
    sagemaker: undefined,
  },
  "nodes.diskGib": {
    ec2: grows("AWS cannot make a disk smaller", "; machines see it after a restart"),
    eks: inPlace("Nodes are replaced, as many at once as EKS updates."),
    sagemaker: undefined,
  },
  "nodes.renew": {
    text: "`workers` replaces them one after the other, where there is a newer image or script; `controlPlane` replaces that, which restores its last snapshot; `all` does both, `none` nothing.",
  },
  adminArns: IN_PLACE,
  "notebooks.sizes": inPlace("Notebooks that run keep their size."),
  "notebooks.image": inPlace("Notebooks that run keep their image."),
  frontDoor: inPlace("The hub's address changes."),
  "tuning.katib": inPlace(
    "When it is turned off, the program deletes Experiments first, and retains the database `katib`.",
  ),
  "serving.triton": inPlace("The hub restarts; notebooks that run do not see the change."),
  "gpu.instanceType": {
    text: "replaces their node group: a new node comes first, then Triton moves there, and answers when it has built its engine.",
  },
  "gpu.max": inPlace(
    "A change from 0 creates their node group, one to 0 deletes it. Triton moves; after a change from 0 it does not answer until it runs on the new node.",
  ),
  "serving.endpoint": inPlace("Notebooks that run do not see the change."),
  "serving.instanceType": {
    text: "replaces the configuration of the endpoint, and AWS updates the endpoint in place: it starts the new instance, moves requests to it and ends the old one, and bills both meanwhile.",
  },
  "studio.instanceType": inPlace("Spaces that exist keep their type."),
  "studio.instanceTypes": IN_PLACE,
  "studio.maxSpaceGib": inPlace("Disks that exist keep their size."),
  "studio.jobs": inPlace(
    "When it is turned off, jobs that run go on, and hold their security group until they end.",
  ),
  "studio.sweepUserJobs": IN_PLACE,
};

/**
 * Outcome of a change of a setting on a target.
 *
 * @throws Error when the table has none, which a test excludes.
 */
export function changeOf(path: string, target: TargetName): Change {
  const entry = CHANGES[path];
  const change = entry !== undefined && "text" in entry ? entry : entry?.[target];
  if (change === undefined) {
    throw new Error(`settings/changes.ts says nothing about ${path} on ${target}`);
  }
  return change;
}

/** The settings of a target that the guard has to know: those of which changes may be refused. */
export function guardedPaths(paths: readonly string[], target: TargetName): readonly string[] {
  const refusals = paths.flatMap((path) => {
    const { refusal } = changeOf(path, target);
    return refusal === undefined ? [] : [path, ...(refusal.reads ?? [])];
  });
  return [...new Set(refusals)];
}

/** The refused changes between the last `up` and the next one; a setting that was not known then is none. */
export function refusedChanges(target: TargetName, before: Values, after: Values): Fault[] {
  return Object.entries(before).flatMap(([path, was]) => {
    const now = after[path];
    const { refusal } = now === undefined ? {} : changeOf(path, target);
    const key = path === "region" ? "aws:region" : path;
    return refusal === undefined || now === undefined
      ? []
      : fault.when(
          refusal.when(was, now, after),
          `${key} cannot change from ${was} to ${now}: ${refusal.because}`,
          `pulumi config set ${key} ${shellWord(was)}`,
        );
  });
}
