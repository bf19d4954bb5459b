import {
  DeleteNetworkInterfaceCommand,
  paginateDescribeNetworkInterfaces,
  paginateDescribeSecurityGroups,
  type EC2Client,
} from "@aws-sdk/client-ec2";
import {
  DeleteFileSystemCommand,
  DeleteMountTargetCommand,
  DescribeMountTargetsCommand,
  FileSystemNotFound,
  paginateDescribeFileSystems,
  type EFSClient,
  type FileSystemDescription,
  type MountTargetDescription,
} from "@aws-sdk/client-efs";
import { paginateListDomains, type SageMakerClient } from "@aws-sdk/client-sagemaker";
import { collect } from "../collect";
import type { Finding } from "../finding";
import { deleteSecurityGroup } from "../security-groups";

/** The network that is searched, and what may be deleted in it. */
export interface Scope {
  readonly vpcId: string;
  /** Security groups of the stack itself; their rules may be revoked. */
  readonly ownGroups: readonly string[];
  /** True if home file systems are deleted, false if they are retained. */
  readonly sweepData: boolean;
  readonly ec2: EC2Client;
  readonly efs: EFSClient;
  readonly sagemaker: SageMakerClient;
  /** Called with each retained file system, and a sentence about it, each time that one is found. */
  readonly onRetained: (fileSystemId: string, message: string) => Promise<void>;
}

/** Names and descriptions that SageMaker gives, with the domain's id. */
const NFS_GROUP = /^security-group-for-(?:inbound|outbound)-nfs-(d-[a-z0-9]+)$/;
const INTERFACE = /ENI managed by SageMaker for Studio Domain(?:\s*\((d-[a-z0-9]+)\))?/i;
/** Tag of SageMaker on the home file system; its value is the domain's ARN. */
const MANAGED = "ManagedByAmazonSageMakerResource";

/**
 * Findings that deleted domains left in this network, as far as AWS would delete them now. Groups come last:
 * when mount targets, which identify the network, are deleted, the groups' names still identify the domain of a
 * file system.
 */
export async function deletableLeftovers(scope: Scope): Promise<Finding[]> {
  return (await leftoverGroups(scope)).find((group) => group.length > 0) ?? [];
}

/** All findings that deleted domains left in this network, also those that AWS would not delete yet. */
export async function allLeftovers(scope: Scope): Promise<Finding[]> {
  return (await leftoverGroups(scope)).flat();
}

/** Findings in the order of their deletion: mount targets and interfaces, file systems, security groups. */
async function leftoverGroups(scope: Scope): Promise<Finding[][]> {
  const living = await livingDomains(scope);
  const groups = (await nfsGroups(scope)).filter(({ domain }) => !living.has(domain));
  const domains: Domains = { living, gone: new Set(groups.map(({ domain }) => domain)) };
  const homes = await homeFileSystems(scope, domains);
  const among = [...scope.ownGroups, ...groups.map(({ id }) => id)];
  return [
    [
      ...homes.flatMap(({ targets }) => targets.map((target) => mountTarget(scope, target))),
      ...(await interfaces(scope, domains)),
    ],
    (await Promise.all(homes.map(({ system }) => fileSystem(scope, system)))).flat(),
    groups.map(({ id }) => ({
      kind: "ec2:security-group",
      label: "security group",
      id,
      remove: () => deleteSecurityGroup(scope.ec2, id, among),
    })),
  ];
}

/** Ids of live domains in this network that are not the stack's; nothing of theirs is ever a finding. */
export async function otherDomainsIn(scope: Scope): Promise<string[]> {
  const living = await livingDomains(scope);
  const here = (await nfsGroups(scope)).map(({ domain }) => domain);
  return [...new Set(here.filter((domain) => living.has(domain)))];
}

/** Ids of domains. */
interface Domains {
  /** Domains that exist, in any network. */
  readonly living: ReadonlySet<string>;
  /** Deleted domains that left their groups in this network. */
  readonly gone: ReadonlySet<string>;
}

async function livingDomains({ sagemaker: client }: Scope): Promise<Set<string>> {
  const all = await collect(paginateListDomains({ client }, {}), (page) => page.Domains);
  return new Set(all.map(({ DomainId = "" }) => DomainId));
}

async function nfsGroups({ ec2: client, vpcId }: Scope): Promise<{ id: string; domain: string }[]> {
  const Filters = [{ Name: "vpc-id", Values: [vpcId] }];
  const all = await collect(
    paginateDescribeSecurityGroups({ client }, { Filters }),
    (page) => page.SecurityGroups,
  );
  return all.flatMap(({ GroupId = "", GroupName = "" }) => {
    const domain = NFS_GROUP.exec(GroupName)?.[1];
    return domain === undefined ? [] : [{ id: GroupId, domain }];
  });
}

/** A home file system with its mount targets. */
interface Home {
  readonly system: FileSystemDescription;
  readonly targets: readonly MountTargetDescription[];
}

/** Home file systems of deleted domains: by their mount targets in this network, or by their groups. */
async function homeFileSystems(scope: Scope, { living, gone }: Domains): Promise<Home[]> {
  const { efs: client, vpcId } = scope;
  const all = await collect(
    paginateDescribeFileSystems({ client }, {}),
    (page) => page.FileSystems,
  );
  const found: Home[] = [];
  for (const system of all) {
    const owner = system.Tags?.find(({ Key }) => Key === MANAGED)
      ?.Value?.split("/")
      .at(-1);
    if (owner === undefined || living.has(owner)) {
      continue;
    }
    const targets = await mountTargets(client, system);
    if (targets.some(({ VpcId }) => VpcId === vpcId) || (targets.length === 0 && gone.has(owner))) {
      found.push({ system, targets });
    }
  }
  return found;
}

/** Mount targets of a file system; none if it was deleted since it was listed. */
async function mountTargets(
  client: EFSClient,
  { FileSystemId }: FileSystemDescription,
): Promise<MountTargetDescription[]> {
  try {
    const answer = await client.send(new DescribeMountTargetsCommand({ FileSystemId }));
    return answer.MountTargets ?? [];
  } catch (error) {
    if (error instanceof FileSystemNotFound) {
      return [];
    }
    throw error;
  }
}

function mountTarget(
  { efs }: Scope,
  { MountTargetId = "", LifeCycleState }: MountTargetDescription,
): Finding {
  return {
    kind: "elasticfilesystem:mount-target",
    label: "mount target",
    id: MountTargetId,
    ...(LifeCycleState !== "deleting" && {
      remove: () => efs.send(new DeleteMountTargetCommand({ MountTargetId })),
    }),
  };
}

async function fileSystem(scope: Scope, system: FileSystemDescription): Promise<Finding[]> {
  const { FileSystemId = "", SizeInBytes, LifeCycleState } = system;
  if (!scope.sweepData) {
    const gib = ((SizeInBytes?.Value ?? 0) / 2 ** 30).toFixed(1);
    await scope.onRetained(
      FileSystemId,
      `retaining home file system ${FileSystemId}, ${gib} GiB: new mount targets make it reachable again`,
    );
    return [];
  }
  return [
    {
      kind: "elasticfilesystem:file-system",
      label: "home file system",
      id: FileSystemId,
      ...(LifeCycleState !== "deleting" && {
        remove: () => scope.efs.send(new DeleteFileSystemCommand({ FileSystemId })),
      }),
    },
  ];
}

/** Free interfaces of deleted domains; AWS deletes those in use with their owner. */
async function interfaces({ ec2: client, vpcId }: Scope, { living }: Domains): Promise<Finding[]> {
  const Filters = [
    { Name: "vpc-id", Values: [vpcId] },
    { Name: "status", Values: ["available"] },
  ];
  const all = await collect(
    paginateDescribeNetworkInterfaces({ client }, { Filters }),
    (page) => page.NetworkInterfaces,
  );
  return all
    .filter(({ Description = "" }) => {
      const [match, domain = ""] = INTERFACE.exec(Description) ?? [];
      return match !== undefined && !living.has(domain);
    })
    .map(({ NetworkInterfaceId = "" }) => ({
      kind: "ec2:network-interface",
      label: "network interface",
      id: NetworkInterfaceId,
      remove: () => client.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId })),
    }));
}
