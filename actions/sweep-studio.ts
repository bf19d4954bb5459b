import { SageMakerClient } from "@aws-sdk/client-sagemaker";
import { HOST, type Action, type Host } from "./action";
import { clientSettings } from "../aws/client-settings";
import { deletableContents } from "../aws/finders/studio-contents";
import { userJobs } from "../aws/finders/studio-jobs";
import type { AwsAccess } from "../settings/schema/aws-access";
import { sweep } from "./sweep";

/** Inputs of the action, as the state stores them. */
export interface SweepStudioInputs {
  readonly domainId: string;
  readonly domainArn: string;
  /** Profiles that Pulumi deletes itself, after this. */
  readonly ownProfiles: readonly string[];
  /** True if jobs and endpoints that people started are stopped, false if they are only logged. */
  readonly sweepUserJobs: boolean;
  readonly aws: AwsAccess;
}

/** AWS takes up to 20 minutes to delete an app, and some more for its space and its profile. */
const MINUTES = 45;

/**
 * Deletes what people created in a Studio domain, unknown to Pulumi: AWS would refuse to delete the domain.
 * Runs before profiles and domain are deleted.
 */
export const action: Action<SweepStudioInputs> = {
  remove: (inputs) => sweepStudio(inputs, HOST),
};

/** @throws ActionError naming the findings that exist after 45 minutes. */
export async function sweepStudio(inputs: SweepStudioInputs, host: Host): Promise<void> {
  const client = new SageMakerClient(clientSettings(inputs.aws, "sagemaker"));
  const creator = `users of Studio domain ${inputs.domainId}`;
  const advice =
    "Run the destroy again; AWS support can help with an app that stays in state Deleting.";
  const jobs = (): ReturnType<typeof userJobs> => userJobs(client, inputs.domainArn);
  if (inputs.sweepUserJobs) {
    await sweep({ creator, minutes: MINUTES, find: jobs, advice }, host);
  } else {
    for (const { label, id, command } of await jobs()) {
      host.log(
        `warning: ${label} ${id}, created by ${creator}, keeps running and costs money; stop it: ${command}`,
      );
    }
  }
  await sweep(
    { creator, minutes: MINUTES, find: () => deletableContents(client, inputs), advice },
    host,
  );
}
