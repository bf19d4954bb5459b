import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Network } from "../../components/network";
import type { LifecycleFlags } from "../../settings/lifecycle";
import { studioDomainName } from "../../settings/names";
import type { SagemakerSettings } from "../../settings/targets/sagemaker";
import type { NotebookSettings } from "../../settings/values/notebooks";

/** Inputs of `StudioDomain`. */
export interface StudioDomainArgs {
  readonly studio: StudioSettings;
  /** Name of the Pulumi stack. */
  readonly stack: string;
  /** Random id of the stack. */
  readonly stackId: pulumi.Output<string>;
  readonly network: Network;
  /** Security group of all apps. */
  readonly securityGroupId: pulumi.Input<string>;
  readonly retention: Pick<LifecycleFlags, "homeFileSystem" | "protect">;
  /** Cleans up after the domain is deleted. */
  readonly janitor: pulumi.Resource;
}

type StudioSettings = NotebookSettings &
  Pick<SagemakerSettings["studio"], "instanceType" | "maxSpaceGib">;

/** Apps that the page of Studio hides: predecessors of today's apps, and those billed by the session. */
const HIDDEN_APPS = [
  "JupyterServer",
  "KernelGateway",
  "RStudioServerPro",
  "RSessionGateway",
  "Canvas",
];

/**
 * The Studio domain: JupyterLab and Code Editor in the private subnets, stopped when idle, on disks of
 * limited size. It is free; apps, disks and the home file system are billed by usage.
 *
 * VPC-only: otherwise all traffic except that to the home file system would use AWS's own network, from
 * which the database cannot be reached.
 */
export class StudioDomain extends pulumi.ComponentResource {
  readonly domainId: pulumi.Output<string>;
  readonly domain: aws.sagemaker.Domain;

  constructor(name: string, args: StudioDomainArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlp:sagemaker:StudioDomain", name, {}, opts);
    const { studio, network, securityGroupId, janitor } = args;
    const { homeFileSystem, protect } = args.retention;
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
          ...this.apps(studio),
          canvasAppSettings: { modelRegisterSettings: { status: "DISABLED" } },
          studioWebPortalSettings: { hiddenAppTypes: HIDDEN_APPS },
        },
        defaultSpaceSettings: { executionRole: role.arn, securityGroups: [securityGroupId] },
        // A destroy reads it from the state, so the first `up` has to set it.
        retentionPolicy: { homeEfsFileSystem: homeFileSystem },
      },
      // The routes must exist while apps run; the janitor runs after the domain is deleted.
      { parent: this, protect, dependsOn: [network, janitor] },
    );
    this.domainId = this.domain.id;
    this.registerOutputs({ domainId: this.domainId });
  }

  /** Settings of both kinds of app: default instance type, idle stop, disks. */
  private apps({ instanceType, maxSpaceGib, homeGib, idleMinutes }: StudioSettings) {
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
