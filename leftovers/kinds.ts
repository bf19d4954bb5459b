import type { Charge } from "./remains";

/** An ARN apart: `arn:aws:<service>:<region>:<account>:<type>/<id>`. */
export interface Arn {
  readonly service: string;
  readonly region: string;
  /** Empty where the service has one kind of thing. */
  readonly type: string;
  readonly id: string;
  readonly arn: string;
}

/** A kind of thing that carries tags. */
export interface Kind {
  /** As it reads in a sentence. */
  readonly what: string;
  /** Arguments of `aws` that remove one. @default none are known */
  readonly remove?: (arn: Arn) => string;
  /** Whether it holds data that a kept stack leaves behind. @default it does not */
  readonly holdsData?: boolean;
  /** What one costs, whatever it is like; empty is free. @default only AWS or usage can tell */
  readonly charges?: readonly Charge[];
}

const HOURS = 730;
const FREE: readonly Charge[] = [];

/** What a stack can leave, by service and type of its ARN. */
export const KINDS: Readonly<Record<string, Kind>> = {
  "ec2:instance": {
    what: "instance",
    remove: ({ id }) => `ec2 terminate-instances --instance-ids ${id}`,
  },
  "ec2:volume": {
    what: "volume",
    remove: ({ id }) => `ec2 delete-volume --volume-id ${id}`,
    holdsData: true,
  },
  "ec2:snapshot": {
    what: "volume snapshot",
    remove: ({ id }) => `ec2 delete-snapshot --snapshot-id ${id}`,
    holdsData: true,
  },
  "ec2:natgateway": {
    what: "NAT gateway",
    remove: ({ id }) => `ec2 delete-nat-gateway --nat-gateway-id ${id}`,
    charges: [{ priceKey: "vpc.natGateway.hour", quantity: HOURS }],
  },
  "ec2:elastic-ip": {
    what: "Elastic IP",
    remove: ({ id }) => `ec2 release-address --allocation-id ${id}`,
    charges: [{ priceKey: "vpc.publicIpv4.hour", quantity: HOURS }],
  },
  "ec2:network-interface": {
    what: "network interface",
    remove: ({ id }) => `ec2 delete-network-interface --network-interface-id ${id}`,
    charges: FREE,
  },
  "ec2:security-group": {
    what: "security group",
    remove: ({ id }) => `ec2 delete-security-group --group-id ${id}`,
    charges: FREE,
  },
  "ec2:subnet": {
    what: "subnet",
    remove: ({ id }) => `ec2 delete-subnet --subnet-id ${id}`,
    charges: FREE,
  },
  "ec2:route-table": {
    what: "route table",
    remove: ({ id }) => `ec2 delete-route-table --route-table-id ${id}`,
    charges: FREE,
  },
  "ec2:internet-gateway": {
    what: "internet gateway",
    remove: ({ id }) => `ec2 delete-internet-gateway --internet-gateway-id ${id}`,
    charges: FREE,
  },
  "ec2:vpc-endpoint": {
    what: "VPC endpoint",
    remove: ({ id }) => `ec2 delete-vpc-endpoints --vpc-endpoint-ids ${id}`,
  },
  "ec2:vpc": {
    what: "VPC",
    remove: ({ id }) => `ec2 delete-vpc --vpc-id ${id}`,
    charges: FREE,
  },
  "ec2:launch-template": {
    what: "launch template",
    remove: ({ id }) => `ec2 delete-launch-template --launch-template-id ${id}`,
    charges: FREE,
  },
  "elasticloadbalancing:loadbalancer": {
    what: "load balancer",
    remove: ({ arn, id }) =>
      id.includes("/")
        ? `elbv2 delete-load-balancer --load-balancer-arn ${arn}`
        : `elb delete-load-balancer --load-balancer-name ${id}`,
  },
  "elasticloadbalancing:targetgroup": {
    what: "target group",
    remove: ({ arn }) => `elbv2 delete-target-group --target-group-arn ${arn}`,
    charges: FREE,
  },
  "rds:db": {
    what: "database",
    remove: ({ id }) =>
      `rds delete-db-instance --db-instance-identifier ${id} --skip-final-snapshot --delete-automated-backups`,
    holdsData: true,
  },
  "rds:snapshot": {
    what: "database snapshot",
    remove: ({ id }) => `rds delete-db-snapshot --db-snapshot-identifier ${id}`,
    holdsData: true,
  },
  "rds:auto-backup": {
    what: "automated backups of a database",
    remove: ({ arn }) =>
      `rds delete-db-instance-automated-backup --db-instance-automated-backups-arn ${arn}`,
    holdsData: true,
  },
  "rds:subgrp": {
    what: "database subnet group",
    remove: ({ id }) => `rds delete-db-subnet-group --db-subnet-group-name ${id}`,
    charges: FREE,
  },
  "rds:pg": {
    what: "database parameter group",
    remove: ({ id }) => `rds delete-db-parameter-group --db-parameter-group-name ${id}`,
    charges: FREE,
  },
  "s3:": {
    what: "bucket",
    remove: ({ id }) => `s3 rb s3://${id} --force`,
    holdsData: true,
  },
  "cognito-idp:userpool": {
    what: "user pool",
    remove: ({ id }) => `cognito-idp delete-user-pool --user-pool-id ${id}`,
    holdsData: true,
  },
  "ssm:parameter": {
    what: "parameter",
    remove: ({ id }) => `ssm delete-parameter --name /${id}`,
    charges: FREE,
  },
  "logs:log-group": {
    what: "log group",
    remove: ({ id }) => `logs delete-log-group --log-group-name ${id}`,
  },
  "lambda:function": {
    what: "function",
    remove: ({ id }) => `lambda delete-function --function-name ${id}`,
    charges: FREE,
  },
  "apigateway:apis": {
    what: "HTTP API",
    remove: ({ id }) => `apigatewayv2 delete-api --api-id ${id}`,
    charges: FREE,
  },
  "eks:cluster": {
    what: "EKS cluster",
    remove: ({ id }) => `eks delete-cluster --name ${id}`,
    charges: [{ priceKey: "eks.cluster.hour", quantity: HOURS }],
  },
  "eks:nodegroup": {
    what: "node group",
    remove: ({ id }) => {
      const [cluster = "", group = ""] = id.split("/");
      return `eks delete-nodegroup --cluster-name ${cluster} --nodegroup-name ${group}`;
    },
    charges: FREE,
  },
  "kms:key": {
    what: "encryption key",
    remove: ({ id }) => `kms schedule-key-deletion --key-id ${id} --pending-window-in-days 7`,
    holdsData: true,
    charges: [{ priceKey: "kms.key.month", quantity: 1 }],
  },
  "elasticfilesystem:file-system": {
    what: "file system",
    remove: ({ id }) => `efs delete-file-system --file-system-id ${id}`,
    holdsData: true,
  },
  "sagemaker:domain": {
    what: "Studio domain",
    remove: ({ id }) =>
      `sagemaker delete-domain --domain-id ${id} --retention-policy HomeEfsFileSystem=Delete`,
    charges: FREE,
  },
  "sagemaker:user-profile": {
    what: "Studio profile",
    remove: ({ id }) => {
      const [domain = "", profile = ""] = id.split("/");
      return `sagemaker delete-user-profile --domain-id ${domain} --user-profile-name ${profile}`;
    },
    charges: FREE,
  },
  "cloudfront:distribution": {
    what: "distribution",
    remove: ({ id }) =>
      `cloudfront delete-distribution --id ${id} --if-match $(aws cloudfront get-distribution --id ${id} --query ETag --output text)`,
    charges: FREE,
  },
  "route53:hostedzone": {
    what: "hosted zone",
    remove: ({ id }) => `route53 delete-hosted-zone --id ${id}`,
    charges: [{ priceKey: "route53.zone.month", quantity: 1 }],
  },
  "iam:oidc-provider": {
    what: "identity provider",
    remove: ({ arn }) =>
      `iam delete-open-id-connect-provider --open-id-connect-provider-arn ${arn}`,
    charges: FREE,
  },
  "iam:instance-profile": {
    what: "instance profile",
    remove: ({ id }) => `iam delete-instance-profile --instance-profile-name ${id}`,
    charges: FREE,
  },
  "iam:role": {
    what: "role",
    remove: ({ id }) => `iam delete-role --role-name ${id}`,
    charges: FREE,
  },
  "secretsmanager:secret": {
    what: "secret",
    remove: ({ arn }) =>
      `secretsmanager delete-secret --secret-id ${arn} --force-delete-without-recovery`,
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
