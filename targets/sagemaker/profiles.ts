import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { People } from "../../components/people";
import type { Person } from "../../settings/values/people";
import { studioPolicy } from "./studio-policy";

/** Inputs of `Profiles`. */
export interface ProfilesArgs {
  readonly users: readonly Person[];
  /** Instance types that users may start, `ml.…`. */
  readonly instanceTypes: readonly string[];
  readonly people: People;
  readonly domainId: pulumi.Input<string>;
  readonly region: string;
  /** AWS account, 12 digits. */
  readonly accountId: pulumi.Input<string>;
}

/**
 * A Studio profile for each user, with the user's role and name. Names of users are unique and valid as
 * names of profiles, so a user has the same profile in every stack.
 */
export class Profiles extends pulumi.ComponentResource {
  /** Name of each user's profile, by the name of the user. */
  readonly names: Readonly<Record<string, string>>;

  constructor(name: string, args: ProfilesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlp:sagemaker:Profiles", name, {}, opts);
    const { users, instanceTypes, people, domainId, region, accountId } = args;
    for (const { name: person } of users) {
      const policy = new aws.iam.RolePolicy(
        `${name}-${person}-studio`,
        {
          role: people.roleNames[person] ?? "",
          policy: studioPolicy({
            region,
            accountId,
            domainId,
            profileName: person,
            instanceTypes,
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
    this.names = Object.fromEntries(users.map(({ name: person }) => [person, person]));
    this.registerOutputs({ names: this.names });
  }
}
