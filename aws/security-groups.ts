import {
  DeleteSecurityGroupCommand,
  paginateDescribeSecurityGroupRules,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  type EC2Client,
  type SecurityGroupRule,
} from "@aws-sdk/client-ec2";
import { collect } from "./collect";

/**
 * Deletes a security group, after the rules that name it: AWS refuses while one does.
 *
 * @param among groups whose rules may be revoked; rules in other groups stay, and AWS then refuses.
 */
export async function deleteSecurityGroup(
  client: EC2Client,
  GroupId: string,
  among: readonly string[],
): Promise<void> {
  const ask = { Filters: [{ Name: "group-id", Values: [...among] }] };
  const rules = await collect(
    paginateDescribeSecurityGroupRules({ client }, ask),
    (page) => page.SecurityGroupRules,
  );
  for (const rule of rules) {
    if (rule.ReferencedGroupInfo?.GroupId === GroupId) {
      await revoke(client, rule);
    }
  }
  await client.send(new DeleteSecurityGroupCommand({ GroupId }));
}

function revoke(
  client: EC2Client,
  { GroupId, SecurityGroupRuleId = "", IsEgress }: SecurityGroupRule,
): Promise<unknown> {
  const rule = { GroupId, SecurityGroupRuleIds: [SecurityGroupRuleId] };
  return IsEgress === true
    ? client.send(new RevokeSecurityGroupEgressCommand(rule))
    : client.send(new RevokeSecurityGroupIngressCommand(rule));
}
