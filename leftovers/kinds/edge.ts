import { GetApiCommand } from "@aws-sdk/client-apigatewayv2";
import {
  DescribeFunctionCommand,
  GetDistributionCommand,
  GetVpcOriginCommand,
} from "@aws-sdk/client-cloudfront";
import { GetHostedZoneCommand } from "@aws-sdk/client-route-53";
import { each, waitWhile } from "../shell";
import { FREE, oneByOne, type Kind } from "./kind";

/** Names, distributions with what belongs to them, and APIs. */
export const EDGE = {
  "route53:hostedzone": {
    name: "hosted zone",
    plural: "hosted zones",
    describe: oneByOne("route53:GetHostedZone", async ({ route53 }, { id }) => {
      await route53.send(new GetHostedZoneCommand({ Id: id }));
      return {};
    }),
    charges: [{ priceKey: "route53.zone.month", quantity: 1 }],
    remove: removeHostedZone,
  },
  "cloudfront:distribution": {
    name: "distribution",
    plural: "distributions",
    describe: oneByOne("cloudfront:GetDistribution", async ({ cloudfront }, { id }) => {
      await cloudfront.send(new GetDistributionCommand({ Id: id }));
      return {};
    }),
    charges: FREE,
    remove: removeDistribution,
  },
  "cloudfront:origin-access-control": {
    name: "origin access control",
    plural: "origin access controls",
    describe: "listed",
    charges: FREE,
    remove: ({ id }) => {
      const etag = `"$(aws cloudfront get-origin-access-control --id ${id} --query ETag --output text)"`;
      return [`aws cloudfront delete-origin-access-control --id ${id} --if-match ${etag}`];
    },
    after: ["cloudfront:distribution"],
  },
  "cloudfront:vpcorigin": {
    name: "VPC origin",
    plural: "VPC origins",
    describe: oneByOne("cloudfront:GetVpcOrigin", async ({ cloudfront }, { id }) => {
      const { VpcOrigin } = await cloudfront.send(new GetVpcOriginCommand({ Id: id }));
      return { since: VpcOrigin?.CreatedTime };
    }),
    charges: FREE,
    remove: removeVpcOrigin,
    after: ["cloudfront:distribution"],
  },
  "cloudfront:function": {
    name: "CloudFront function",
    plural: "CloudFront functions",
    describe: oneByOne("cloudfront:DescribeFunction", async ({ cloudfront }, { id }) => {
      const { FunctionSummary } = await cloudfront.send(new DescribeFunctionCommand({ Name: id }));
      return { since: FunctionSummary?.FunctionMetadata?.CreatedTime };
    }),
    charges: FREE,
    remove: ({ id }) => {
      const etag = `"$(aws cloudfront describe-function --name ${id} --query ETag --output text)"`;
      return [`aws cloudfront delete-function --name ${id} --if-match ${etag}`];
    },
    after: ["cloudfront:distribution"],
  },
  // A security group of EC2, and a kind of its own, since CloudFront may delete it itself.
  "cloudfront:security-group": {
    name: "security group",
    plural: "security groups of CloudFront",
    describe: "listed",
    charges: FREE,
    remove: removeServiceGroup,
    after: ["cloudfront:vpcorigin"],
  },
  "apigateway:apis": {
    name: "HTTP API",
    plural: "HTTP APIs",
    describe: oneByOne("apigateway:GET", async ({ apis }, { id }) => {
      const { CreatedDate } = await apis.send(new GetApiCommand({ ApiId: id }));
      return { since: CreatedDate };
    }),
    charges: FREE,
    remove: ({ id }) => [`aws apigatewayv2 delete-api --api-id ${id}`],
  },
} satisfies Readonly<Record<string, Kind>>;

/** AWS deletes a distribution only when it is disabled everywhere. */
function removeDistribution({ id }: { readonly id: string }): string[] {
  const config = `aws cloudfront get-distribution-config --id ${id}`;
  const etag = `--if-match "$(${config} --query ETag --output text)"`;
  return [
    `aws cloudfront update-distribution --id ${id} ${etag} --distribution-config "$(${config} --query 'merge(DistributionConfig, {Enabled: \`false\`})' --output json)"`,
    `aws cloudfront wait distribution-deployed --id ${id}`,
    `aws cloudfront delete-distribution --id ${id} ${etag}`,
  ];
}

/**
 * AWS deletes an origin only when no distribution uses it. It takes minutes, and the origin's interfaces block
 * their subnets until then.
 */
function removeVpcOrigin({ id }: { readonly id: string }): string[] {
  const origin = `aws cloudfront get-vpc-origin --id ${id}`;
  return [
    `aws cloudfront delete-vpc-origin --id ${id} --if-match "$(${origin} --query ETag --output text)"`,
    waitWhile("vpcorigin/", `${origin} --query VpcOrigin.Arn`),
  ];
}

/** CloudFront's group can be deleted after its interfaces; where CloudFront has deleted it, the list is empty. */
function removeServiceGroup({ id }: { readonly id: string }): string[] {
  const filter = `--filters Name=group-id,Values=${id}`;
  return [
    waitWhile(
      "eni-",
      `aws ec2 describe-network-interfaces ${filter} --query 'NetworkInterfaces[].NetworkInterfaceId'`,
    ),
    each(
      `aws ec2 describe-security-groups ${filter} --query 'SecurityGroups[].[GroupId]'`,
      "group",
      "aws ec2 delete-security-group --group-id $group",
    ),
  ];
}

/** AWS deletes a zone only with no records but its own two, and refuses an empty list of changes. */
function removeHostedZone({ id }: { readonly id: string }): string[] {
  const zone = `--hosted-zone-id ${id}`;
  const changes =
    "{Changes: ResourceRecordSets[?Type!='NS' && Type!='SOA'].{Action: 'DELETE', ResourceRecordSet: @}}";
  const batch = `aws route53 list-resource-record-sets ${zone} --query "${changes}" --output json`;
  return [
    `if ${batch} | grep -q DELETE; then aws route53 change-resource-record-sets ${zone} --change-batch "$(${batch})"; fi`,
    `aws route53 delete-hosted-zone --id ${id}`,
  ];
}
