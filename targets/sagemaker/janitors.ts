import * as pulumi from "@pulumi/pulumi";
import type { AwsAccess } from "../../settings/schema/aws-access";
import type { SweepDomainInputs } from "../../actions/sweep-domain";
import type { SweepStudioInputs } from "../../actions/sweep-studio";
import { ActionResource } from "../../components/action-resource";

/** Inputs of `studioJanitor`. */
export interface StudioJanitorArgs {
  readonly domainId: pulumi.Input<string>;
  readonly domainArn: pulumi.Input<string>;
  /** Profiles that Pulumi manages. */
  readonly ownProfiles: readonly string[];
  /** User pool with the logins of the people. */
  readonly userPoolId: pulumi.Input<string>;
  /** Beginning of the names of the workload's training and tuning jobs, which are always stopped. */
  readonly workloadPrefix: pulumi.Input<string>;
  /** Stop jobs and endpoints that users started; otherwise list them. */
  readonly sweepUserJobs: boolean;
  readonly access: pulumi.Input<AwsAccess>;
}

/**
 * Empties the domain at a destroy: apps, spaces, and profiles that Pulumi does not manage. It must depend on
 * the domain and its profiles, so that it runs before they are deleted. Before an `up` that removes people it looks
 * for their spaces.
 */
export function studioJanitor(
  name: string,
  { access, ownProfiles, ...args }: StudioJanitorArgs,
  opts: pulumi.CustomResourceOptions,
): ActionResource<SweepStudioInputs> {
  return new ActionResource<SweepStudioInputs>(
    "SweepStudio",
    name,
    { ...args, ownProfiles: [...ownProfiles], aws: access },
    opts,
  );
}

/** Inputs of `domainJanitor`. */
export interface DomainJanitorArgs {
  readonly vpcId: pulumi.Input<string>;
  /** Security groups of the stack, which the janitor does not delete. */
  readonly ownGroups: readonly pulumi.Input<string>[];
  /** Also delete the home file system. */
  readonly sweepData: boolean;
  /** Tags of the stack, for a home file system that is retained. */
  readonly tags: Readonly<Record<string, pulumi.Input<string>>>;
  readonly access: pulumi.Input<AwsAccess>;
}

/**
 * Deletes at a destroy what the domain leaves in the network, and the home file system unless the stack is
 * kept. It must depend on network and groups, and the domain must depend on it. Then it runs after the
 * domain is deleted and before network and groups are.
 */
export function domainJanitor(
  name: string,
  { access, ownGroups, tags, ...args }: DomainJanitorArgs,
  opts: pulumi.CustomResourceOptions,
): ActionResource<SweepDomainInputs> {
  return new ActionResource<SweepDomainInputs>(
    "SweepDomain",
    name,
    {
      ...args,
      ownGroups: pulumi.all([...ownGroups]),
      tags: pulumi.all(tags),
      aws: access,
    },
    opts,
  );
}
