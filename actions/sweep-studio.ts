import { SageMakerClient } from "@aws-sdk/client-sagemaker";
import { HOST, type Action, type Host } from "./action";
import { clientSettings } from "../aws/client-settings";
import { type AwsAccess } from "../settings/schema/aws-access";
import { userJobs } from "../aws/finders/studio-jobs";
import { contentOf } from "../aws/finders/studio-contents";
import { sweep } from "./sweep";

export interface SweepStudioInputs {
  readonly domainId: string;
  readonly domainArn: string;
  /** Profiles that Pulumi deletes itself, after this. */
  readonly ownProfiles: readonly string[];
  /** Whether jobs and endpoints that people started are stopped, or only named. */
  readonly sweepUserJobs: boolean;
  readonly aws: AwsAccess;
}

/** An app takes up to 20 minutes to go, its space and its profile some more. */
const MINUTES = 45;

/**
 * What people have made in a Studio domain, and Pulumi never heard of: it would hold the domain back.
 * Runs before profiles and domain go.
 */
export const action: Action<SweepStudioInputs> = {
  remove: (inputs) => sweepStudio(inputs, HOST),
};

/** @throws Error naming what is still there after 45 minutes. */
export async function sweepStudio(inputs: SweepStudioInputs, world: Host): Promise<void> {
  const client = new SageMakerClient(clientSettings(inputs.aws, "sagemaker"));
  const whose = `users of Studio domain ${inputs.domainId}`;
  const advice = "Run the destroy again; an app that stays on Deleting is a case for AWS support.";
  const jobs = (): ReturnType<typeof userJobs> => userJobs(client, inputs.domainArn);
  if (inputs.sweepUserJobs) {
    await sweep({ whose, minutes: MINUTES, find: jobs, advice }, world);
  } else {
    for (const { what, id, command } of await jobs()) {
      world.log(`warning: ${what} ${id}, made by ${whose}, goes on and costs; stop it: ${command}`);
    }
  }
  await sweep({ whose, minutes: MINUTES, find: () => contentOf(client, inputs), advice }, world);
}
