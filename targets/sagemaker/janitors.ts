import * as pulumi from "@pulumi/pulumi";
import type { AwsAccess } from "../../settings/schema/aws-access";
import type { SweepDomainInputs } from "../../actions/sweep-domain";
import type { SweepStudioInputs } from "../../actions/sweep-studio";
import { ActionResource } from "../../components/action-resource";
import { LIFECYCLE_FLAGS, type Lifecycle } from "../../settings/lifecycle";

export interface StudioJanitorArgs {
  readonly domainId: pulumi.Input<string>;
  readonly domainArn: pulumi.Input<string>;
  /** Profiles that Pulumi has itself. */
  readonly ownProfiles: readonly string[];
  readonly sweepUserJobs: boolean;
  readonly access: pulumi.Input<AwsAccess>;
}

/**
 * Empties the domain at a destroy: apps, spaces, profiles made by hand. It has to depend on domain and
 * profiles, so that it works before they go.
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

export interface DomainJanitorArgs {
  readonly vpcId: pulumi.Input<string>;
  /** Security groups of the stack, which stay when those of the domain go. */
  readonly ownGroups: readonly pulumi.Input<string>[];
  readonly lifecycle: Lifecycle;
  /** Tags of the stack, for a home file system that stays. */
  readonly tags: Readonly<Record<string, pulumi.Input<string>>>;
  readonly access: pulumi.Input<AwsAccess>;
}

/**
 * Deletes at a destroy what the domain leaves in the network, and the home file system unless the
 * stack is kept. It has to depend on network and groups, and the domain on it: then it works after the
 * one has gone and before the others go.
 */
export function domainJanitor(
  name: string,
  { lifecycle, access, ownGroups, tags, ...args }: DomainJanitorArgs,
  opts: pulumi.CustomResourceOptions,
): ActionResource<SweepDomainInputs> {
  const { sweepData } = LIFECYCLE_FLAGS[lifecycle];
  return new ActionResource<SweepDomainInputs>(
    "SweepDomain",
    name,
    {
      ...args,
      ...{ ownGroups: pulumi.all([...ownGroups]), sweepData, tags: pulumi.all(tags), aws: access },
    },
    opts,
  );
}
