import { generateKeyPairSync } from "node:crypto";
import type { DeclaredResource } from "../../cost/rule";

const EC = generateKeyPairSync("ec", { namedCurve: "P-256" });
const RSA = generateKeyPairSync("rsa", { modulusLength: 2048 });

/** Recognisable text in place of certificates, which the program never parses. */
const CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

type Inputs = Readonly<Record<string, unknown>>;

/** Outputs that AWS and the other providers add to a resource's inputs, as far as the program reads them. */
const OUTPUTS: Readonly<Record<string, (inputs: Inputs, name: string) => object>> = {
  "random:index/randomId:RandomId": () => ({ hex: "0a1b2c3d" }),
  "random:index/randomPassword:RandomPassword": ({ length }) => ({
    result: "0123456789abcdef".slice(0, length as number),
  }),
  "random:index/randomBytes:RandomBytes": () => ({
    base64: Buffer.alloc(32).toString("base64"),
    hex: Buffer.alloc(32).toString("hex"),
  }),
  "aws:cognito/userPoolClient:UserPoolClient": () => ({ clientSecret: "the-clients-secret" }),
  "tls:index/privateKey:PrivateKey": ({ algorithm }) => {
    const { privateKey, publicKey } = algorithm === "RSA" ? RSA : EC;
    return {
      privateKeyPem: privateKey.export({ type: "pkcs8", format: "pem" }),
      publicKeyPem: publicKey.export({ type: "spki", format: "pem" }),
    };
  },
  "tls:index/selfSignedCert:SelfSignedCert": () => ({ certPem: CERTIFICATE }),
  "tls:index/locallySignedCert:LocallySignedCert": () => ({ certPem: CERTIFICATE }),
  "tls:index/certRequest:CertRequest": () => ({ certRequestPem: "request" }),
  "aws:s3/bucket:Bucket": (_, name) => ({
    bucket: `${name}-0000000`,
    arn: `arn:aws:s3:::${name}-0000000`,
    bucketRegionalDomainName: `${name}-0000000.s3.eu-west-3.amazonaws.com`,
  }),
  "aws:rds/instance:Instance": () => ({
    endpoint: "database.eu-west-3.rds.amazonaws.com:5432",
    resourceId: "db-ABCDEFGHIJKL",
    masterUserSecrets: [{ secretArn: "arn:aws:secretsmanager:eu-west-3:123456789012:secret:db" }],
  }),
  "aws:rds/subnetGroup:SubnetGroup": (_, name) => ({ name }),
  "aws:rds/parameterGroup:ParameterGroup": (_, name) => ({ name }),
  "aws:iam/role:Role": (_, name) => ({ name, arn: `arn:aws:iam::123456789012:role/${name}` }),
  "aws:iam/instanceProfile:InstanceProfile": (_, name) => ({ name }),
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": () => ({
    arn: "arn:aws:iam::123456789012:oidc-provider/d111.cloudfront.net",
  }),
  "aws:cloudfront/distribution:Distribution": () => ({
    domainName: "d111.cloudfront.net",
    arn: "arn:aws:cloudfront::123456789012:distribution/E1",
  }),
  "aws:cloudfront/vpcOrigin:VpcOrigin": () => ({
    arn: "arn:aws:cloudfront::123456789012:vpcorigin/vo_1",
  }),
  "aws:cloudfront/function:Function": ({ name }) => ({
    arn: `arn:aws:cloudfront::123456789012:function/${String(name)}`,
  }),
  "aws:lb/loadBalancer:LoadBalancer": (_, name) => ({
    arn: `arn:aws:elasticloadbalancing:eu-west-3:123456789012:loadbalancer/net/${name}/0123456789abcdef`,
    dnsName: `${name}-0123456789abcdef.elb.eu-west-3.amazonaws.com`,
  }),
  "aws:lb/targetGroup:TargetGroup": (_, name) => ({
    arn: `arn:aws:elasticloadbalancing:eu-west-3:123456789012:targetgroup/${name}/0123456789abcdef`,
  }),
  "aws:ssm/parameter:Parameter": ({ name }) => ({
    arn: `arn:aws:ssm:eu-west-3:123456789012:parameter${String(name)}`,
  }),
  "aws:ec2/eip:Eip": () => ({ publicIp: "198.51.100.10" }),
  "aws:ec2/instance:Instance": () => ({
    privateIp: "10.0.128.10",
    privateDns: "ip-10-0-128-10.internal",
  }),
  "eks:index:Cluster": ({ name }) => ({
    eksCluster: {
      name,
      endpoint: "https://ABCD.gr7.eu-west-3.eks.amazonaws.com",
      certificateAuthority: { data: "TUlJQg==" },
      vpcConfig: { clusterSecurityGroupId: "sg-0123456789abcdef0" },
      identities: [{ oidcs: [{ issuer: "https://oidc.eks.eu-west-3.amazonaws.com/id/ABCD" }] }],
    },
  }),
  "aws:ec2/launchTemplate:LaunchTemplate": () => ({ latestVersion: 1 }),
  "aws:kms/key:Key": (_, name) => ({ arn: `arn:aws:kms:eu-west-3:123456789012:key/${name}` }),
  "aws:eks/nodeGroup:NodeGroup": (_, name) => ({
    nodeGroupName: name,
    resources: [{ autoscalingGroups: [{ name: `eks-${name}-asg` }] }],
  }),
  "aws:apigatewayv2/api:Api": () => ({
    apiEndpoint: "https://a1b2c3d4e5.execute-api.eu-west-3.amazonaws.com",
    executionArn: "arn:aws:execute-api:eu-west-3:123456789012:a1b2c3d4e5",
  }),
  "aws:lambda/function:Function": (_, name) => ({
    name,
    invokeArn: `arn:aws:apigateway:eu-west-3:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-3:123456789012:function:${name}/invocations`,
  }),
  "aws:cloudwatch/logGroup:LogGroup": ({ name: given }, logical) => {
    const name = typeof given === "string" ? given : logical;
    return { name, arn: `arn:aws:logs:eu-west-3:123456789012:log-group:${name}` };
  },
  "aws:route53/zone:Zone": (_, name) => ({ zoneId: `${name}-zone-id` }),
};

/** Outputs of a resource for `record`, as if AWS had created it without an error. */
export function awsOutputs({
  type,
  name,
  inputs,
}: Pick<DeclaredResource, "type" | "name" | "inputs">): object {
  return OUTPUTS[type]?.(inputs, name) ?? {};
}
