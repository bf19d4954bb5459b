/**
 * Ids of the availability zones without NAT gateways, for the profile of a target that needs them.
 * https://github.com/sysdiglabs/terraform-aws-secure-for-cloud/pull/52
 */
export const ZONES_WITHOUT_NAT: readonly string[] = ["apne1-az3"];

/**
 * Ids of the availability zones in which CloudFront has no VPC origins: a load balancer with a subnet in one of
 * them cannot be an origin. For `withoutZoneIds` of a profile whose target has a front door.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
 */
export const ZONES_WITHOUT_VPC_ORIGINS: readonly string[] = [
  "use1-az3",
  "usw1-az2",
  "apne1-az3",
  "cac1-az3",
];
