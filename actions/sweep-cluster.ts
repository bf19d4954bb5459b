import { EC2Client } from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingClient } from "@aws-sdk/client-elastic-load-balancing";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { HOST, type Action, type Host } from "./action";
import { clientSettings } from "../aws/client-settings";
import { dataFindings, networkFindings, type Scope } from "../aws/finders/cluster";
import { deletableOriginLeftovers } from "../aws/finders/vpc-origin";
import type { AwsAccess } from "../settings/schema/aws-access";
import { sweep } from "./sweep";

/** Inputs of the action, as the state stores them. */
export interface SweepClusterInputs {
  /** Name of the cluster, which is also in the key of its tag. */
  readonly clusterName: string;
  readonly vpcId: string;
  /** Security groups of the stack itself: rules in them that name a deleted group are revoked. */
  readonly ownGroups: readonly string[];
  /** True if volumes and snapshots are deleted too. */
  readonly sweepData: boolean;
  readonly aws: AwsAccess;
}

/** AWS deletes the interfaces of a load balancer some minutes later, and its security group only after them. */
const MINUTES = 20;

/**
 * Deletes what users of a cluster created through it, and CloudFront for its front door, unknown to Pulumi. Runs
 * after the cluster's machines and the front door are deleted and before the network is, so nothing is in use any
 * more; only CloudFront takes some minutes to delete its interfaces.
 */
export const action: Action<SweepClusterInputs> = {
  remove: (inputs) => sweepCluster(inputs, HOST),
};

/** @throws ActionError naming the findings that exist after 20 minutes. */
export async function sweepCluster(inputs: SweepClusterInputs, host: Host): Promise<void> {
  const { aws } = inputs;
  const scope: Scope = {
    ...inputs,
    ec2: new EC2Client(clientSettings(aws, "ec2")),
    classic: new ElasticLoadBalancingClient(clientSettings(aws, "elb")),
    balancers: new ElasticLoadBalancingV2Client(clientSettings(aws, "elbv2")),
  };
  await sweep(
    {
      creator: `users of cluster ${inputs.clusterName}`,
      minutes: MINUTES,
      find: async () => {
        const lists = [
          ...networkFindings(scope),
          deletableOriginLeftovers(scope),
          ...(inputs.sweepData ? dataFindings(scope) : []),
        ];
        return (await Promise.all(lists)).flat();
      },
      advice: "Delete what uses them, then run the destroy again.",
    },
    host,
  );
}
