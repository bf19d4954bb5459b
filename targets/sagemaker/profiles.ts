import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { People } from "../../components/people";
import type { SettingsOf } from "../../settings";
import type { SharedServices } from "../target";
import { studioPolicy } from "./studio-policy";

export interface ProfilesArgs {
  readonly settings: SettingsOf<"sagemaker">;
  readonly shared: SharedServices;
  readonly people: People;
  readonly domainId: pulumi.Input<string>;
}

/**
 * A Studio profile for each person, with their role and their name: names of people are valid names
 * of profiles, and unique, so the same person has the same profile in every stack.
 */
export class Profiles extends pulumi.ComponentResource {
  /** Name of each person's profile, by the person's name. */
  readonly names: Readonly<Record<string, string>>;

  constructor(name: string, args: ProfilesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlp:sagemaker:Profiles", name, {}, opts);
    const { settings, shared, people, domainId } = args;
    const { region, accountId } = shared;
    for (const { name: person } of settings.users) {
      const policy = new aws.iam.RolePolicy(
        `${name}-${person}-studio`,
        {
          role: people.roleNames[person] ?? "",
          policy: studioPolicy({
            ...{ region, accountId, domainId },
            profileName: person,
            instanceTypes: settings.studio.instanceTypes,
          }),
        },
        { parent: this },
      );
      new aws.sagemaker.UserProfile(
        `${name}-${person}`,
        {
          domainId,
          userProfileName: person,
          userSettings: { executionRole: people.roleArns[person] ?? "" },
          tags: { Person: person },
        },
        { parent: this, dependsOn: [policy] },
      );
    }
    this.names = Object.fromEntries(settings.users.map(({ name: person }) => [person, person]));
    this.registerOutputs({ names: this.names });
  }
}
