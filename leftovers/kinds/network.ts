import {
  paginateDescribeNatGateways,
  paginateDescribeNetworkInterfaces,
  paginateDescribeSecurityGroupRules,
  paginateDescribeSecurityGroups,
} from "@aws-sdk/client-ec2";
import { collect } from "../../aws/collect";
import { HOURS_PER_MONTH } from "../../cost/rule";
import { each } from "../shell";
import { byTags, byValue } from "./compute";
import { FREE, hasNoName, manyAtOnce, type Kind } from "./kind";

/** Kinds with network interfaces of their own, which AWS deletes with them. */
const WITH_INTERFACES = [
  "sagemaker:domain",
  "eks:cluster",
  "ec2:instance",
  "rds:db",
  "cloudfront:vpcorigin",
  "elasticloadbalancing:loadbalancer",
  "ec2:natgateway",
  "ec2:vpc-endpoint",
  "elasticfilesystem:mount-target",
];

/** The VPC and everything in it that has no machine. */
export const NETWORK = {
  "ec2:natgateway": {
    name: "NAT gateway",
    plural: "NAT gateways",
    describe: manyAtOnce("ec2:DescribeNatGateways", async ({ ec2: client }, ids) => {
      const all = await collect(
        paginateDescribeNatGateways({ client }, { Filter: byValue("nat-gateway-id", ids) }),
        (page) => page.NatGateways,
      );
      return all.map(({ NatGatewayId = "", CreateTime, State }) => [
        NatGatewayId,
        { gone: State === "deleted" || State === "deleting", since: CreateTime },
      ]);
    }),
    charges: [{ priceKey: "vpc.natGateway.hour", quantity: HOURS_PER_MONTH }],
    remove: ({ id }) => [
      `aws ec2 delete-nat-gateway --nat-gateway-id ${id}`,
      `aws ec2 wait nat-gateway-deleted --nat-gateway-ids ${id}`,
    ],
    // Machines that are being deleted may need a way out until then.
    after: ["sagemaker:domain", "eks:cluster", "ec2:instance"],
  },
  "ec2:vpc-endpoint": {
    name: "VPC endpoint",
    plural: "VPC endpoints",
    describe: byTags(),
    charges: "usage",
    remove: ({ id }) => [`aws ec2 delete-vpc-endpoints --vpc-endpoint-ids ${id}`],
    after: ["sagemaker:domain", "eks:cluster", "ec2:instance"],
  },
  "ec2:network-interface": {
    name: "network interface",
    plural: "network interfaces",
    describe: manyAtOnce("ec2:DescribeNetworkInterfaces", async ({ ec2: client }, ids) => {
      const all = await collect(
        paginateDescribeNetworkInterfaces(
          { client },
          { Filters: byValue("network-interface-id", ids) },
        ),
        (page) => page.NetworkInterfaces,
      );
      return all.map(({ NetworkInterfaceId = "", Status }) => [
        NetworkInterfaceId,
        { held: Status === "in-use" },
      ]);
    }),
    charges: FREE,
    byUsers: true,
    remove: ({ id }) => [`aws ec2 delete-network-interface --network-interface-id ${id}`],
    after: WITH_INTERFACES,
  },
  "ec2:elastic-ip": {
    name: "Elastic IP",
    plural: "Elastic IPs",
    describe: byTags(),
    charges: [{ priceKey: "vpc.publicIpv4.hour", quantity: HOURS_PER_MONTH }],
    remove: ({ id }) => [`aws ec2 release-address --allocation-id ${id}`],
    after: [...WITH_INTERFACES, "ec2:network-interface"],
  },
  "ec2:security-group": {
    name: "security group",
    plural: "security groups",
    describe: manyAtOnce("ec2:DescribeSecurityGroups", async ({ ec2: client }, ids) => {
      const all = await collect(
        paginateDescribeSecurityGroups({ client }, { Filters: byValue("group-id", ids) }),
        (page) => page.SecurityGroups,
      );
      // AWS refuses to delete the default one, and deletes it with its network.
      return all.map(({ GroupId = "", GroupName }) => [GroupId, { held: GroupName === "default" }]);
    }),
    charges: FREE,
    byUsers: hasNoName,
    remove: removeSecurityGroup,
    after: [...WITH_INTERFACES, "ec2:network-interface", "ec2:security-group-rule"],
  },
  "ec2:security-group-rule": {
    name: "security group rule",
    plural: "security group rules",
    describe: manyAtOnce("ec2:DescribeSecurityGroupRules", async ({ ec2: client }, ids) => {
      const all = await collect(
        paginateDescribeSecurityGroupRules(
          { client },
          { Filters: byValue("security-group-rule-id", ids) },
        ),
        (page) => page.SecurityGroupRules,
      );
      return all.map(({ SecurityGroupRuleId = "", GroupId = "" }) => [
        SecurityGroupRuleId,
        { partOf: GroupId },
      ]);
    }),
    charges: FREE,
    remove: removeSecurityGroupRule,
  },
  "ec2:internet-gateway": {
    name: "internet gateway",
    plural: "internet gateways",
    describe: byTags(),
    charges: FREE,
    remove: removeInternetGateway,
    after: [...WITH_INTERFACES, "ec2:elastic-ip"],
  },
  "ec2:route-table": {
    name: "route table",
    plural: "route tables",
    describe: byTags(),
    charges: FREE,
    remove: removeRouteTable,
    after: ["ec2:vpc-endpoint", "ec2:internet-gateway"],
  },
  "ec2:subnet": {
    name: "subnet",
    plural: "subnets",
    describe: byTags(),
    charges: FREE,
    remove: ({ id }) => [`aws ec2 delete-subnet --subnet-id ${id}`],
    after: [
      ...WITH_INTERFACES,
      "ec2:network-interface",
      "cloudfront:security-group",
      "rds:subgrp",
      "ec2:route-table",
    ],
  },
  "ec2:vpc": {
    name: "VPC",
    plural: "networks",
    describe: byTags(),
    charges: FREE,
    remove: ({ id }) => [`aws ec2 delete-vpc --vpc-id ${id}`],
    after: [
      "elasticloadbalancing:targetgroup",
      "ec2:security-group",
      "cloudfront:security-group",
      "ec2:internet-gateway",
      "ec2:route-table",
      "ec2:subnet",
    ],
  },
} satisfies Readonly<Record<string, Kind>>;

/** Rules name groups, also each other; AWS deletes a group only when no rule names it. */
function removeSecurityGroup({ id }: { readonly id: string }): string[] {
  const rules = `aws ec2 describe-security-group-rules --filters Name=group-id,Values=${id}`;
  return [
    each(
      `${rules} --query "SecurityGroupRules[?ReferencedGroupInfo].[IsEgress && 'egress' || 'ingress', SecurityGroupRuleId]"`,
      "way rule",
      `aws ec2 revoke-security-group-$way --group-id ${id} --security-group-rule-ids $rule`,
    ),
    `aws ec2 delete-security-group --group-id ${id}`,
  ];
}

/** AWS revokes a rule only for the one who names its group and its direction. */
function removeSecurityGroupRule({ id }: { readonly id: string }): string[] {
  return [
    each(
      `aws ec2 describe-security-group-rules --security-group-rule-ids ${id} --query "SecurityGroupRules[].[IsEgress && 'egress' || 'ingress', GroupId]"`,
      "way group",
      `aws ec2 revoke-security-group-$way --group-id $group --security-group-rule-ids ${id}`,
    ),
  ];
}

/** AWS deletes a gateway only when it is detached from its network. */
function removeInternetGateway({ id }: { readonly id: string }): string[] {
  const gateway = `--internet-gateway-id ${id}`;
  return [
    each(
      `aws ec2 describe-internet-gateways --internet-gateway-ids ${id} --query 'InternetGateways[].Attachments[].[VpcId]'`,
      "vpc",
      `aws ec2 detach-internet-gateway ${gateway} --vpc-id $vpc`,
    ),
    `aws ec2 delete-internet-gateway ${gateway}`,
  ];
}

/** AWS deletes a route table only when no subnet uses it. */
function removeRouteTable({ id }: { readonly id: string }): string[] {
  return [
    each(
      `aws ec2 describe-route-tables --route-table-ids ${id} --query 'RouteTables[].Associations[].[RouteTableAssociationId]'`,
      "use",
      "aws ec2 disassociate-route-table --association-id $use",
    ),
    `aws ec2 delete-route-table --route-table-id ${id}`,
  ];
}
