import { SageMakerClient } from "@aws-sdk/client-sagemaker";
import { ActionError, HOST, type Action, type Host } from "./action";
import { clientSettings } from "../aws/client-settings";
import type { Finding } from "../aws/finding";
import { argumentsOf, contentsOf, deletableContents } from "../aws/finders/studio-contents";
import { userJobs } from "../aws/finders/studio-jobs";
import type { AwsAccess } from "../settings/schema/aws-access";
import { sweep } from "./sweep";

/** Inputs of the action, as the state stores them. */
export interface SweepStudioInputs {
  readonly domainId: string;
  readonly domainArn: string;
  /** Profiles that Pulumi deletes itself, after this. */
  readonly ownProfiles: readonly string[];
  /** User pool with the logins of the people; absent in the state of older versions. */
  readonly userPoolId?: string;
  /** Beginning of the names of the workload's training and tuning jobs; absent in the state of older versions. */
  readonly workloadPrefix?: string;
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
  review: refuseLeaversWithSpaces,
  remove: (inputs) => sweepStudio(inputs, HOST),
};

/** @throws ActionError naming the findings that exist after 45 minutes. */
export async function sweepStudio(inputs: SweepStudioInputs, host: Host): Promise<void> {
  const client = new SageMakerClient(clientSettings(inputs.aws, "sagemaker"));
  const creator = `users of Studio domain ${inputs.domainId}`;
  const advice =
    "Run the destroy again; AWS support can help with an app that stays in state Deleting.";
  const jobs = (): ReturnType<typeof userJobs> =>
    userJobs(client, inputs.domainArn, inputs.workloadPrefix);
  // The workload's own jobs are always stopped: their role and their network are about to be deleted.
  const find = async (): ReturnType<typeof jobs> =>
    (await jobs()).filter(({ ofWorkload }) => ofWorkload || inputs.sweepUserJobs);
  await sweep({ creator, minutes: MINUTES, find, advice }, host);
  if (!inputs.sweepUserJobs) {
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

/**
 * Refuses to remove people who have spaces: AWS would not delete their profiles, and nobody but a person decides
 * about the data in the spaces.
 *
 * @throws ActionError with the commands that end their access and delete the spaces.
 */
export async function refuseLeaversWithSpaces(
  before: SweepStudioInputs,
  after: SweepStudioInputs,
): Promise<void> {
  const profiles = before.ownProfiles.filter((name) => !after.ownProfiles.includes(name));
  if (profiles.length === 0) {
    return;
  }
  const client = new SageMakerClient(clientSettings(after.aws, "sagemaker"));
  const found = await contentsOf(client, { domainId: before.domainId, profiles });
  if (found.length > 0) {
    throw new ActionError(refusal(profiles, found, after));
  }
}

function refusal(
  profiles: readonly string[],
  found: readonly Finding[],
  { userPoolId, aws: { region } }: SweepStudioInputs,
): string {
  const disable = (name: string): string =>
    `aws cognito-idp admin-disable-user --user-pool-id ${userPoolId ?? "POOL"} --username ${name} --region ${region}`;
  const remove = (one: Finding): string =>
    `aws sagemaker delete-${one.app === undefined ? "space" : "app"} ${argumentsOf(one)} --region ${region}`;
  return [
    `${profiles.join(", ")} cannot be removed from users while there are apps or spaces of theirs in Studio; nothing was removed.`,
    "No new login, from now on:",
    ...profiles.map((name) => `    ${disable(name)}`),
    "Delete apps, then, some minutes later, spaces. Their disks are deleted with them:",
    ...found.map((one) => `    ${remove(one)}`),
    "Then run `pulumi up` again.",
  ].join("\n");
}
