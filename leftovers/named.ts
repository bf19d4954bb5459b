import {
  DescribeFunctionCommand,
  ListVpcOriginsCommand,
  paginateListOriginAccessControls,
  type CloudFrontClient,
  type VpcOriginSummary,
} from "@aws-sdk/client-cloudfront";
import {
  paginateDescribeLogGroups,
  type CloudWatchLogsClient,
} from "@aws-sdk/client-cloudwatch-logs";
import { DescribeUserPoolDomainCommand } from "@aws-sdk/client-cognito-identity-provider";
import { collect } from "../actions/sweep";
import { frontDoorNames } from "../settings/front-door-names";
import type { Clients } from "./clients";
import type { Found, Look } from "./remains";
import {
  removeAccessControl,
  removeEdgeFunction,
  removeUserPoolDomain,
  removeVpcOrigin,
} from "./removal";

/** What can have no tags, or is made anew without them, and is found by a name with the stack's id in it. */
export function namedLooks(
  clients: Clients,
  stack: string,
  stackId: string,
): Look<readonly Found[]>[] {
  const clusterName = `${stack}-${stackId}`;
  return [
    clusterLogGroups(clients, stackId, clusterName),
    accessControls(clients, stackId, clusterName),
    userPoolDomain(clients, stackId),
    vpcOrigins(clients, stackId),
    edgeFunction(clients, stackId),
  ];
}

/** Ids of a stack that only names tell, when it has no state and nothing with tags any more. */
export function namesLook(
  { logs }: Clients,
  stack: string,
): Look<readonly { stack: string; stackId: string; owner: string }[]> {
  return {
    what: `log groups of clusters ${stack}-…`,
    permissions: ["logs:DescribeLogGroups"],
    look: async () =>
      (await logGroups(logs, `${stack}-`)).flatMap((name) => {
        const stackId = /-([0-9a-f]{8})\/[^/]*$/.exec(name)?.[1] ?? "";
        return name.startsWith(`/aws/eks/${stack}-${stackId}/`)
          ? [{ stack, stackId, owner: "" }]
          : [];
      }),
  };
}

/** A control plane that is going writes a last line, and so makes its log group anew. */
function clusterLogGroups(
  { logs }: Clients,
  stackId: string,
  clusterName: string,
): Look<readonly Found[]> {
  return {
    what: `log groups of cluster ${clusterName}`,
    permissions: ["logs:DescribeLogGroups"],
    look: async () =>
      (await logGroups(logs, `${clusterName}/`)).map((id) => ({
        ...{ kind: "logs:log-group", what: "log group", id, stackId, kept: false },
        why: `is named as EKS names those of cluster ${clusterName}`,
        remove: [`aws logs delete-log-group --log-group-name ${id}`],
      })),
  };
}

/** Of CloudFront to a bucket; targets/ec2/oidc-issuer.ts gives it a description. */
function accessControls(
  { cloudfront: client }: Clients,
  stackId: string,
  clusterName: string,
): Look<readonly Found[]> {
  return {
    what: `access controls of cluster ${clusterName}`,
    permissions: ["cloudfront:ListOriginAccessControls"],
    look: async () => {
      const all = await collect(
        paginateListOriginAccessControls({ client }, {}),
        ({ OriginAccessControlList }) => OriginAccessControlList?.Items,
      );
      return all
        .filter(({ Description }) => Description === `cluster ${clusterName}`)
        .map(({ Id = "" }) => ({
          ...{ what: "origin access control", id: Id, stackId, kept: false },
          kind: "cloudfront:origin-access-control",
          why: `is described as that of cluster ${clusterName}`,
          ...{ byPulumi: true, charges: [], remove: removeAccessControl(Id) },
        }));
    },
  };
}

/** CloudFront's way to a front door, which components/front-door names. */
function vpcOrigins({ cloudfront }: Clients, stackId: string): Look<readonly Found[]> {
  const { originPrefix } = frontDoorNames(stackId);
  return {
    what: `VPC origins ${originPrefix}…`,
    permissions: ["cloudfront:ListVpcOrigins"],
    look: async () =>
      (await allOrigins(cloudfront))
        .filter(({ Name = "" }) => Name.startsWith(originPrefix))
        .map(({ Id = "", Arn = "" }) => ({
          ...{ what: "VPC origin", id: Id, arn: Arn, stackId, kept: false },
          kind: "cloudfront:vpcorigin",
          why: "is named as a VPC origin of the stack",
          ...{ byPulumi: true, charges: [], remove: removeVpcOrigin(Id) },
        })),
  };
}

/** The SDK has no paginator for this list. */
async function allOrigins(client: CloudFrontClient): Promise<VpcOriginSummary[]> {
  const all: VpcOriginSummary[] = [];
  let Marker: string | undefined;
  do {
    const { VpcOriginList: page } = await client.send(new ListVpcOriginsCommand({ Marker }));
    all.push(...(page?.Items ?? []));
    Marker = page?.NextMarker;
  } while (Marker !== undefined && Marker !== "");
  return all;
}

/** What lets in allowedCidrs, which components/front-door names. */
function edgeFunction({ cloudfront }: Clients, stackId: string): Look<readonly Found[]> {
  const { function: Name } = frontDoorNames(stackId);
  return {
    what: `CloudFront function ${Name}`,
    permissions: ["cloudfront:DescribeFunction"],
    look: async () =>
      (await functionExists(cloudfront, Name))
        ? [
            {
              ...{ what: "CloudFront function", id: Name, stackId, kept: false },
              kind: "cloudfront:function",
              why: "is named as the stack's CloudFront function",
              ...{ byPulumi: true, charges: [], remove: removeEdgeFunction(Name) },
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

/** The address of the login page, which components/user-pool.ts names; its pool does not go before it. */
function userPoolDomain({ cognito }: Clients, stackId: string): Look<readonly Found[]> {
  const Domain = `ml-platform-${stackId}`;
  return {
    what: `login page ${Domain}`,
    permissions: ["cognito-idp:DescribeUserPoolDomain"],
    look: async () => {
      const pool = await poolOf(cognito, Domain);
      return pool === undefined
        ? []
        : [
            {
              ...{ what: "login page", id: Domain, stackId, kept: false },
              why: "is named as the stack's login page",
              ...{ byPulumi: true, charges: [], remove: removeUserPoolDomain(pool, Domain) },
            },
          ];
    },
  };
}

/** The pool that a domain belongs to; none when there is no such domain. */
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

async function logGroups(client: CloudWatchLogsClient, beginning: string): Promise<string[]> {
  const all = await collect(
    paginateDescribeLogGroups({ client }, { logGroupNamePrefix: `/aws/eks/${beginning}` }),
    (page) => page.logGroups,
  );
  return all.map(({ logGroupName = "" }) => logGroupName);
}
