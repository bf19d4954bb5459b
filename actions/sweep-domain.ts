import { EC2Client } from "@aws-sdk/client-ec2";
import { EFSClient, TagResourceCommand } from "@aws-sdk/client-efs";
import { SageMakerClient } from "@aws-sdk/client-sagemaker";
import { ActionError, HOST, type Action, type Host } from "./action";
import { clientSettings } from "../aws/client-settings";
import { type AwsAccess } from "../settings/schema/aws-access";
import { leftByDomains, strangersIn, type Scope } from "../aws/finders/studio-network";
import { sweep } from "./sweep";

export interface SweepDomainInputs {
  /** The stack's own network, in which there is no other domain than its own. */
  readonly vpcId: string;
  /** Security groups of the stack itself: they lose rules that name a swept group, and stay. */
  readonly ownGroups: readonly string[];
  /** Whether people's home file system goes too. */
  readonly sweepData: boolean;
  /** The stack's tags: a file system that stays gets them, so that it can be found again. */
  readonly tags: Readonly<Record<string, string>>;
  readonly aws: AwsAccess;
}

/** Mount targets and interfaces take some minutes to go, and hold security groups so long. */
const MINUTES = 20;

/**
 * What a Studio domain leaves behind: its home file system with mount targets, two security groups
 * that name each other, interfaces. Runs when the domain is gone and before its network goes.
 */
export const action: Action<SweepDomainInputs> = {
  remove: (inputs) => sweepDomain(inputs, HOST),
};

/** @throws Error naming what is still there after 20 minutes, or whose domain stands in the network. */
export async function sweepDomain(inputs: SweepDomainInputs, world: Host): Promise<void> {
  const told = new Set<string>();
  const efs = new EFSClient(clientSettings(inputs.aws, "efs"));
  const Tags = Object.entries(inputs.tags).map(([Key, Value]) => ({ Key, Value }));
  const scope: Scope = {
    ...inputs,
    ec2: new EC2Client(clientSettings(inputs.aws, "ec2")),
    efs,
    sagemaker: new SageMakerClient(clientSettings(inputs.aws, "sagemaker")),
    keep: async (ResourceId, what) => {
      if (!told.has(ResourceId)) {
        told.add(ResourceId);
        world.log(what);
        await efs.send(new TagResourceCommand({ ResourceId, Tags }));
      }
    },
  };
  await sweep(
    {
      whose: `the Studio domain in ${inputs.vpcId}`,
      minutes: MINUTES,
      find: () => leftByDomains(scope),
      advice: "Whatever uses them has to go first; then run the destroy again.",
    },
    world,
  );
  const strangers = await strangersIn(scope);
  if (strangers.length > 0) {
    throw new ActionError(
      `Studio domain ${strangers.join(", ")} stands in the stack's network ${inputs.vpcId} and is not ` +
        "the stack's; nothing of it was touched. Let it go, then run the destroy again.",
    );
  }
}
