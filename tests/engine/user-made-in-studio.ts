import { setTimeout as delay } from "node:timers/promises";
import { CreateRoleCommand, DeleteRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import {
  CreateAppCommand,
  CreateDomainCommand,
  CreateSpaceCommand,
  CreateUserProfileCommand,
  DeleteDomainCommand,
  ListAppsCommand,
  ListDomainsCommand,
  type SageMakerClient,
} from "@aws-sdk/client-sagemaker";
import { HOST } from "../../actions/action";
import { sweepDomain } from "../../actions/sweep-domain";
import { sweepStudio } from "../../actions/sweep-studio";
import { Account, type Network } from "./user-made";
import { emulator } from "./engine-stack";

/** Creates a profile by hand. Creates a space with a running app for it and for each profile of the stack file. */
export async function useStudio(client: SageMakerClient, DomainId: string): Promise<void> {
  await client.send(new CreateUserProfileCommand({ DomainId, UserProfileName: "by-hand" }));
  for (const owner of ["ada", "grace", "by-hand"]) {
    const SpaceName = `${owner}-space`;
    await client.send(
      new CreateSpaceCommand({
        DomainId,
        SpaceName,
        OwnershipSettings: { OwnerUserProfileName: owner },
        SpaceSharingSettings: { SharingType: "Private" },
        SpaceSettings: { AppType: "JupyterLab" },
      }),
    );
    const app = { DomainId, SpaceName, AppType: "JupyterLab", AppName: "default" } as const;
    await client.send(new CreateAppCommand(app));
  }
}

async function isThere(client: SageMakerClient, domainId: string): Promise<boolean> {
  const { Domains = [] } = await client.send(new ListDomainsCommand({}));
  return Domains.some(({ DomainId }) => DomainId === domainId);
}

/** Number of apps that run in a domain. */
export async function running(client: SageMakerClient, DomainId: string): Promise<number> {
  const { Apps = [] } = await client.send(new ListAppsCommand({ DomainIdEquals: DomainId }));
  return Apps.filter(({ Status }) => Status === "InService").length;
}

const ROLE = "studio-of-somebody";

/** Somebody else's domain, with people of the same names, in a network of its own. */
export class StudioNeighbour {
  private readonly iam = new IAMClient({ endpoint: emulator().href });
  private network: Network | undefined;
  private arn = "";

  constructor(
    private readonly client: SageMakerClient,
    private readonly region: string,
  ) {}

  get domainId(): string {
    return this.arn.split("/").at(-1) ?? "";
  }

  /** Creates the domain, with profiles, spaces and apps. */
  async settle(): Promise<void> {
    this.network = await new Account(this.region).neighbour();
    const { vpcId: VpcId, subnetId } = this.network;
    const Statement = [
      {
        Effect: "Allow",
        Principal: { Service: "sagemaker.amazonaws.com" },
        Action: "sts:AssumeRole",
      },
    ];
    const { Role } = await this.iam.send(
      new CreateRoleCommand({
        RoleName: ROLE,
        AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement }),
      }),
    );
    const { DomainArn = "" } = await this.client.send(
      new CreateDomainCommand({
        DomainName: "sagemaker-studio-domain-2",
        AuthMode: "IAM",
        VpcId,
        SubnetIds: [subnetId],
        DefaultUserSettings: { ExecutionRole: Role?.Arn },
        Tags: [
          { Key: "Project", Value: "ml-platform" },
          { Key: "Stack", Value: "sagemaker" },
        ],
      }),
    );
    this.arn = DomainArn;
    for (const UserProfileName of ["ada", "grace"]) {
      const profile = { DomainId: this.domainId, UserProfileName };
      await this.client.send(new CreateUserProfileCommand(profile));
    }
    await useStudio(this.client, this.domainId);
  }

  /** Deletes the domain, as its owner's own destroy would. */
  async leave(): Promise<void> {
    const { domainId, network } = this;
    if (network === undefined) {
      return;
    }
    const aws = { region: this.region };
    const domain = { domainId, domainArn: this.arn, ownProfiles: [], sweepUserJobs: false, aws };
    await sweepStudio(domain, HOST);
    await this.client.send(
      new DeleteDomainCommand({
        DomainId: domainId,
        RetentionPolicy: { HomeEfsFileSystem: "Delete" },
      }),
    );
    while (await isThere(this.client, domainId)) {
      await delay(500);
    }
    const ownGroups = [network.nodeGroupId];
    await sweepDomain({ vpcId: network.vpcId, ownGroups, sweepData: true, tags: {}, aws }, HOST);
    await new Account(this.region).leave(network);
    await this.iam.send(new DeleteRoleCommand({ RoleName: ROLE }));
  }
}
