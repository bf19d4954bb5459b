import { AddOnName, ADD_ON_VERSIONS } from "../../settings/versions/eks-add-ons";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { KubernetesCluster } from "../../components/kubernetes/cluster";
import type { EksMinor } from "../../settings/versions/eks";

export interface AddOnArgs {
  readonly cluster: KubernetesCluster;
  readonly version: EksMinor;
  /** Role of the add-on's service account. @default none */
  readonly roleArn?: pulumi.Input<string>;
  /** As the add-on's own schema has it: `aws eks describe-addon-configuration`. @default none */
  readonly values?: Readonly<Record<string, pulumi.Input<unknown>>>;
  readonly after?: readonly pulumi.Resource[];
}

/** An add-on of EKS at its pinned version; what somebody changed by hand, an update changes back. */
export function addOn(
  parent: pulumi.Resource,
  name: string,
  which: AddOnName,
  { cluster, version, roleArn, values, after = [] }: AddOnArgs,
): aws.eks.Addon {
  return new aws.eks.Addon(
    name,
    {
      clusterName: cluster.name,
      addonName: which,
      addonVersion: ADD_ON_VERSIONS[version][which],
      ...(roleArn !== undefined && { serviceAccountRoleArn: roleArn }),
      ...(values !== undefined && { configurationValues: pulumi.jsonStringify(values) }),
      resolveConflictsOnCreate: "OVERWRITE",
      resolveConflictsOnUpdate: "OVERWRITE",
    },
    { parent, dependsOn: [...after] },
  );
}
