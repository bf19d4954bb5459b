import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Port of the load balancer. Plain HTTP: it has no name that a certificate could be for. */
export const BALANCER_PORT = 80;

/** Addresses from which CloudFront speaks to origins, a list that AWS keeps in each region. Source:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/LocationsOfEdgeServers.html */
const CLOUDFRONT_ADDRESSES = "com.amazonaws.global.cloudfront.origin-facing";

export interface BalancerArgs {
  readonly vpcId: pulumi.Input<string>;
  readonly subnetIds: readonly pulumi.Input<string>[];
  /** Port of the Service on every node, and the path at which it says that it works. */
  readonly service: { readonly nodePort: number; readonly healthPath: string };
  /** Security group of the nodes that serve. */
  readonly nodeSecurityGroupId: pulumi.Input<string>;
  /** Provider that asks AWS; see `components/aws-provider.ts`. */
  readonly lookups: aws.Provider;
}

/**
 * A network load balancer without a public address, between CloudFront and a NodePort. It has a security
 * group from the beginning: one without can never get one. Only CloudFront comes in, and nothing but the
 * NodePort is reached; nodes let only this group in.
 *
 * Priced by `cost/rules/`: its hours, and capacity by usage.
 */
export class Balancer extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  /** Name that resolves inside the VPC only. */
  readonly dnsName: pulumi.Output<string>;
  /** Where the target registers its nodes. */
  readonly targets: aws.lb.TargetGroup;
  /** What has to be there before anything is served, and until nothing is. */
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
        // The Service forwards to pods in any zone anyway, and traffic between zones is billed.
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
        // Kept, a node that answers through another one would have to answer a stranger.
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
