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
import { dropGroup } from "../security-groups";
import { type Found } from "../finding";
import { collect } from "../collect";

/** Where is looked, and what may go. */
export interface Scope {
  readonly vpcId: string;
  readonly ownGroups: readonly string[];
  readonly sweepData: boolean;
  readonly ec2: EC2Client;
  readonly efs: EFSClient;
  readonly sagemaker: SageMakerClient;
  /** Hears of what stays on purpose, each time that it is seen. */
  readonly keep: (fileSystemId: string, what: string) => Promise<void>;
}

/** A domain's name in the names and descriptions that SageMaker gives. */
const NFS_GROUP = /^security-group-for-(?:inbound|outbound)-nfs-(d-[a-z0-9]+)$/;
const INTERFACE = /ENI managed by SageMaker for Studio Domain(?:\s*\((d-[a-z0-9]+)\))?/i;
/** Tag that SageMaker puts on the file system; its value is the domain's ARN. */
const MANAGED = "ManagedByAmazonSageMakerResource";

/**
 * What is left of domains in this network, as far as it can go now. The groups are the last: their names tell
 * whose file system it was when its mount targets, which tell the network, are gone already.
 */
export async function leftByDomains(scope: Scope): Promise<Found[]> {
  return (await leavings(scope)).find((found) => found.length > 0) ?? [];
}

/** All of it at once, also what has to wait for something else. */
export async function allLeftByDomains(scope: Scope): Promise<Found[]> {
  return (await leavings(scope)).flat();
}

/** Mount targets and interfaces, then file systems, then groups. */
async function leavings(scope: Scope): Promise<Found[][]> {
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
      what: "security group",
      id,
      remove: () => dropGroup(scope.ec2, id, among),
    })),
  ];
}

/** Domains that somebody has made by hand in this network: nothing of theirs is anybody's leaving. */
export async function strangersIn(scope: Scope): Promise<string[]> {
  const living = await livingDomains(scope);
  const here = (await nfsGroups(scope)).map(({ domain }) => domain);
  return [...new Set(here.filter((domain) => living.has(domain)))];
}

/** Ids of domains. */
interface Domains {
  /** Those that there are, in whatever network. */
  readonly living: ReadonlySet<string>;
  /** Those that have left their groups in this network. */
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

/** A file system, and where it can be reached. */
interface Home {
  readonly system: FileSystemDescription;
  readonly targets: readonly MountTargetDescription[];
}

/** Home file systems of domains that are gone: by their mount targets in this network, or by their groups. */
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

/** None of a file system that has gone since it was listed. */
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
): Found {
  return {
    what: "mount target",
    id: MountTargetId,
    ...(LifeCycleState !== "deleting" && {
      remove: () => efs.send(new DeleteMountTargetCommand({ MountTargetId })),
    }),
  };
}

async function fileSystem(scope: Scope, system: FileSystemDescription): Promise<Found[]> {
  const { FileSystemId = "", SizeInBytes, LifeCycleState } = system;
  if (!scope.sweepData) {
    const gib = ((SizeInBytes?.Value ?? 0) / 2 ** 30).toFixed(1);
    await scope.keep(
      FileSystemId,
      `keeping home file system ${FileSystemId}, ${gib} GiB: new mount targets make it reachable again`,
    );
    return [];
  }
  return [
    {
      what: "home file system",
      id: FileSystemId,
      ...(LifeCycleState !== "deleting" && {
        remove: () => scope.efs.send(new DeleteFileSystemCommand({ FileSystemId })),
      }),
    },
  ];
}

/** Those in use go with their owner. */
async function interfaces({ ec2: client, vpcId }: Scope, { living }: Domains): Promise<Found[]> {
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
      what: "network interface",
      id: NetworkInterfaceId,
      remove: () => client.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId })),
    }));
}
