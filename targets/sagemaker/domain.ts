import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Network } from "../../components/network";
import type { LifecycleFlags } from "../../settings/lifecycle";
import { studioDomainName } from "../../settings/names";

/** Inputs of `StudioDomain`. */
export interface StudioDomainArgs {
  /** Name of the Pulumi stack. */
  readonly stack: string;
  /** Random id of the stack. */
  readonly stackId: pulumi.Output<string>;
  readonly network: Network;
  /** Security group of all apps. */
  readonly securityGroupId: pulumi.Input<string>;
  readonly retention: Pick<LifecycleFlags, "protect">;
  /** Cleans up after the domain is deleted. */
  readonly janitor: pulumi.Resource;
}

/** Apps that the page of Studio hides: predecessors of today's apps, and those billed by the session. */
const HIDDEN_APPS = [
  "JupyterServer",
  "KernelGateway",
  "RStudioServerPro",
  "RSessionGateway",
  "Canvas",
];

/**
 * Inputs that stay as they were at creation. The provider cannot update a domain: it sends `AppNetworkAccessType`
 * without `VpcId` and `SubnetIds`, which AWS refuses; other subnets would replace the domain and every profile.
 * https://github.com/hashicorp/terraform-provider-aws/issues/45528
 */
const FIXED = ["subnetIds", "defaultUserSettings", "defaultSpaceSettings", "retentionPolicy"];

/**
 * The Studio domain: JupyterLab and Code Editor in the private subnets. It is free; apps, disks and the home
 * file system are billed by usage.
 *
 * No setting changes anything on it but its tags, which are updated by a call of their own; `Profiles` has what
 * settings change.
 *
 * VPC-only: otherwise all traffic except that to the home file system would use AWS's own network, from
 * which the database cannot be reached.
 */
export class StudioDomain extends pulumi.ComponentResource {
  readonly domainId: pulumi.Output<string>;
  readonly domain: aws.sagemaker.Domain;

  constructor(name: string, args: StudioDomainArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlp:sagemaker:StudioDomain", name, {}, opts);
    const { network, securityGroupId, janitor } = args;
    const role = this.fallbackRole(name);
    this.domain = new aws.sagemaker.Domain(
      `${name}-domain`,
      {
        domainName: args.stackId.apply((id) => studioDomainName(args.stack, id)),
        authMode: "IAM",
        vpcId: network.vpcId,
        subnetIds: [...network.privateSubnetIds],
        appNetworkAccessType: "VpcOnly",
        // Apps and disks get the tags of the domain; otherwise a cost report by tag would miss them.
        tagPropagation: "ENABLED",
        domainSettings: { dockerSettings: { enableDockerAccess: "DISABLED" } },
        defaultUserSettings: {
          executionRole: role.arn,
          securityGroups: [securityGroupId],
          studioWebPortal: "ENABLED",
          defaultLandingUri: "studio::",
          canvasAppSettings: { modelRegisterSettings: { status: "DISABLED" } },
          studioWebPortalSettings: { hiddenAppTypes: HIDDEN_APPS },
        },
        defaultSpaceSettings: { executionRole: role.arn, securityGroups: [securityGroupId] },
        // In every lifecycle, since it cannot change with it. The janitor deletes the file system of a stack that
        // is not kept.
        retentionPolicy: { homeEfsFileSystem: "Retain" },
      },
      {
        parent: this,
        protect: args.retention.protect,
        // The routes must exist while apps run; the janitor runs after the domain is deleted.
        dependsOn: [network, janitor],
        ignoreChanges: FIXED,
      },
    );
    this.domainId = this.domain.id;
    this.registerOutputs({ domainId: this.domainId });
  }

  /** Role without policies: a domain requires a role, and each user has one of their own. */
  private fallbackRole(name: string): aws.iam.Role {
    return new aws.iam.Role(
      `${name}-fallback-role`,
      {
        description: "Studio without a person: no rights",
        assumeRolePolicy: pulumi.jsonStringify(
          aws.iam.assumeRolePolicyForPrincipal({ Service: "sagemaker.amazonaws.com" }),
        ),
      },
      { parent: this },
    );
  }
}
