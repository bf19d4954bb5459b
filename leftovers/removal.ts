/**
 * How things are removed that one command does not remove: what holds them back is taken away before, and
 * what AWS does later is waited for. Lines for bash; `commandLines` gives each its region and profile.
 */

/** How AWS is spoken to. */
export interface Access {
  readonly region: string;
  /** @default that of the environment */
  readonly profile?: string | undefined;
}

/** Puts region and profile into a line, at each `aws` in it. */
export function withAccess(line: string, { region, profile }: Access): string {
  const access = `--region ${region}${profile === undefined ? "" : ` --profile ${profile}`}`;
  return line.replaceAll(/(?<![\w-])aws (?=[a-z])/g, `aws ${access} `);
}

/** Does something with everything that a list of AWS names, one a line; `act` calls it `$name`. */
function each(list: string, name: string, act: string): string {
  return `${list} --output text | while read -r ${name}; do ${act}; done`;
}

/**
 * Waits where the AWS CLI has no `wait`: as long as the answer has the word. An error, which is what AWS
 * answers when a thing has gone, ends it.
 */
function waitWhile(word: string, ask: string): string {
  return `while ${ask} --output text 2>&1 | grep -q ${word}; do sleep 5; done`;
}

/** Rules name groups, also each other; a group goes when no rule names it. */
export function removeSecurityGroup(id: string): string[] {
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

/** Attached to a network, it cannot be deleted. */
export function removeInternetGateway(id: string): string[] {
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

/** As long as a subnet uses it, it cannot be deleted. */
export function removeRouteTable(id: string): string[] {
  return [
    each(
      `aws ec2 describe-route-tables --route-table-ids ${id} --query 'RouteTables[].Associations[].[RouteTableAssociationId]'`,
      "use",
      "aws ec2 disassociate-route-table --association-id $use",
    ),
    `aws ec2 delete-route-table --route-table-id ${id}`,
  ];
}

/** Its interfaces stay for minutes, and hold subnets and groups. AWS describes them as `ELB <id>`. */
export function removeLoadBalancer(id: string, arn: string): string[] {
  return [
    id.includes("/")
      ? `aws elbv2 delete-load-balancer --load-balancer-arn ${arn}`
      : `aws elb delete-load-balancer --load-balancer-name ${id}`,
    waitWhile(
      "eni-",
      `aws ec2 describe-network-interfaces --filters 'Name=description,Values=ELB ${id}' --query 'NetworkInterfaces[].NetworkInterfaceId'`,
    ),
  ];
}

/** Every version goes, a page at a time: `s3 rb --force` leaves old versions and delete markers. */
export function removeBucket(id: string): string[] {
  const versions =
    "[[Versions, DeleteMarkers][].{Key: Key, VersionId: VersionId}][?@].[to_string({Objects: @, Quiet: `true`})]";
  return [
    each(
      `aws s3api list-object-versions --bucket ${id} --query '${versions}'`,
      "page",
      `aws s3api delete-objects --bucket ${id} --delete file:///dev/stdin <<<"$page"`,
    ),
    `aws s3api delete-bucket --bucket ${id}`,
  ];
}

/** With a domain, or protected, a pool cannot be deleted. */
export function removeUserPool(id: string): string[] {
  const pool = `--user-pool-id ${id}`;
  return [
    `aws cognito-idp update-user-pool ${pool} --deletion-protection INACTIVE`,
    each(
      `aws cognito-idp describe-user-pool ${pool} --query 'UserPool.[Domain, CustomDomain][?@].[@]'`,
      "domain",
      `aws cognito-idp delete-user-pool-domain ${pool} --domain $domain`,
    ),
    `aws cognito-idp delete-user-pool ${pool}`,
  ];
}

/** The login page of a pool. */
export function removeUserPoolDomain(pool: string, domain: string): string[] {
  return [`aws cognito-idp delete-user-pool-domain --user-pool-id ${pool} --domain ${domain}`];
}

/** A role goes without policies; instance profiles come before it. */
export function removeRole(id: string): string[] {
  const role = `--role-name ${id}`;
  return [
    each(
      `aws iam list-attached-role-policies ${role} --query 'AttachedPolicies[].[PolicyArn]'`,
      "policy",
      `aws iam detach-role-policy ${role} --policy-arn $policy`,
    ),
    each(
      `aws iam list-role-policies ${role} --query 'PolicyNames[].[@]'`,
      "policy",
      `aws iam delete-role-policy ${role} --policy-name $policy`,
    ),
    `aws iam delete-role ${role}`,
  ];
}

/** A profile goes without its role. */
export function removeInstanceProfile(id: string): string[] {
  const profile = `--instance-profile-name ${id}`;
  return [
    each(
      `aws iam get-instance-profile ${profile} --query 'InstanceProfile.Roles[].[RoleName]'`,
      "role",
      `aws iam remove-role-from-instance-profile ${profile} --role-name $role`,
    ),
    `aws iam delete-instance-profile ${profile}`,
  ];
}

/** Mount targets are gone a while after they are deleted. */
export function removeFileSystem(id: string): string[] {
  const targets = `aws efs describe-mount-targets --file-system-id ${id} --query 'MountTargets[].[MountTargetId]'`;
  return [
    each(targets, "target", "aws efs delete-mount-target --mount-target-id $target"),
    waitWhile("fsmt-", targets),
    `aws efs delete-file-system --file-system-id ${id}`,
  ];
}

/** Its interface stands in a subnet until it has gone. */
export function removeMountTarget(id: string): string[] {
  const target = `--mount-target-id ${id}`;
  return [
    `aws efs delete-mount-target ${target}`,
    waitWhile(
      "fsmt-",
      `aws efs describe-mount-targets ${target} --query 'MountTargets[].MountTargetId'`,
    ),
  ];
}

/** The control plane of a kept stack is protected. */
export function removeCluster(id: string): string[] {
  const cluster = `--name ${id}`;
  return [
    each(
      `aws eks describe-cluster ${cluster} --query 'cluster.[deletionProtection][?@]'`,
      "protected",
      `aws eks update-cluster-config ${cluster} --no-deletion-protection && aws eks wait cluster-active ${cluster}`,
    ),
    `aws eks delete-cluster ${cluster}`,
    `aws eks wait cluster-deleted ${cluster}`,
  ];
}

/** Only one that is disabled everywhere goes. */
export function removeDistribution(id: string): string[] {
  const config = `aws cloudfront get-distribution-config --id ${id}`;
  const etag = `--if-match "$(${config} --query ETag --output text)"`;
  return [
    `aws cloudfront update-distribution --id ${id} ${etag} --distribution-config "$(${config} --query 'merge(DistributionConfig, {Enabled: \`false\`})' --output json)"`,
    `aws cloudfront wait distribution-deployed --id ${id}`,
    `aws cloudfront delete-distribution --id ${id} ${etag}`,
  ];
}

/** A distribution's access to the bucket behind it. */
export function removeAccessControl(id: string): string[] {
  const etag = `"$(aws cloudfront get-origin-access-control --id ${id} --query ETag --output text)"`;
  return [`aws cloudfront delete-origin-access-control --id ${id} --if-match ${etag}`];
}

/** One that a distribution still has does not go; AWS takes minutes, and its interfaces hold subnets so long. */
export function removeVpcOrigin(id: string): string[] {
  const origin = `aws cloudfront get-vpc-origin --id ${id}`;
  return [
    `aws cloudfront delete-vpc-origin --id ${id} --if-match "$(${origin} --query ETag --output text)"`,
    waitWhile("vpcorigin/", `${origin} --query VpcOrigin.Arn`),
  ];
}

/** A function of CloudFront goes when no distribution has it. */
export function removeEdgeFunction(name: string): string[] {
  const etag = `"$(aws cloudfront describe-function --name ${name} --query ETag --output text)"`;
  return [`aws cloudfront delete-function --name ${name} --if-match ${etag}`];
}

/** CloudFront's own group: it goes after the interfaces, unless CloudFront itself deletes it with them. */
export function removeOriginGroup(id: string): string[] {
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

/** A zone goes when it has only the records that AWS puts into each; AWS refuses a change of nothing. */
export function removeHostedZone(id: string): string[] {
  const zone = `--hosted-zone-id ${id}`;
  const changes =
    "{Changes: ResourceRecordSets[?Type!='NS' && Type!='SOA'].{Action: 'DELETE', ResourceRecordSet: @}}";
  const batch = `aws route53 list-resource-record-sets ${zone} --query "${changes}" --output json`;
  return [
    `if ${batch} | grep -q DELETE; then aws route53 change-resource-record-sets ${zone} --change-batch "$(${batch})"; fi`,
    `aws route53 delete-hosted-zone --id ${id}`,
  ];
}

/** Something of a Studio domain is `Deleting` for minutes, and holds back what it stands in. */
export function removeFromStudio(
  kind: "app" | "space" | "user-profile" | "domain",
  where: string,
  how = "",
): string[] {
  return [
    `aws sagemaker delete-${kind} ${where}${how}`,
    waitWhile("Deleting", `aws sagemaker describe-${kind} ${where} --query Status`),
  ];
}
