import { ApiGatewayV2Client, GetApisCommand } from "@aws-sdk/client-apigatewayv2";
import {
  CloudFrontClient,
  ListDistributionsCommand,
  ListTagsForResourceCommand as DistributionTags,
} from "@aws-sdk/client-cloudfront";
import {
  DescribeAddressesCommand,
  DescribeLaunchTemplatesCommand,
  DescribeVpcEndpointsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import {
  GetInstanceProfileCommand,
  IAMClient,
  ListInstanceProfilesCommand,
  ListOpenIDConnectProvidersCommand,
  ListOpenIDConnectProviderTagsCommand,
} from "@aws-sdk/client-iam";
import {
  DescribeDBParameterGroupsCommand,
  DescribeDBSubnetGroupsCommand,
  ListTagsForResourceCommand as DatabaseTags,
  RDSClient,
} from "@aws-sdk/client-rds";
import {
  ListHostedZonesCommand,
  ListTagsForResourceCommand as ZoneTags,
  Route53Client,
} from "@aws-sdk/client-route-53";

/** Resource in a list of the Resource Groups Tagging API. */
export interface TaggedResource {
  readonly ResourceARN: string;
  readonly Tags: readonly { readonly Key: string; readonly Value: string }[];
}

/** Kinds that AWS lists by their tags and the emulator does not, by service and type of the ARN. */
export const TAG_GAP_KINDS = [
  "apigateway:apis",
  "cloudfront:distribution",
  "ec2:elastic-ip",
  "ec2:launch-template",
  "ec2:vpc-endpoint",
  "iam:instance-profile",
  "iam:oidc-provider",
  "rds:pg",
  "rds:subgrp",
  "route53:hostedzone",
];

/** Region in which AWS keeps the tags of resources without a region. */
const NO_REGION = "us-east-1";

/** The account of every emulator. */
const ACCOUNT = "123456789012";

type Tags = readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[];
type Settings = Readonly<Record<"region" | "endpoint", string>>;

/** Tagged things of these kinds in a region, as their services list them. us-east-1 also has those without region. */
export async function tagGaps(settings: Settings): Promise<TaggedResource[]> {
  const everywhere = [distributions, instanceProfiles, identityProviders, hostedZones];
  const asked = [apis, partsOfNetworks, databaseGroups];
  const looks = settings.region === NO_REGION ? [...asked, ...everywhere] : asked;
  return (await Promise.all(looks.map((look) => look(settings)))).flat();
}

/** Reads each resource. Omits those that somebody has deleted meanwhile. */
async function each<T>(
  items: readonly T[],
  look: (item: T) => Promise<TaggedResource>,
): Promise<TaggedResource[]> {
  const looks = items.map(async (item) =>
    look(item).catch((error: unknown) => {
      if (error instanceof Error && /NotFound|NoSuch/.test(error.name)) {
        return undefined;
      }
      throw error;
    }),
  );
  return (await Promise.all(looks)).filter((one) => one !== undefined);
}

function tagged(ResourceARN: string, tags: Tags | undefined): TaggedResource {
  return {
    ResourceARN,
    Tags: (tags ?? []).map(({ Key = "", Value = "" }) => ({ Key, Value })),
  };
}

async function apis(settings: Settings): Promise<TaggedResource[]> {
  const { Items = [] } = await new ApiGatewayV2Client(settings).send(new GetApisCommand({}));
  return Items.map(({ ApiId, Tags = {} }) =>
    tagged(
      `arn:aws:apigateway:${settings.region}::/apis/${ApiId ?? ""}`,
      Object.entries(Tags).map(([Key, Value]) => ({ Key, Value })),
    ),
  );
}

async function partsOfNetworks({ region, endpoint }: Settings): Promise<TaggedResource[]> {
  const ec2 = new EC2Client({ region, endpoint });
  const arn = (type: string, id = ""): string => `arn:aws:ec2:${region}:${ACCOUNT}:${type}/${id}`;
  const [{ Addresses = [] }, { LaunchTemplates = [] }, { VpcEndpoints = [] }] = await Promise.all([
    ec2.send(new DescribeAddressesCommand({})),
    ec2.send(new DescribeLaunchTemplatesCommand({})),
    ec2.send(
      new DescribeVpcEndpointsCommand({
        Filters: [{ Name: "vpc-endpoint-state", Values: ["available"] }],
      }),
    ),
  ]);
  return [
    ...Addresses.map((one) => tagged(arn("elastic-ip", one.AllocationId), one.Tags)),
    ...LaunchTemplates.map((one) => tagged(arn("launch-template", one.LaunchTemplateId), one.Tags)),
    ...VpcEndpoints.map((one) => tagged(arn("vpc-endpoint", one.VpcEndpointId), one.Tags)),
  ];
}

async function databaseGroups(settings: Settings): Promise<TaggedResource[]> {
  const rds = new RDSClient(settings);
  const [{ DBSubnetGroups = [] }, { DBParameterGroups = [] }] = await Promise.all([
    rds.send(new DescribeDBSubnetGroupsCommand({})),
    rds.send(new DescribeDBParameterGroupsCommand({})),
  ]);
  const arns = [
    ...DBSubnetGroups.map((one) => one.DBSubnetGroupArn),
    ...DBParameterGroups.map((one) => one.DBParameterGroupArn),
  ];
  return each(arns, async (arn = "") => {
    const { TagList } = await rds.send(new DatabaseTags({ ResourceName: arn }));
    return tagged(arn, TagList);
  });
}

async function distributions(settings: Settings): Promise<TaggedResource[]> {
  const cloudfront = new CloudFrontClient(settings);
  const { DistributionList } = await cloudfront.send(new ListDistributionsCommand({}));
  return each(DistributionList?.Items ?? [], async ({ ARN: Resource = "" }) => {
    const { Tags } = await cloudfront.send(new DistributionTags({ Resource }));
    // The emulator omits the empty region.
    return tagged(Resource.replace(/^(arn:aws:cloudfront):(?=\d)/, "$1::"), Tags?.Items);
  });
}

async function instanceProfiles(settings: Settings): Promise<TaggedResource[]> {
  const iam = new IAMClient(settings);
  const { InstanceProfiles = [] } = await iam.send(new ListInstanceProfilesCommand({}));
  return each(InstanceProfiles, async ({ InstanceProfileName, Arn = "" }) => {
    const command = new GetInstanceProfileCommand({ InstanceProfileName });
    return tagged(Arn, (await iam.send(command)).InstanceProfile?.Tags);
  });
}

async function identityProviders(settings: Settings): Promise<TaggedResource[]> {
  const iam = new IAMClient(settings);
  const { OpenIDConnectProviderList = [] } = await iam.send(
    new ListOpenIDConnectProvidersCommand({}),
  );
  return each(OpenIDConnectProviderList, async ({ Arn = "" }) => {
    const command = new ListOpenIDConnectProviderTagsCommand({ OpenIDConnectProviderArn: Arn });
    return tagged(Arn, (await iam.send(command)).Tags);
  });
}

async function hostedZones(settings: Settings): Promise<TaggedResource[]> {
  const route53 = new Route53Client(settings);
  const { HostedZones = [] } = await route53.send(new ListHostedZonesCommand({}));
  return each(HostedZones, async ({ Id = "" }) => {
    const ResourceId = Id.replace("/hostedzone/", "");
    const command = new ZoneTags({ ResourceType: "hostedzone", ResourceId });
    const { ResourceTagSet } = await route53.send(command);
    return tagged(`arn:aws:route53:::hostedzone/${ResourceId}`, ResourceTagSet?.Tags);
  });
}
