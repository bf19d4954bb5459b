import { EC2Client } from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingClient } from "@aws-sdk/client-elastic-load-balancing";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { HOST, type Action, type Host } from "./action";
import { clientSettings } from "../aws/client-settings";
import { type AwsAccess } from "../settings/schema/aws-access";
import { dataOf, networkingOf, type Scope } from "../aws/finders/cluster";
import { sweep } from "./sweep";

export interface SweepClusterInputs {
  /** Name of the cluster, as it stands in the tag `kubernetes.io/cluster/<name>`. */
  readonly clusterName: string;
  readonly vpcId: string;
  /** Security groups of the stack itself: they lose rules that name a swept group, and stay. */
  readonly ownGroups: readonly string[];
  /** Whether volumes and snapshots go too. */
  readonly sweepData: boolean;
  readonly aws: AwsAccess;
}

/** Interfaces of a load balancer take some minutes to go, and hold its security group so long. */
const MINUTES = 20;

/**
 * What the users of a cluster had made through it, and Pulumi never heard of. Runs when the cluster's
 * machines are gone and before its network goes, so nothing is in use any more.
 */
export const action: Action<SweepClusterInputs> = {
  remove: (inputs) => sweepCluster(inputs, HOST),
};

/** @throws Error naming what is still there after 20 minutes. */
export async function sweepCluster(inputs: SweepClusterInputs, world: Host): Promise<void> {
  const { aws } = inputs;
  const scope: Scope = {
    ...inputs,
    ec2: new EC2Client(clientSettings(aws, "ec2")),
    classic: new ElasticLoadBalancingClient(clientSettings(aws, "elb")),
    balancers: new ElasticLoadBalancingV2Client(clientSettings(aws, "elbv2")),
  };
  await sweep(
    {
      whose: `users of cluster ${inputs.clusterName}`,
      minutes: MINUTES,
      find: async () => {
        const kinds = [...networkingOf(scope), ...(scope.sweepData ? dataOf(scope) : [])];
        return (await Promise.all(kinds)).flat();
      },
      advice: "Whatever uses them has to go first; then run the destroy again.",
    },
    world,
  );
}
