import * as pulumi from "@pulumi/pulumi";
import type { AwsAccess } from "../../settings/schema/aws-access";
import type { SweepClusterInputs } from "../../actions/sweep-cluster";
import { ActionResource } from "../action-resource";

/** Inputs of `janitor`. */
export interface JanitorArgs {
  readonly clusterName: pulumi.Input<string>;
  readonly vpcId: pulumi.Input<string>;
  /** Security groups of the stack, which the janitor does not delete. */
  readonly ownGroups: readonly pulumi.Input<string>[];
  /** Also delete volumes and snapshots that users created. */
  readonly sweepData: boolean;
  readonly access: pulumi.Input<AwsAccess>;
}

/**
 * Deletes at a destroy what the users of a cluster created through it: load balancers, security groups and
 * interfaces, which would block the deletion of the network, and volumes and snapshots unless the stack is
 * kept. It deletes only resources with the tags of this cluster.
 *
 * It must depend on the network and the stack's own groups, and the machines must depend on it. Then it
 * runs after the machines are deleted and before network and groups are.
 */
export function janitor(
  name: string,
  { access, ...args }: JanitorArgs,
  opts: pulumi.CustomResourceOptions,
): ActionResource<SweepClusterInputs> {
  return new ActionResource<SweepClusterInputs>(
    "SweepCluster",
    name,
    { ...args, ownGroups: pulumi.all([...args.ownGroups]), aws: access },
    opts,
  );
}
