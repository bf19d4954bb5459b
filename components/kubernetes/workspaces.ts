import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Person } from "../../settings/values/people";
import { serviceAccountOf } from "../workload-identity";
import { inCluster, type KubernetesCluster } from "./cluster";

/** Inputs of `Workspaces`. */
export interface WorkspacesArgs {
  readonly cluster: KubernetesCluster;
  readonly users: readonly Person[];
  /** Pulumi refuses to delete the namespaces, and with them the volumes of the users. */
  readonly protect: boolean;
  /** ARN of each user's role, by name. */
  readonly roleArns: Readonly<Record<string, pulumi.Input<string>>>;
}

/**
 * A namespace for each user, with the service account whose tokens the user's role trusts. Pods in it
 * cannot be privileged and cannot access the machine, so no user can gain the rights of another.
 *
 * Deleting a namespace deletes everything in it, including volumes, so a kept stack protects it.
 *
 * A pod assumes the role with a projected token; the documentation of the targets has an example.
 */
export class Workspaces extends pulumi.ComponentResource {
  constructor(name: string, args: WorkspacesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlp:kubernetes:Workspaces", name, {}, opts);
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
        { ...inCluster(args.cluster, this), protect: args.protect },
      );
      new kubernetes.core.v1.ServiceAccount(
        `${name}-${person.name}-account`,
        {
          metadata: {
            name: account.name,
            namespace: namespace.metadata.name,
            // The annotation of EKS's webhook. Here it only shows people the role of the account.
            annotations: { "eks.amazonaws.com/role-arn": args.roleArns[person.name] ?? "" },
          },
          // A notebook needs no token for the API server.
          automountServiceAccountToken: false,
        },
        inCluster(args.cluster, this),
      );
    }
    this.registerOutputs();
  }
}
