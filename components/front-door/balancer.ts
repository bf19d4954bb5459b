import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Port of the load balancer. It speaks plain HTTP, since nobody issues a certificate for its name. */
export const BALANCER_PORT = 80;

/**
 * Name of AWS's list, in each region, of the addresses from which CloudFront connects to origins.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/LocationsOfEdgeServers.html
 */
const CLOUDFRONT_ADDRESSES = "com.amazonaws.global.cloudfront.origin-facing";

/** Inputs of `Balancer`. */
export interface BalancerArgs {
  readonly vpcId: pulumi.Input<string>;
  /** Private subnets, one in each zone; none in a zone of `ZONES_WITHOUT_VPC_ORIGINS`. */
  readonly subnetIds: readonly pulumi.Input<string>[];
  /** The Service behind it: its port on every node, and the path that answers 200 when it is healthy. */
  readonly service: { readonly nodePort: number; readonly healthPath: string };
  /** Security group of the nodes. It gets a rule for the load balancer. */
  readonly nodeSecurityGroupId: pulumi.Input<string>;
  /** Provider for look-ups; see `components/aws-provider.ts`. */
  readonly lookups: aws.Provider;
}

/**
 * A network load balancer without a public address, between CloudFront and a NodePort. It is created with a
 * security group, since AWS adds none to one that was created without. Only CloudFront can connect to it, and it
 * can connect only to the NodePort; the nodes admit this group at that port.
 *
 * Priced by `cost/rules/`: its hours, and its capacity units from usage.
 */
export class Balancer extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  /** Name with private addresses. */
  readonly dnsName: pulumi.Output<string>;
  /** Target group in which the nodes are registered. */
  readonly targets: aws.lb.TargetGroup;
  /** Resources without which it serves nothing: create them before what uses it, and delete them after. */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: BalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlp:component:Balancer", name, {}, opts);
    const tags = { Name: `${name}-balancer` };
    const group = new aws.ec2.SecurityGroup(
      `${name}-balancer-group`,
      { vpcId: args.vpcId, description: "Load balancer of the front door", tags },
      { parent: this },
    );
    const rules = this.rules(name, args, group);
    const balancer = new aws.lb.LoadBalancer(
      `${name}-balancer`,
      {
        internal: true,
        loadBalancerType: "network",
        ipAddressType: "ipv4",
        subnets: [...args.subnetIds],
        securityGroups: [group.id],
        // The Service forwards to pods in all zones anyway, and AWS bills traffic between zones.
        enableCrossZoneLoadBalancing: false,
        tags,
      },
      { parent: this },
    );
    this.targets = this.targetGroup(name, args);
    const listener = new aws.lb.Listener(
      `${name}-listener`,
      {
        loadBalancerArn: balancer.arn,
        port: BALANCER_PORT,
        protocol: "TCP",
        defaultActions: [{ type: "forward", targetGroupArn: this.targets.arn }],
      },
      { parent: this },
    );
    this.arn = balancer.arn;
    this.dnsName = balancer.dnsName;
    this.ready = [listener, ...rules];
    this.registerOutputs({ arn: this.arn, dnsName: this.dnsName });
  }

  private targetGroup(name: string, { vpcId, service }: BalancerArgs): aws.lb.TargetGroup {
    return new aws.lb.TargetGroup(
      `${name}-nodes`,
      {
        vpcId,
        protocol: "TCP",
        targetType: "instance",
        port: service.nodePort,
        // The client is always CloudFront. So nodes answer the load balancer, also for a pod on another node.
        preserveClientIp: "false",
        deregistrationDelay: 15,
        healthCheck: {
          protocol: "HTTP",
          path: service.healthPath,
          port: "traffic-port",
          matcher: "200",
          interval: 10,
          timeout: 5,
          healthyThreshold: 2,
          unhealthyThreshold: 2,
        },
        tags: { Name: `${name}-nodes` },
      },
      { parent: this },
    );
  }

  private rules(name: string, args: BalancerArgs, group: aws.ec2.SecurityGroup): pulumi.Resource[] {
    const { nodeSecurityGroupId, service, lookups } = args;
    const prefixList = aws.ec2.getManagedPrefixListOutput(
      { name: CLOUDFRONT_ADDRESSES },
      { provider: lookups },
    );
    const port = (number: number) => ({ ipProtocol: "tcp", fromPort: number, toPort: number });
    return [
      new aws.vpc.SecurityGroupIngressRule(
        `${name}-from-cloudfront`,
        {
          securityGroupId: group.id,
          prefixListId: prefixList.id,
          ...port(BALANCER_PORT),
          description: "CloudFront",
        },
        { parent: this },
      ),
      new aws.vpc.SecurityGroupEgressRule(
        `${name}-to-nodes`,
        {
          securityGroupId: group.id,
          referencedSecurityGroupId: nodeSecurityGroupId,
          ...port(service.nodePort),
          description: "NodePort of the front door, and its health check",
        },
        { parent: this },
      ),
      new aws.vpc.SecurityGroupIngressRule(
        `${name}-into-nodes`,
        {
          securityGroupId: nodeSecurityGroupId,
          referencedSecurityGroupId: group.id,
          ...port(service.nodePort),
          description: "NodePort, from the load balancer of the front door",
        },
        { parent: this },
      ),
    ];
  }
}
