import {
  DeleteAppCommand,
  DeleteSpaceCommand,
  DeleteUserProfileCommand,
  paginateListApps,
  paginateListSpaces,
  paginateListUserProfiles,
  type SageMakerClient,
} from "@aws-sdk/client-sagemaker";
import { type Found } from "../finding";
import { collect } from "../collect";

/** A Studio domain, and the profiles in it that are not ours to delete here. */
export interface Domain {
  readonly domainId: string;
  readonly ownProfiles: readonly string[];
}

/**
 * What has to go next: apps, which their spaces wait for; then spaces, which their profiles wait for;
 * then profiles that somebody made by hand. A domain that is gone has none of them.
 */
export async function contentOf(client: SageMakerClient, domain: Domain): Promise<Found[]> {
  for (const kind of KINDS) {
    const found = await kind(client, domain);
    if (found.length > 0) {
      return found;
    }
  }
  return [];
}

/** All of it at once, also what has to wait for something else. */
export async function allContentOf(client: SageMakerClient, domain: Domain): Promise<Found[]> {
  return (await Promise.all(KINDS.map((kind) => kind(client, domain)))).flat();
}

const KINDS = [apps, spaces, lateProfiles];

/** How the name of an app ends that belongs to a profile. */
export const WITHOUT_SPACE = " without a space";

/** Deleted apps stay in the list for a day, failed ones for ever; neither holds anything back. */
const GONE = ["Deleted", "Failed"];

async function apps(client: SageMakerClient, { domainId }: Domain): Promise<Found[]> {
  const all = await collect(
    paginateListApps({ client }, { DomainIdEquals: domainId }),
    (page) => page.Apps,
  );
  return all
    .filter(({ Status = "" }) => !GONE.includes(Status))
    .map(({ AppName, AppType, SpaceName, UserProfileName, Status, ...app }) => ({
      what: `${AppType ?? ""} app${SpaceName === undefined ? WITHOUT_SPACE : ""}`,
      id: `${SpaceName ?? UserProfileName ?? ""}/${AppName ?? ""}`,
      since: app.CreationTime,
      instanceType: app.ResourceSpec?.InstanceType,
      // A pending one cannot be deleted, one that is going need not be.
      ...(Status === "InService" && {
        remove: () =>
          client.send(
            new DeleteAppCommand({
              DomainId: domainId,
              AppName,
              AppType,
              ...(SpaceName === undefined ? { UserProfileName } : { SpaceName }),
            }),
          ),
      }),
    }));
}

async function spaces(client: SageMakerClient, { domainId }: Domain): Promise<Found[]> {
  const all = await collect(
    paginateListSpaces({ client }, { DomainIdEquals: domainId }),
    (page) => page.Spaces,
  );
  return all.map(({ SpaceName = "", Status, CreationTime }) => ({
    what: "space",
    id: SpaceName,
    since: CreationTime,
    ...(Status !== "Deleting" && {
      remove: () => client.send(new DeleteSpaceCommand({ DomainId: domainId, SpaceName })),
    }),
  }));
}

async function lateProfiles(client: SageMakerClient, domain: Domain): Promise<Found[]> {
  const { domainId, ownProfiles } = domain;
  const all = await collect(
    paginateListUserProfiles({ client }, { DomainIdEquals: domainId }),
    (page) => page.UserProfiles,
  );
  return all
    .filter(({ UserProfileName = "" }) => !ownProfiles.includes(UserProfileName))
    .map(({ UserProfileName = "", Status, CreationTime }) => ({
      what: "profile",
      id: UserProfileName,
      since: CreationTime,
      ...(Status !== "Deleting" && {
        remove: () =>
          client.send(new DeleteUserProfileCommand({ DomainId: domainId, UserProfileName })),
      }),
    }));
}
