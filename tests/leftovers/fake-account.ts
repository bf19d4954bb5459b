import type { Clients } from "../../leftovers/clients";
import { clientsFor } from "../../leftovers/clients";

/** Content of a list of AWS, and the input for its next page. */
interface List {
  /** Field of the answer. */
  readonly field: string;
  readonly items: (account: FakeAccount, input: Input) => readonly unknown[];
  /** Names of the token in the input and in the answer. @default `NextToken` in both */
  readonly token?: readonly [input: string, answer: string];
}

type Input = Readonly<Record<string, unknown>>;

/** Resource with tags. */
interface Resource {
  readonly arn: string;
  readonly tags: Readonly<Record<string, string>>;
  /** True if it is in us-east-1 and its ARN does not say so. */
  readonly inVirginia?: boolean;
}

/** Resource in one of the lists below, in the form of AWS's API. */
type Item = Readonly<Record<string, unknown>>;

/**
 * Account as far as the audit reads it. Every list has pages of two. Any other operation fails, since the audit
 * may only read.
 */
export class FakeAccount {
  /** Names of the called operations, with the name of the client. */
  readonly calls: string[] = [];
  resources: Resource[] = [];
  roles: { name: string; tags: Readonly<Record<string, string>> }[] = [];
  instances: Item[] = [];
  volumes: Item[] = [];
  snapshots: Item[] = [];
  natGateways: Item[] = [];
  interfaces: Item[] = [];
  groups: Item[] = [];
  rules: Item[] = [];
  classic: { name: string; vpc: string; tags: Readonly<Record<string, string>> }[] = [];
  databases: Item[] = [];
  databaseSnapshots: Item[] = [];
  fileSystems: Item[] = [];
  mountTargets: Item[] = [];
  logGroups: string[] = [];
  accessControls: Item[] = [];
  vpcOrigins: Item[] = [];
  apps: Item[] = [];
  spaces: Item[] = [];
  domains: Item[] = [];
  profiles: Item[] = [];
  automatedBackups: Item[] = [];
  /** Answers about one resource, by its id or name. The answer about any other is nearly empty. */
  answers: Readonly<Record<string, Item>> = {};
  /** Resources that a list of tags still names although their service has deleted them. */
  gone: readonly string[] = [];
  /** Operations that AWS refuses. */
  refused: readonly string[] = [];

  /** Clients of the real SDK that call this account and send nothing. */
  clients(region: string): Clients {
    const keys = { accessKey: "AKIA", secretKey: "secret" };
    const clients = clientsFor({ region, ...keys });
    for (const [name, client] of Object.entries(clients)) {
      const send = (command: { readonly input: Input }): Promise<unknown> =>
        Promise.resolve().then(() => this.answer(name, command.constructor.name, command.input));
      Object.assign(client as object, { send });
    }
    return clients;
  }

  private answer(client: string, command: string, input: Input): unknown {
    const operation = command.replace(/Command$/, "");
    this.calls.push(`${client} ${operation}`);
    if (this.refused.includes(operation)) {
      const error = new Error(`not authorized to perform ${operation}`);
      error.name = "AccessDeniedException";
      throw error;
    }
    const list = LISTS[`${client} ${operation}`] ?? LISTS[operation];
    const ofOne = ONE_OF_A_LIST.some((field) => input[field] !== undefined);
    if (list !== undefined && !ofOne) {
      return page(list, list.items(this, input), input);
    }
    switch (operation) {
      case "ListRoleTags":
        return { Tags: pairs(this.roleTags(String(input["RoleName"]))) };
      case "DescribeMountTargets":
        return {
          MountTargets: this.mountTargets.filter(
            (one) => one["FileSystemId"] === input["FileSystemId"],
          ),
        };
      case "ListOriginAccessControls": {
        const list: List = {
          field: "Items",
          items: () => this.accessControls,
          token: ["Marker", "NextMarker"],
        };
        return { OriginAccessControlList: page(list, this.accessControls, input) };
      }
      case "ListVpcOrigins": {
        const list: List = {
          field: "Items",
          items: () => this.vpcOrigins,
          token: ["Marker", "NextMarker"],
        };
        return { VpcOriginList: page(list, this.vpcOrigins, input) };
      }
      case "DescribeTags":
        return {
          TagDescriptions: this.classic.map(({ name, tags }) => ({
            LoadBalancerName: name,
            Tags: pairs(tags),
          })),
        };
      default:
        return this.one(operation, input);
    }
  }

  private roleTags(name: string): Readonly<Record<string, string>> | undefined {
    if (this.gone.includes(name)) {
      throw named("NoSuchEntityException", name);
    }
    return this.roles.find((one) => one.name === name)?.tags;
  }

  /** A service's answer about one resource, which one of the inputs names. */
  private one(operation: string, input: Input): unknown {
    if (!/^(Get|Describe|Head)/.test(operation)) {
      throw new Error(`the audit has no business with ${operation}`);
    }
    const asked = Object.values(input).flat().map(String);
    if (asked.some((name) => this.gone.includes(name))) {
      throw named("ResourceNotFoundException", asked.join(" "));
    }
    return asked.map((name) => this.answers[name]).find((answer) => answer !== undefined) ?? {};
  }
}

/** Inputs that limit a list to one resource. */
const ONE_OF_A_LIST = ["LoadBalancerArns", "LoadBalancerNames", "TargetGroupArns"];

function named(name: string, message: string): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}

const LOG_GROUPS: List = {
  field: "logGroups",
  items: ({ logGroups }, input) =>
    logGroups
      .filter((name) => name.startsWith(String(input["logGroupNamePrefix"])))
      .map((logGroupName) => ({
        logGroupName,
        creationTime: Date.UTC(2026, 10, 20, 8, 30),
        storedBytes: 2 ** 30,
      })),
  token: ["nextToken", "nextToken"],
};

const LISTS: Readonly<Record<string, List>> = {
  "tags GetResources": {
    field: "ResourceTagMappingList",
    items: ({ resources }, input) => byTags(resources, input, (one) => !isGlobal(one)),
    token: ["PaginationToken", "PaginationToken"],
  },
  "globalTags GetResources": {
    field: "ResourceTagMappingList",
    items: ({ resources }, input) => byTags(resources, input, isGlobal),
    token: ["PaginationToken", "PaginationToken"],
  },
  ListRoles: {
    field: "Roles",
    items: ({ roles }) =>
      roles.map(({ name }) => ({ RoleName: name, Arn: `arn:aws:iam::123456789012:role/${name}` })),
    token: ["Marker", "Marker"],
  },
  DescribeInstances: {
    field: "Reservations",
    items: ({ instances }, input) =>
      filtered(instances, input).map((one) => ({ Instances: [one] })),
  },
  DescribeVolumes: { field: "Volumes", items: ({ volumes }, input) => filtered(volumes, input) },
  DescribeSnapshots: {
    field: "Snapshots",
    items: ({ snapshots }, input) => filtered(snapshots, input),
  },
  DescribeNatGateways: {
    field: "NatGateways",
    items: ({ natGateways }, input) => filtered(natGateways, input),
  },
  DescribeNetworkInterfaces: {
    field: "NetworkInterfaces",
    items: ({ interfaces }, input) => filtered(interfaces, input),
  },
  DescribeSecurityGroups: {
    field: "SecurityGroups",
    items: ({ groups }, input) => filtered(groups, input),
  },
  DescribeSecurityGroupRules: {
    field: "SecurityGroupRules",
    items: ({ rules }, input) => filtered(rules, input),
  },
  "classic DescribeLoadBalancers": {
    field: "LoadBalancerDescriptions",
    items: ({ classic }) =>
      classic.map(({ name, vpc }) => ({ LoadBalancerName: name, VPCId: vpc })),
    token: ["Marker", "NextMarker"],
  },
  "balancers DescribeLoadBalancers": { field: "LoadBalancers", items: () => [] },
  DescribeTargetGroups: { field: "TargetGroups", items: () => [] },
  DescribeDBInstances: {
    field: "DBInstances",
    items: ({ databases }) => databases,
    token: ["Marker", "Marker"],
  },
  DescribeDBSnapshots: {
    field: "DBSnapshots",
    items: ({ databaseSnapshots }) => databaseSnapshots,
    token: ["Marker", "Marker"],
  },
  DescribeFileSystems: {
    field: "FileSystems",
    items: ({ fileSystems }) => fileSystems,
    token: ["Marker", "NextMarker"],
  },
  DescribeLogGroups: LOG_GROUPS,
  DescribeDBInstanceAutomatedBackups: {
    field: "DBInstanceAutomatedBackups",
    items: ({ automatedBackups }) => automatedBackups,
    token: ["Marker", "Marker"],
  },
  "ec2 DescribeTags": {
    field: "Tags",
    items: ({ gone }, input) =>
      valuesOf(input)
        .filter((id) => !gone.includes(id))
        .map((ResourceId) => ({ ResourceId })),
  },
  ListDomains: { field: "Domains", items: ({ domains }) => domains },
  ListApps: { field: "Apps", items: ({ apps }, input) => inDomain(apps, input) },
  ListSpaces: { field: "Spaces", items: ({ spaces }, input) => inDomain(spaces, input) },
  ListUserProfiles: {
    field: "UserProfiles",
    items: ({ profiles }, input) => inDomain(profiles, input),
  },
};

function page(
  { field, token = ["NextToken", "NextToken"] }: List,
  items: readonly unknown[],
  input: Input,
): object {
  const [asked, given] = token;
  const begin = Number(input[asked] ?? 0);
  const next = begin + 2 < items.length ? { [given]: String(begin + 2) } : {};
  return { [field]: items.slice(begin, begin + 2), ...next };
}

/** Names of filters, each with its field of an item. */
const FIELDS: Readonly<Record<string, string>> = {
  "vpc-id": "VpcId",
  "instance-id": "InstanceId",
  "volume-id": "VolumeId",
  "snapshot-id": "SnapshotId",
  "nat-gateway-id": "NatGatewayId",
  "network-interface-id": "NetworkInterfaceId",
  "group-id": "GroupId",
  "security-group-rule-id": "SecurityGroupRuleId",
  status: "Status",
};

function filtered(items: readonly Item[], input: Input): readonly Item[] {
  const filters = (input["Filters"] ?? input["Filter"] ?? []) as {
    readonly Name: string;
    readonly Values: readonly string[];
  }[];
  if (filters.some(({ Values }) => Values.length > 200)) {
    throw new Error("a filter takes 200 values");
  }
  return items.filter((item) =>
    filters.every(({ Name, Values }) => Values.includes(String(item[FIELDS[Name] ?? Name]))),
  );
}

/** Values of the one filter. */
function valuesOf(input: Input): readonly string[] {
  const [filter] = (input["Filters"] ?? []) as { readonly Values: readonly string[] }[];
  return filter?.Values ?? [];
}

function inDomain(items: readonly Item[], input: Input): readonly Item[] {
  return items.filter((one) => one["DomainId"] === input["DomainIdEquals"]);
}

function isGlobal({ arn, inVirginia = false }: Resource): boolean {
  return inVirginia || (arn.split(":")[3] === "" && !arn.startsWith("arn:aws:s3:"));
}

function byTags(
  resources: FakeAccount["resources"],
  input: Input,
  here: (one: Resource) => boolean,
): readonly unknown[] {
  const filters = (input["TagFilters"] ?? []) as {
    readonly Key: string;
    readonly Values: readonly string[];
  }[];
  return resources
    .filter(
      (one) =>
        here(one) && filters.every(({ Key, Values }) => Values.includes(one.tags[Key] ?? "")),
    )
    .map(({ arn, tags }) => ({ ResourceARN: arn, Tags: pairs(tags) }));
}

function pairs(tags: Readonly<Record<string, string>> = {}): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
