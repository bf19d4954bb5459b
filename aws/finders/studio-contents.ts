import {
  DeleteAppCommand,
  DeleteSpaceCommand,
  DeleteUserProfileCommand,
  paginateListApps,
  paginateListSpaces,
  paginateListUserProfiles,
  type SageMakerClient,
  type SpaceDetails,
} from "@aws-sdk/client-sagemaker";
import { collect } from "../collect";
import type { Finding } from "../finding";

/** A Studio domain. */
export interface Domain {
  readonly domainId: string;
  /** Profiles that Pulumi manages, which are never findings. */
  readonly ownProfiles: readonly string[];
}

/**
 * Contents of a domain that AWS would delete now: apps; without apps, spaces; without spaces, profiles that
 * somebody created by hand. A deleted domain has none of them.
 */
export async function deletableContents(
  client: SageMakerClient,
  domain: Domain,
): Promise<Finding[]> {
  for (const list of LISTS) {
    const found = await list(client, domain);
    if (found.length > 0) {
      return found;
    }
  }
  return [];
}

/** All contents of a domain, also those that AWS would not delete yet. */
export async function allContents(client: SageMakerClient, domain: Domain): Promise<Finding[]> {
  return (await Promise.all(LISTS.map((list) => list(client, domain)))).flat();
}

const LISTS = [apps, spaces, manualProfiles];

/** States of apps that block nothing: AWS lists deleted apps for a day, failed ones for ever. */
const GONE = ["Deleted", "Failed"];

async function apps(client: SageMakerClient, { domainId }: Domain): Promise<Finding[]> {
  const all = await collect(
    paginateListApps({ client }, { DomainIdEquals: domainId }),
    (page) => page.Apps,
  );
  return all
    .filter(({ Status = "" }) => !GONE.includes(Status))
    .map(({ AppName, AppType, SpaceName, UserProfileName, Status, ...app }) => ({
      kind: "sagemaker:app",
      label: `${AppType ?? ""} app${SpaceName === undefined ? " without a space" : ""}`,
      id: `${SpaceName ?? UserProfileName ?? ""}/${AppName ?? ""}`,
      parent: domainId,
      since: app.CreationTime,
      app: {
        name: AppName ?? "",
        type: AppType ?? "",
        ownerKind: SpaceName === undefined ? "user-profile" : "space",
        owner: SpaceName ?? UserProfileName ?? "",
        instanceType: app.ResourceSpec?.InstanceType,
      },
      // AWS refuses to delete a pending app, and is deleting one in any other state.
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

/** Apps and spaces of some profiles, in the order of their deletion. AWS deletes a profile only without them. */
export async function contentsOf(
  client: SageMakerClient,
  { domainId, profiles }: { readonly domainId: string; readonly profiles: readonly string[] },
): Promise<Finding[]> {
  const theirs = (owner = ""): boolean => profiles.includes(owner);
  const owned = (await listSpaces(client, domainId))
    .filter((space) => theirs(space.OwnershipSettingsSummary?.OwnerUserProfileName))
    .map((space) => spaceFinding(client, domainId, space));
  const isOwned = (space: string): boolean => owned.some(({ id }) => id === space);
  const inUse = (await apps(client, { domainId, ownProfiles: [] })).filter(
    ({ app: { ownerKind, owner = "" } = {} }) =>
      ownerKind === "user-profile" ? theirs(owner) : isOwned(owner),
  );
  return [...inUse, ...owned];
}

/** Arguments of the AWS CLI that name an app or a space. */
export function argumentsOf({ parent: domain = "", id, app }: Finding): string {
  return app === undefined
    ? `--domain-id ${domain} --space-name ${id}`
    : `--domain-id ${domain} --${app.ownerKind}-name ${app.owner} --app-type ${app.type} --app-name ${app.name}`;
}

function listSpaces(client: SageMakerClient, DomainIdEquals: string): Promise<SpaceDetails[]> {
  return collect(paginateListSpaces({ client }, { DomainIdEquals }), (page) => page.Spaces);
}

async function spaces(client: SageMakerClient, { domainId }: Domain): Promise<Finding[]> {
  return (await listSpaces(client, domainId)).map((space) => spaceFinding(client, domainId, space));
}

function spaceFinding(
  client: SageMakerClient,
  DomainId: string,
  { SpaceName = "", Status, CreationTime }: SpaceDetails,
): Finding {
  return {
    kind: "sagemaker:space",
    label: "space",
    id: SpaceName,
    parent: DomainId,
    since: CreationTime,
    ...(Status !== "Deleting" && {
      remove: () => client.send(new DeleteSpaceCommand({ DomainId, SpaceName })),
    }),
  };
}

async function manualProfiles(client: SageMakerClient, domain: Domain): Promise<Finding[]> {
  const { domainId, ownProfiles } = domain;
  const all = await collect(
    paginateListUserProfiles({ client }, { DomainIdEquals: domainId }),
    (page) => page.UserProfiles,
  );
  return all
    .filter(({ UserProfileName = "" }) => !ownProfiles.includes(UserProfileName))
    .map(({ UserProfileName = "", Status, CreationTime }) => ({
      kind: "sagemaker:user-profile",
      label: "Studio profile",
      id: UserProfileName,
      parent: domainId,
      since: CreationTime,
      ...(Status !== "Deleting" && {
        remove: () =>
          client.send(new DeleteUserProfileCommand({ DomainId: domainId, UserProfileName })),
      }),
    }));
}
