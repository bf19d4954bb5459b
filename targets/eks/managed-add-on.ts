import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { KubernetesCluster } from "../../components/kubernetes/cluster";
import { defined } from "../../settings/defined";
import type { EksMinor } from "../../settings/versions/eks";
import { type AddOnName, ADD_ON_VERSIONS } from "../../settings/versions/eks-add-ons";

/** Inputs of `addOn`. */
export interface AddOnArgs {
  readonly cluster: KubernetesCluster;
  readonly version: EksMinor;
  /** Role of the add-on's service account. @default none */
  readonly roleArn?: pulumi.Input<string>;
  /** Values by the add-on's schema: `aws eks describe-addon-configuration`. @default none */
  readonly values?: Readonly<Record<string, pulumi.Input<unknown>>>;
  readonly after?: readonly pulumi.Resource[];
}

/** Declares an EKS add-on at its pinned version. An update overwrites manual changes of its objects. */
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
      ...defined({ serviceAccountRoleArn: roleArn }),
      ...(values !== undefined && { configurationValues: pulumi.jsonStringify(values) }),
      resolveConflictsOnCreate: "OVERWRITE",
      resolveConflictsOnUpdate: "OVERWRITE",
    },
    { parent, dependsOn: [...after] },
  );
}
