import {
  DescribeFunctionCommand,
  ListVpcOriginsCommand,
  paginateListOriginAccessControls,
  type CloudFrontClient,
  type VpcOriginSummary,
} from "@aws-sdk/client-cloudfront";
import { paginateDescribeLogGroups } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeUserPoolDomainCommand } from "@aws-sdk/client-cognito-identity-provider";
import { collect } from "../../aws/collect";
import {
  accessControlDescription,
  allowedCidrsFunctionName,
  clusterNameOf,
  EKS_LOG_GROUPS,
  loginPrefix,
  STACK_ID,
  vpcOriginPrefix,
} from "../../settings/names";
import type { Clients } from "../clients";
import { KINDS } from "../kinds";
import type { Lookup } from "../lookup";
import type { StackFinding } from "../stack-finding";

/** Look-ups of what can have no tags, or AWS creates again without them, and what a name or description identifies. */
export function lookupsByName(
  clients: Clients,
  stack: string,
  stackId: string,
): Lookup<readonly StackFinding[]>[] {
  return [
    logGroupLookup(clients, stack, stackId),
    accessControlLookup(clients, stack, stackId),
    loginPageLookup(clients, stack, stackId),
    vpcOriginLookup(clients, stack, stackId),
    cidrFunctionLookup(clients, stack, stackId),
  ];
}

/**
 * Look-up of log groups of clusters. A control plane writes a last line while it is deleted, and EKS creates its
 * log group again for it.
 *
 * @param stackId @default every stack that had the name: where neither state nor tags are left, only this look-up
 *   tells the ids
 */
export function logGroupLookup(
  { logs: client }: Clients,
  stack: string,
  stackId = "",
): Lookup<readonly StackFinding[]> {
  const beginning = clusterNameOf(stack, stackId);
  return {
    what: `log groups of cluster ${stackId === "" ? `${beginning}…` : beginning}`,
    permissions: ["logs:DescribeLogGroups"],
    run: async () => {
      const all = await collect(
        paginateDescribeLogGroups({ client }, { logGroupNamePrefix: EKS_LOG_GROUPS + beginning }),
        (page) => page.logGroups,
      );
      return all.flatMap(({ logGroupName: id = "" }): StackFinding[] => {
        const [cluster = ""] = id.slice(EKS_LOG_GROUPS.length).split("/");
        const itsId = cluster.slice(clusterNameOf(stack, "").length);
        return STACK_ID.test(itsId) && (stackId === "" || itsId === stackId)
          ? [
              {
                ...ofKind("logs:log-group"),
                id,
                why: `is named as EKS names those of cluster ${cluster}`,
                ...of(stack, itsId),
                byPulumi: false,
              },
            ]
          : [];
      });
    },
  };
}

/** Look-up of CloudFront's access to a bucket, which has a description of the cluster's. */
function accessControlLookup(
  { cloudfront: client }: Clients,
  stack: string,
  stackId: string,
): Lookup<readonly StackFinding[]> {
  const cluster = clusterNameOf(stack, stackId);
  return {
    what: `access controls of cluster ${cluster}`,
    permissions: ["cloudfront:ListOriginAccessControls"],
    run: async () => {
      const all = await collect(
        paginateListOriginAccessControls({ client }, {}),
        ({ OriginAccessControlList }) => OriginAccessControlList?.Items,
      );
      return all
        .filter(({ Description }) => Description === accessControlDescription(cluster))
        .map(({ Id = "" }) => ({
          ...ofKind("cloudfront:origin-access-control"),
          id: Id,
          why: `is described as that of cluster ${cluster}`,
          ...of(stack, stackId),
        }));
    },
  };
}

/** Look-up of the stack's login page, without which AWS would delete its user pool. */
function loginPageLookup(
  { cognito: client }: Clients,
  stack: string,
  stackId: string,
): Lookup<readonly StackFinding[]> {
  const Domain = loginPrefix(stackId);
  return {
    what: `login page ${Domain}`,
    permissions: ["cognito-idp:DescribeUserPoolDomain"],
    run: async () => {
      const pool = await poolOf(client, Domain);
      return pool === undefined
        ? []
        : [
            {
              ...ofKind("cognito-idp:domain"),
              id: Domain,
              parent: pool,
              why: "is named as the stack's login page",
              ...of(stack, stackId),
            },
          ];
    },
  };
}

/** The pool of a login page; undefined if there is no such page. */
async function poolOf(client: Clients["cognito"], Domain: string): Promise<string | undefined> {
  try {
    const answer = await client.send(new DescribeUserPoolDomainCommand({ Domain }));
    return answer.DomainDescription?.UserPoolId;
  } catch (error) {
    if (error instanceof Error && error.name === "ResourceNotFoundException") {
      return undefined;
    }
    throw error;
  }
}

/** Lookup of CloudFront's ways to the stack's front door. */
function vpcOriginLookup(
  { cloudfront }: Clients,
  stack: string,
  stackId: string,
): Lookup<readonly StackFinding[]> {
  const prefix = vpcOriginPrefix(stackId);
  return {
    what: `VPC origins ${prefix}…`,
    permissions: ["cloudfront:ListVpcOrigins"],
    run: async () =>
      (await vpcOrigins(cloudfront))
        .filter(({ Name = "" }) => Name.startsWith(prefix))
        .map(({ Id = "", Arn = "" }) => ({
          ...ofKind("cloudfront:vpcorigin"),
          id: Id,
          arn: Arn,
          why: "is named as a VPC origin of the stack",
          ...of(stack, stackId),
        })),
  };
}

/** All VPC origins of the account; the SDK has no paginator for this list. */
async function vpcOrigins(client: CloudFrontClient): Promise<VpcOriginSummary[]> {
  const all: VpcOriginSummary[] = [];
  let Marker: string | undefined;
  do {
    const { VpcOriginList: page } = await client.send(new ListVpcOriginsCommand({ Marker }));
    all.push(...(page?.Items ?? []));
    Marker = page?.NextMarker;
  } while (Marker !== undefined && Marker !== "");
  return all;
}

/** Lookup of the function that admits `allowedCidrs` at the stack's front door. */
function cidrFunctionLookup(
  { cloudfront }: Clients,
  stack: string,
  stackId: string,
): Lookup<readonly StackFinding[]> {
  const Name = allowedCidrsFunctionName(stackId);
  return {
    what: `CloudFront function ${Name}`,
    permissions: ["cloudfront:DescribeFunction"],
    run: async () =>
      (await functionExists(cloudfront, Name))
        ? [
            {
              ...ofKind("cloudfront:function"),
              id: Name,
              why: "is named as the stack's CloudFront function",
              ...of(stack, stackId),
            },
          ]
        : [],
  };
}

async function functionExists(client: CloudFrontClient, Name: string): Promise<boolean> {
  try {
    const { FunctionSummary } = await client.send(new DescribeFunctionCommand({ Name }));
    return FunctionSummary !== undefined;
  } catch (error) {
    if (error instanceof Error && error.name === "NoSuchFunctionExists") {
      return false;
    }
    throw error;
  }
}

function of(stack: string, stackId: string) {
  return { stack, stackId, owner: "", keepsData: false, byPulumi: true };
}

/** The kind of a finding, and its name in a sentence. */
function ofKind(kind: string): Pick<StackFinding, "kind" | "label"> {
  return { kind, label: KINDS[kind]?.name ?? kind };
}
