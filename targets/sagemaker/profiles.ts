import { PERSON_TAG } from "../../settings/names";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { SagemakerSettings } from "../../settings/targets/sagemaker";
import type { NotebookSettings } from "../../settings/values/notebooks";
import type { Person } from "../../settings/values/people";
import { studioPolicy } from "./studio-policy";

/** Inputs of `Profiles`. */
export interface ProfilesArgs {
  readonly studio: StudioSettings;
  /** Security group of each user's apps, by the name of the user. */
  readonly groupIds: Readonly<Record<string, pulumi.Input<string>>>;
  readonly domainId: pulumi.Input<string>;
  readonly region: string;
  /** AWS account, 12 digits. */
  readonly accountId: pulumi.Input<string>;
}

type StudioSettings = NotebookSettings &
  Pick<SagemakerSettings["studio"], "instanceType" | "instanceTypes" | "maxSpaceGib">;

/**
 * A Studio profile for each user, with the user's role, name and security group. Names of users are unique and
 * valid as names of profiles, so a user has the same profile in every stack.
 *
 * Everything that settings change in Studio is on the profiles, since a domain cannot be updated.
 */
export class Profiles extends pulumi.ComponentResource {
  private readonly args: ProfilesArgs;
  private readonly added: aws.sagemaker.UserProfile[] = [];

  constructor(
    private readonly name: string,
    args: ProfilesArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("mlp:sagemaker:Profiles", name, {}, opts);
    this.args = args;
    this.registerOutputs();
  }

  /** The profiles that were added so far. */
  get all(): readonly aws.sagemaker.UserProfile[] {
    return this.added;
  }

  /** Adds the profile of a user, and the policy of the user's role in Studio. */
  add({ name: person }: Person, role: aws.iam.Role): aws.sagemaker.UserProfile {
    const { studio, groupIds, domainId, region, accountId } = this.args;
    const profile = new aws.sagemaker.UserProfile(
      `${this.name}-${person}`,
      {
        domainId,
        userProfileName: person,
        userSettings: {
          executionRole: role.arn,
          // AWS adds it to that of the domain.
          securityGroups: [groupIds[person] ?? ""],
          ...appSettings(studio),
        },
        tags: { [PERSON_TAG]: person },
      },
      { parent: this },
    );
    new aws.iam.RolePolicy(
      `${this.name}-${person}-studio`,
      {
        role: role.name,
        policy: studioPolicy({
          region,
          accountId,
          domainId,
          profileName: person,
          instanceTypes: studio.instanceTypes,
        }),
      },
      // AWS refuses to delete a profile that is in use; until it is deleted, its role has no rights.
      { parent: this, dependsOn: [profile] },
    );
    this.added.push(profile);
    return profile;
  }
}

/** Settings of both kinds of app: default instance type, idle stop, disks. */
function appSettings({ instanceType, maxSpaceGib, homeGib, idleMinutes }: StudioSettings) {
  const app = {
    defaultResourceSpec: { instanceType },
    appLifecycleManagement: {
      idleSettings: {
        // Without this value SageMaker accepts the minutes and never stops an app.
        lifecycleManagement: "ENABLED",
        idleTimeoutInMinutes: idleMinutes,
        minIdleTimeoutInMinutes: 60,
        maxIdleTimeoutInMinutes: idleMinutes,
      },
    },
  };
  return {
    jupyterLabAppSettings: app,
    codeEditorAppSettings: app,
    spaceStorageSettings: {
      defaultEbsStorageSettings: {
        defaultEbsVolumeSizeInGb: homeGib,
        maximumEbsVolumeSizeInGb: maxSpaceGib,
      },
    },
  };
}
