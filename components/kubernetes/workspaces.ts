import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { LIFECYCLE_FLAGS, type Lifecycle } from "../../settings/lifecycle";
import type { Person } from "../../settings/people";
import { serviceAccountOf } from "../workload-identity";
import { inCluster, type KubernetesCluster } from "./cluster";

export interface WorkspacesArgs {
  readonly cluster: KubernetesCluster;
  readonly users: readonly Person[];
  readonly lifecycle: Lifecycle;
  /** ARN of each person's role, by name. */
  readonly roleArns: Readonly<Record<string, pulumi.Input<string>>>;
}

/**
 * A namespace for each person, with the service account whose tokens their role trusts. Pods there
 * may not be privileged, nor see the machine: so nobody gets at another's rights through it.
 *
 * A namespace takes everything in it along, also the volumes: in a stack that is kept it is protected.
 *
 * A pod takes the role on with a projected token; `docs/targets.md` has the specification of one.
 */
export class Workspaces extends pulumi.ComponentResource {
  /** Each person's namespace, by name: what stands in one depends on it, and not on everybody's. */
  readonly namespaces: Readonly<Record<string, kubernetes.core.v1.Namespace>>;

  constructor(name: string, args: WorkspacesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlp:kubernetes:Workspaces", name, {}, opts);
    const { protect } = LIFECYCLE_FLAGS[args.lifecycle];
    const namespaces: Record<string, kubernetes.core.v1.Namespace> = {};
    for (const person of args.users) {
      const account = serviceAccountOf(person);
      const namespace = new kubernetes.core.v1.Namespace(
        `${name}-${person.name}`,
        {
          metadata: {
            name: account.namespace,
            labels: {
              // https://kubernetes.io/docs/concepts/security/pod-security-standards/
              "pod-security.kubernetes.io/enforce": "baseline",
              "pod-security.kubernetes.io/warn": "restricted",
            },
          },
        },
        { ...inCluster(args.cluster, this), protect },
      );
      namespaces[person.name] = namespace;
      new kubernetes.core.v1.ServiceAccount(
        `${name}-${person.name}-account`,
        {
          metadata: {
            name: account.name,
            namespace: namespace.metadata.name,
            // Where EKS's webhook looks too; here it tells people which role the account is for.
            annotations: { "eks.amazonaws.com/role-arn": args.roleArns[person.name] ?? "" },
          },
          // A token for the API server is nothing that a notebook needs.
          automountServiceAccountToken: false,
        },
        inCluster(args.cluster, this),
      );
    }
    this.namespaces = namespaces;
    this.registerOutputs();
  }
}
