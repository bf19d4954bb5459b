import { EC2Client } from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingClient } from "@aws-sdk/client-elastic-load-balancing";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { WORLD, type Action, type World } from "./action";
import { clientSettings, type AwsAccess } from "./aws-access";
import { dataOf, networkingOf, type Scope } from "./cluster-clutter";
import { leftByOrigins } from "./origin-clutter";
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
 * What the users of a cluster had made through it, and CloudFront for its front door, and Pulumi never heard
 * of. Runs when the cluster's machines and the front door are gone and before the network goes, so nothing is
 * in use any more, but CloudFront takes some minutes to let go of its interfaces.
 */
export const action: Action<SweepClusterInputs> = {
  remove: (inputs) => sweepCluster(inputs, WORLD),
};

/** @throws Error naming what is still there after 20 minutes. */
export async function sweepCluster(inputs: SweepClusterInputs, world: World): Promise<void> {
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
        const kinds = [
          ...networkingOf(scope),
          leftByOrigins(scope),
          ...(scope.sweepData ? dataOf(scope) : []),
        ];
        return (await Promise.all(kinds)).flat();
      },
      advice: "Whatever uses them has to go first; then run the destroy again.",
    },
    world,
  );
}
