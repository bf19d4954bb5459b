import { EC2Client } from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingClient } from "@aws-sdk/client-elastic-load-balancing";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { ActionError, wait, WORLD, type Action, type World } from "./action";
import { clientSettings, type AwsAccess } from "./aws-access";
import { dataOf, networkingOf, type Found, type Scope } from "./cluster-clutter";

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
  const told = new Set<string>();
  const left = await wait(
    {
      what: `what users of cluster ${inputs.clusterName} had made`,
      minutes: MINUTES,
      look: async () => {
        const found = await findAll(scope);
        for (const one of found) {
          if (!told.has(one.id)) {
            told.add(one.id);
            world.say(`deleting ${one.what} ${one.id}, made in cluster ${inputs.clusterName}`);
          }
          await attempt(one);
        }
        return found.length === 0
          ? undefined
          : found.map(({ what, id }) => `${what} ${id}`).join(", ");
      },
    },
    world,
  );
  if (left !== undefined) {
    throw new ActionError(
      `still there after ${MINUTES} minutes, made by users of cluster ${inputs.clusterName}: ${left}. ` +
        "Whatever uses them has to go first; then run the destroy again.",
    );
  }
}

async function findAll(scope: Scope): Promise<Found[]> {
  const kinds = [...networkingOf(scope), ...(scope.sweepData ? dataOf(scope) : [])];
  return (await Promise.all(kinds)).flat();
}

/** Refusals that time or another deletion cures; the next look shows whether it did. */
const LATER =
  /DependencyViolation|InUse|IncorrectState|OperationNotPermitted|NotFound|Throttl|RequestLimitExceeded/i;

async function attempt({ what, id, remove }: Found): Promise<void> {
  try {
    await remove();
  } catch (error) {
    const { name, message } = error as Error;
    if (!LATER.test(name)) {
      throw new ActionError(`${what} ${id} cannot be deleted: ${message}`, { cause: error });
    }
  }
}
