import { HOURS_PER_MONTH } from "../cost/rule";
import type { Charge } from "./remains";
import {
  removeBucket,
  removeCluster,
  removeDistribution,
  removeEdgeFunction,
  removeFileSystem,
  removeHostedZone,
  removeInstanceProfile,
  removeInternetGateway,
  removeLoadBalancer,
  removeRole,
  removeRouteTable,
  removeSecurityGroup,
  removeUserPool,
  removeVpcOrigin,
} from "./removal";
import { STUDIO_KINDS } from "./studio-kinds";

/** An ARN apart: `arn:aws:<service>:<region>:<account>:<type>/<id>`. */
export interface Arn {
  readonly service: string;
  readonly region: string;
  /** Empty where the service has one kind of thing. */
  readonly type: string;
  readonly id: string;
  readonly arn: string;
}

/** Tags by their keys. */
export type Tags = Readonly<Record<string, string>>;

/** A kind of thing that carries tags. */
export interface Kind {
  /** As it reads in a sentence. */
  readonly what: string;
  /** Lines for a shell that remove one, in their order. @default none are known */
  readonly remove?: (arn: Arn) => readonly string[];
  /** Whether it holds data that a kept stack leaves behind. @default it does not */
  readonly holdsData?: boolean;
  /**
   * Whether users and their controllers make such things, with the stack's tags, too; by its tags, where those
   * tell. @default only Pulumi
   */
  readonly byUsers?: boolean | ((tags: Tags) => boolean);
  /** What one costs, whatever it is like; empty is free. @default only AWS or usage can tell */
  readonly charges?: readonly Charge[];
}

const FREE: readonly Charge[] = [];

/** All groups and load balancers of the program have a name tag; controllers give theirs none. */
function withoutName({ Name }: Tags): boolean {
  return Name === undefined;
}

/** What a stack can leave, by service and type of its ARN. */
export const KINDS: Readonly<Record<string, Kind>> = {
  "ec2:instance": {
    what: "instance",
    remove: ({ id }) => [
      `aws ec2 terminate-instances --instance-ids ${id}`,
      `aws ec2 wait instance-terminated --instance-ids ${id}`,
    ],
  },
  "ec2:volume": {
    what: "volume",
    remove: ({ id }) => [`aws ec2 delete-volume --volume-id ${id}`],
    holdsData: true,
    byUsers: true,
  },
  "ec2:snapshot": {
    what: "volume snapshot",
    remove: ({ id }) => [`aws ec2 delete-snapshot --snapshot-id ${id}`],
    holdsData: true,
    byUsers: true,
  },
  "ec2:natgateway": {
    what: "NAT gateway",
    remove: ({ id }) => [
      `aws ec2 delete-nat-gateway --nat-gateway-id ${id}`,
      `aws ec2 wait nat-gateway-deleted --nat-gateway-ids ${id}`,
    ],
    charges: [{ priceKey: "vpc.natGateway.hour", quantity: HOURS_PER_MONTH }],
  },
  "ec2:elastic-ip": {
    what: "Elastic IP",
    remove: ({ id }) => [`aws ec2 release-address --allocation-id ${id}`],
    charges: [{ priceKey: "vpc.publicIpv4.hour", quantity: HOURS_PER_MONTH }],
  },
  "ec2:network-interface": {
    what: "network interface",
    remove: ({ id }) => [`aws ec2 delete-network-interface --network-interface-id ${id}`],
    charges: FREE,
    byUsers: true,
  },
  "ec2:security-group": {
    what: "security group",
    remove: ({ id }) => removeSecurityGroup(id),
    charges: FREE,
    byUsers: withoutName,
  },
  "ec2:subnet": {
    what: "subnet",
    remove: ({ id }) => [`aws ec2 delete-subnet --subnet-id ${id}`],
    charges: FREE,
  },
  "ec2:route-table": {
    what: "route table",
    remove: ({ id }) => removeRouteTable(id),
    charges: FREE,
  },
  "ec2:internet-gateway": {
    what: "internet gateway",
    remove: ({ id }) => removeInternetGateway(id),
    charges: FREE,
  },
  "ec2:vpc-endpoint": {
    what: "VPC endpoint",
    remove: ({ id }) => [`aws ec2 delete-vpc-endpoints --vpc-endpoint-ids ${id}`],
  },
  "ec2:vpc": {
    what: "VPC",
    remove: ({ id }) => [`aws ec2 delete-vpc --vpc-id ${id}`],
    charges: FREE,
  },
  "ec2:launch-template": {
    what: "launch template",
    remove: ({ id }) => [`aws ec2 delete-launch-template --launch-template-id ${id}`],
    charges: FREE,
  },
  "elasticloadbalancing:loadbalancer": {
    what: "load balancer",
    remove: ({ arn, id }) => removeLoadBalancer(id, arn),
    byUsers: withoutName,
  },
  "elasticloadbalancing:targetgroup": {
    what: "target group",
    remove: ({ arn }) => [`aws elbv2 delete-target-group --target-group-arn ${arn}`],
    charges: FREE,
    byUsers: withoutName,
  },
  "rds:db": {
    what: "database",
    remove: ({ id }) => {
      const database = `--db-instance-identifier ${id}`;
      return [
        `aws rds modify-db-instance ${database} --no-deletion-protection --apply-immediately`,
        `aws rds delete-db-instance ${database} --skip-final-snapshot --delete-automated-backups`,
        `aws rds wait db-instance-deleted ${database}`,
      ];
    },
  },
  "rds:snapshot": {
    what: "database snapshot",
    remove: ({ id }) => [`aws rds delete-db-snapshot --db-snapshot-identifier ${id}`],
    holdsData: true,
    byUsers: true,
  },
  "rds:auto-backup": {
    what: "automated backups of a database",
    remove: ({ arn }) => [
      `aws rds delete-db-instance-automated-backup --db-instance-automated-backups-arn ${arn}`,
    ],
    holdsData: true,
  },
  "rds:subgrp": {
    what: "database subnet group",
    remove: ({ id }) => [`aws rds delete-db-subnet-group --db-subnet-group-name ${id}`],
    charges: FREE,
  },
  "rds:pg": {
    what: "database parameter group",
    remove: ({ id }) => [`aws rds delete-db-parameter-group --db-parameter-group-name ${id}`],
    charges: FREE,
  },
  "s3:": {
    what: "bucket",
    remove: ({ id }) => removeBucket(id),
    holdsData: true,
  },
  "cognito-idp:userpool": {
    what: "user pool",
    remove: ({ id }) => removeUserPool(id),
  },
  "ssm:parameter": {
    what: "parameter",
    remove: ({ id }) => [`aws ssm delete-parameter --name /${id}`],
    charges: FREE,
  },
  "logs:log-group": {
    what: "log group",
    remove: ({ id }) => [`aws logs delete-log-group --log-group-name ${id}`],
  },
  "lambda:function": {
    what: "function",
    remove: ({ id }) => [`aws lambda delete-function --function-name ${id}`],
    charges: FREE,
  },
  "apigateway:apis": {
    what: "HTTP API",
    remove: ({ id }) => [`aws apigatewayv2 delete-api --api-id ${id}`],
    charges: FREE,
  },
  "eks:cluster": {
    what: "EKS cluster",
    remove: ({ id }) => removeCluster(id),
    charges: [{ priceKey: "eks.cluster.hour", quantity: HOURS_PER_MONTH }],
  },
  "eks:nodegroup": {
    what: "node group",
    remove: ({ id }) => {
      const [cluster = "", group = ""] = id.split("/");
      const at = `--cluster-name ${cluster} --nodegroup-name ${group}`;
      return [`aws eks delete-nodegroup ${at}`, `aws eks wait nodegroup-deleted ${at}`];
    },
    charges: FREE,
  },
  "kms:key": {
    what: "encryption key",
    remove: ({ id }) => [`aws kms schedule-key-deletion --key-id ${id} --pending-window-in-days 7`],
    charges: [{ priceKey: "kms.key.month", quantity: 1 }],
  },
  "elasticfilesystem:file-system": {
    what: "file system",
    remove: ({ id }) => removeFileSystem(id),
    holdsData: true,
  },
  ...STUDIO_KINDS,
  "cloudfront:distribution": {
    what: "distribution",
    remove: ({ id }) => removeDistribution(id),
    charges: FREE,
  },
  "cloudfront:vpcorigin": {
    what: "VPC origin",
    remove: ({ id }) => removeVpcOrigin(id),
    charges: FREE,
  },
  "cloudfront:function": {
    what: "CloudFront function",
    remove: ({ id }) => removeEdgeFunction(id),
    charges: FREE,
  },
  "route53:hostedzone": {
    what: "hosted zone",
    remove: ({ id }) => removeHostedZone(id),
    charges: [{ priceKey: "route53.zone.month", quantity: 1 }],
  },
  "iam:oidc-provider": {
    what: "identity provider",
    remove: ({ arn }) => [
      `aws iam delete-open-id-connect-provider --open-id-connect-provider-arn ${arn}`,
    ],
    charges: FREE,
  },
  "iam:instance-profile": {
    what: "instance profile",
    remove: ({ id }) => removeInstanceProfile(id),
    charges: FREE,
  },
  "iam:role": {
    what: "role",
    remove: ({ id }) => removeRole(id),
    charges: FREE,
  },
  "secretsmanager:secret": {
    what: "secret",
    remove: ({ arn }) => [
      `aws secretsmanager delete-secret --secret-id ${arn} --force-delete-without-recovery`,
    ],
    charges: [{ priceKey: "secretsManager.secret.month", quantity: 1 }],
  },
};

/** Kinds that cannot be without another, which is listed. */
const PARTS: ReadonlySet<string> = new Set([
  "ec2:security-group-rule",
  "eks:addon",
  "eks:access-entry",
  "eks:podidentityassociation",
  // Found by their domain, with their state.
  "sagemaker:app",
  "sagemaker:space",
]);

/** Whether something is not listed by itself: a rule of a group, a stage of an API. */
export function isPart({ service, type, id }: Arn): boolean {
  return PARTS.has(`${service}:${type}`) || (service === "apigateway" && id.includes("/"));
}

/** The kind of an ARN; one that nothing here knows has a name and no command. */
export function kindOf({ service, type }: Pick<Arn, "service" | "type">): Kind {
  return KINDS[`${service}:${type}`] ?? { what: `${service} ${type}`.trim() };
}

/** Takes an ARN apart; separators differ from service to service. */
export function parseArn(arn: string): Arn {
  const [, , service = "", region = "", , ...rest] = arn.split(":");
  // log-group:/aws/eks/name/cluster, db:name, apis/id, instance/i-1, /apis/id, my-bucket
  const resource = rest.join(":").replace(/^\//, "").replace(/:\*$/, "");
  const [, type = "", id = ""] = /^([a-z0-9-]+)[:/](.*)$/s.exec(resource) ?? [];
  return service === "s3" || type === ""
    ? { service, region, type: "", id: resource, arn }
    : { service, region, type, id, arn };
}
