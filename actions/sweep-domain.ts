import { EC2Client } from "@aws-sdk/client-ec2";
import { EFSClient, TagResourceCommand } from "@aws-sdk/client-efs";
import { SageMakerClient } from "@aws-sdk/client-sagemaker";
import { ActionError, HOST, type Action, type Host } from "./action";
import { clientSettings } from "../aws/client-settings";
import { deletableLeftovers, otherDomainsIn, type Scope } from "../aws/finders/studio-network";
import type { AwsAccess } from "../settings/schema/aws-access";
import { sweep } from "./sweep";

/** Inputs of the action, as the state stores them. */
export interface SweepDomainInputs {
  /** The stack's own network. */
  readonly vpcId: string;
  /** Security groups of the stack itself: rules in them that name a deleted group are revoked. */
  readonly ownGroups: readonly string[];
  /** True if people's home file system is deleted too. */
  readonly sweepData: boolean;
  /** The stack's tags: a retained file system gets them, so that the audit finds it. */
  readonly tags: Readonly<Record<string, string>>;
  readonly aws: AwsAccess;
}

/** AWS deletes mount targets and interfaces some minutes later, and security groups only after them. */
const MINUTES = 20;

/**
 * Deletes what a Studio domain leaves behind: its home file system with mount targets, two security groups that
 * name each other, interfaces. Runs after the domain is deleted and before its network is.
 */
export const action: Action<SweepDomainInputs> = {
  remove: (inputs) => sweepDomain(inputs, HOST),
};

/** @throws ActionError naming the findings that exist after 20 minutes, or another domain in the network. */
export async function sweepDomain(inputs: SweepDomainInputs, host: Host): Promise<void> {
  const logged = new Set<string>();
  const efs = new EFSClient(clientSettings(inputs.aws, "efs"));
  const Tags = Object.entries(inputs.tags).map(([Key, Value]) => ({ Key, Value }));
  const scope: Scope = {
    ...inputs,
    ec2: new EC2Client(clientSettings(inputs.aws, "ec2")),
    efs,
    sagemaker: new SageMakerClient(clientSettings(inputs.aws, "sagemaker")),
    onRetained: async (ResourceId, message) => {
      if (!logged.has(ResourceId)) {
        logged.add(ResourceId);
        host.log(message);
        await efs.send(new TagResourceCommand({ ResourceId, Tags }));
      }
    },
  };
  await sweep(
    {
      creator: `the Studio domain in ${inputs.vpcId}`,
      minutes: MINUTES,
      find: () => deletableLeftovers(scope),
      advice: "Delete what uses them, then run the destroy again.",
    },
    host,
  );
  const others = await otherDomainsIn(scope);
  if (others.length > 0) {
    throw new ActionError(
      `Studio domain ${others.join(", ")} is in the stack's network ${inputs.vpcId} but not part of the ` +
        "stack; nothing of it was touched. Delete it, then run the destroy again.",
    );
  }
}
