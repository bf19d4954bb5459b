/**
 * Types that AWS does not bill, with the reason. A type that ends in `*` stands for all types with that
 * prefix.
 */
export const FREE: Readonly<Record<string, string>> = {
  ...reasons("Part of the program, not of AWS", [
    "pulumi:pulumi:Stack",
    "pulumi:providers:*",
    "mlp:*",
    "random:*",
    "tls:*",
  ]),
  ...reasons("Runs on the machine that deploys", ["pulumi-nodejs:dynamic*"]),
  ...reasons("An object in the cluster, whose machines are priced", ["kubernetes:*"]),
  ...reasons("Part of a cluster, whose control plane and nodes are priced", [
    "aws:eks/cluster:Cluster",
    "aws:eks/addon:Addon",
    "aws:eks/accessEntry:AccessEntry",
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
    "aws:ec2/launchTemplate:LaunchTemplate",
  ]),
  ...reasons("Network plumbing has no charge; data through it has, on other lines", [
    "aws:ec2/vpc:Vpc",
    "aws:ec2/subnet:Subnet",
    "aws:ec2/routeTable:RouteTable",
    "aws:ec2/route:Route",
    "aws:ec2/routeTableAssociation:RouteTableAssociation",
    "aws:ec2/eipAssociation:EipAssociation",
  ]),
  ...reasons("Security groups have no charge", [
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
  ]),
  // https://aws.amazon.com/iam/faqs/
  ...reasons("IAM has no charge", [
    "aws:iam/role:Role",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:iam/policy:Policy",
    "aws:iam/instanceProfile:InstanceProfile",
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
  ]),
  ...reasons("A setting of a bucket; the bucket's lines count what it keeps", [
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    "aws:s3/bucketVersioning:BucketVersioning",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  ]),
  ...reasons("An object of a few KB, far below a cent; the bucket's lines count what it keeps", [
    "aws:s3/bucketObjectv2:BucketObjectv2",
  ]),
  ...reasons("A setting of the database, which is priced", [
    "aws:rds/subnetGroup:SubnetGroup",
    "aws:rds/parameterGroup:ParameterGroup",
  ]),
  ...reasons("Part of the user pool, which is billed by active users", [
    "aws:cognito/userPoolDomain:UserPoolDomain",
    "aws:cognito/userPoolClient:UserPoolClient",
    "aws:cognito/managedLoginBranding:ManagedLoginBranding",
    "aws:cognito/userGroup:UserGroup",
    "aws:cognito/user:User",
    "aws:cognito/userInGroup:UserInGroup",
  ]),
  ...reasons("Part of the Studio domain, whose notebooks and disks are priced", [
    "aws:sagemaker/userProfile:UserProfile",
  ]),
  ...reasons("Part of the endpoint, which is priced", [
    "aws:sagemaker/endpointConfiguration:EndpointConfiguration",
    "aws:sagemaker/model:Model",
  ]),
  ...reasons("Part of an HTTP API, which is billed by the request", [
    "aws:apigatewayv2/integration:Integration",
    "aws:apigatewayv2/route:Route",
    "aws:apigatewayv2/stage:Stage",
  ]),
  ...reasons("A setting of the function, which is priced", ["aws:lambda/permission:Permission"]),
  ...reasons("Part of the hosted zone, which is priced", ["aws:route53/record:Record"]),
  ...reasons("A setting of the distribution, which is priced", [
    "aws:cloudfront/originAccessControl:OriginAccessControl",
  ]),
  // https://aws.amazon.com/cloudfront/pricing/ lists no charge for one.
  ...reasons("Access of the distribution to the VPC, which has no charge", [
    "aws:cloudfront/vpcOrigin:VpcOrigin",
  ]),
  ...reasons("Part of the load balancer, which is priced", [
    "aws:lb/listener:Listener",
    "aws:lb/targetGroup:TargetGroup",
    "aws:lb/targetGroupAttachment:TargetGroupAttachment",
    "aws:autoscaling/attachment:Attachment",
  ]),
};

function reasons(reason: string, types: readonly string[]): Record<string, string> {
  return Object.fromEntries(types.map((type) => [type, reason]));
}
