import type { Content } from "./katib-objects";
import { NODE, type KatibRig } from "./katib-rig";

/** A pod as `kubectl get` prints it. */
export interface Pod {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly containers: readonly {
      readonly name: string;
      readonly image: string;
      readonly args?: readonly string[];
      readonly securityContext?: object;
    }[];
  };
}

/** Values of parameters by the names of trials. */
export type Suggested = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Trials in a cluster whose nodes run nothing: what the pods would do is written into their status. */
export class RigTrials {
  constructor(private readonly rig: Pick<KatibRig, "kubectl">) {}

  /** Names of everything of a kind in a namespace. */
  list(namespace: string, kind: string): string[] {
    const out = this.rig.kubectl(["--namespace", namespace, "get", kind, "--output=json"]);
    const { items } = JSON.parse(out) as { items: Content[] };
    return items.map(({ metadata }) => metadata.name);
  }

  /** Writes suggestions where the controller looks for them; `accuracy` is none of the parameters. */
  suggest(experiment: string, suggested: Suggested): void {
    const suggestions = Object.entries(suggested).map(([name, values]) => ({
      name,
      parameterAssignments: Object.entries(values)
        .filter(([key]) => key !== "accuracy")
        .map(([key, value]) => ({ name: key, value })),
    }));
    const status = { suggestions, suggestionCount: suggestions.length };
    this.patchStatus("suggestion", experiment, status);
  }

  /** The pods that a selector finds in the namespace of trials, once there are so many. */
  pods(selector: string, count: number): readonly Pod[] | undefined {
    const args = ["--namespace", "tuning", "get", "pods", `--selector=${selector}`];
    const { items } = JSON.parse(this.rig.kubectl([...args, "--output=json"])) as { items: Pod[] };
    return items.length === count ? items : undefined;
  }

  /** Gives a pod a node, and ends it there after a minute and so many seconds, as kubelet would. */
  succeed({ metadata: { name }, spec }: Pod, seconds: number): void {
    const binding = {
      apiVersion: "v1",
      kind: "Binding",
      metadata: { name },
      target: { kind: "Node", name: NODE },
    };
    const address = `/api/v1/namespaces/tuning/pods/${name}/binding`;
    this.rig.kubectl(["create", "--raw", address, "--filename=-"], JSON.stringify(binding));
    const begun = "2026-11-29T12:00:00Z";
    const finishedAt = `2026-11-29T12:01:0${seconds}Z`;
    const terminated = { exitCode: 0, startedAt: begun, finishedAt, containerID: "test://1" };
    this.patchStatus("pod", name, {
      phase: "Succeeded",
      conditions: [{ type: "PodScheduled", status: "True", lastTransitionTime: begun }],
      containerStatuses: spec.containers.map((one) => ({
        name: one.name,
        image: "",
        imageID: "",
        ready: false,
        restartCount: 0,
        state: { terminated },
      })),
    });
  }

  /** Writes a part of the status of something in the namespace of trials. */
  patchStatus(kind: string, name: string, status: object): void {
    const args = ["--namespace", "tuning", "patch", kind, name, "--subresource=status"];
    this.rig.kubectl([...args, "--type=merge", "--patch", JSON.stringify({ status })]);
  }
}

/** Selector of the pods of an Experiment's trials. */
export function trialsOf(experiment: string): string {
  return `katib.kubeflow.org/trial,katib.kubeflow.org/experiment=${experiment}`;
}
