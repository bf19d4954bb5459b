import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { LIFECYCLE_FLAGS } from "../../settings/lifecycle";
import { studioDomainName } from "../../settings/names";
import type { SettingsOf } from "../../settings";
import type { SharedServices } from "../target";

export interface StudioDomainArgs {
  readonly settings: SettingsOf<"sagemaker">;
  readonly shared: SharedServices;
  readonly securityGroupId: pulumi.Input<string>;
  /** Cleans up when the domain is gone. */
  readonly janitor: pulumi.Resource;
}

/** What the page does not offer: the predecessors of today's apps, and what is billed by the session. */
const HIDDEN_APPS = [
  "JupyterServer",
  "KernelGateway",
  "RStudioServerPro",
  "RSessionGateway",
  "Canvas",
];

/**
 * The Studio domain: JupyterLab and Code Editor in the private subnets, stopped when idle, on disks
 * of bounded size. It is free; apps, disks and the home file system are billed as they are used.
 *
 * VPC-only, since otherwise all traffic but that to the home file system would leave through AWS's own
 * network and never reach the database.
 */
export class StudioDomain extends pulumi.ComponentResource {
  readonly domainId: pulumi.Output<string>;
  readonly domain: aws.sagemaker.Domain;

  constructor(name: string, args: StudioDomainArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlp:sagemaker:StudioDomain", name, {}, opts);
    const { settings, shared, securityGroupId, janitor } = args;
    const { homeFileSystem, protect } = LIFECYCLE_FLAGS[settings.lifecycle];
    const role = this.fallbackRole(name);
    this.domain = new aws.sagemaker.Domain(
      `${name}-domain`,
      {
        domainName: shared.stackId.apply((id) => studioDomainName(shared.stack, id)),
        authMode: "IAM",
        vpcId: shared.network.vpcId,
        subnetIds: [...shared.network.privateSubnetIds],
        appNetworkAccessType: "VpcOnly",
        // Apps and disks get the domain's tags, or a comparison by tag would miss them.
        tagPropagation: "ENABLED",
        domainSettings: { dockerSettings: { enableDockerAccess: "DISABLED" } },
        defaultUserSettings: {
          executionRole: role.arn,
          securityGroups: [securityGroupId],
          studioWebPortal: "ENABLED",
          defaultLandingUri: "studio::",
          ...this.apps(settings.studio),
          canvasAppSettings: { modelRegisterSettings: { status: "DISABLED" } },
          studioWebPortalSettings: { hiddenAppTypes: HIDDEN_APPS },
        },
        defaultSpaceSettings: { executionRole: role.arn, securityGroups: [securityGroupId] },
        // Read from the state at a destroy, so it has to be there from the first `up` on.
        retentionPolicy: { homeEfsFileSystem: homeFileSystem },
      },
      // The routes have to be there while apps run, and what is left of them when they are gone.
      { parent: this, protect, dependsOn: [shared.network, janitor] },
    );
    this.domainId = this.domain.id;
    this.registerOutputs({ domainId: this.domainId });
  }

  /** The same for both kinds of app: the type they start on, the idle stop, the disks. */
  private apps({ instanceType, idleMinutes, spaceGib, maxSpaceGib }: StudioSettings) {
    const app = {
      defaultResourceSpec: { instanceType },
      appLifecycleManagement: {
        idleSettings: {
          // Without this word the minutes are accepted and nothing ever stops.
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
          defaultEbsVolumeSizeInGb: spaceGib,
          maximumEbsVolumeSizeInGb: maxSpaceGib,
        },
      },
    };
  }

  /** A domain must have a role; each person has their own, so this one may do nothing. */
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

type StudioSettings = SettingsOf<"sagemaker">["studio"];
