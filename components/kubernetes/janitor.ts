import * as pulumi from "@pulumi/pulumi";
import type { AwsAccess } from "../../actions/aws-access";
import type { SweepClusterInputs } from "../../actions/sweep-cluster";
import { LIFECYCLE_FLAGS, type Lifecycle } from "../../settings/lifecycle";
import { ActionResource } from "../action-resource";

export interface JanitorArgs {
  readonly clusterName: pulumi.Input<string>;
  readonly vpcId: pulumi.Input<string>;
  /** Security groups of the stack, which stay when those of users go. */
  readonly ownGroups: readonly pulumi.Input<string>[];
  readonly lifecycle: Lifecycle;
  readonly access: pulumi.Input<AwsAccess>;
}

/**
 * Deletes at a destroy what the users of a cluster had made through it: load balancers, security
 * groups and interfaces, which would hold the network back, and volumes and snapshots unless the
 * stack is kept. Only what carries this cluster's tags, and in the stack's own network what CloudFront
 * leaves of a front door there.
 *
 * It has to depend on the network and the stack's own groups, and the machines and the front door on it:
 * then it works after these are gone and before those go.
 */
export function janitor(
  name: string,
  { lifecycle, access, ...args }: JanitorArgs,
  opts: pulumi.CustomResourceOptions,
): ActionResource<SweepClusterInputs> {
  const { sweepData } = LIFECYCLE_FLAGS[lifecycle];
  return new ActionResource<SweepClusterInputs>(
    "SweepCluster",
    name,
    { ...args, ownGroups: pulumi.all([...args.ownGroups]), sweepData, aws: access },
    opts,
  );
}
