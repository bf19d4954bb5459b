import { createHash } from "node:crypto";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { frontDoorNames } from "../../settings/front-door-names";
import type { Network } from "../network";
import { allowedCidrsCode } from "./cidr-function";
import { Balancer, BALANCER_PORT, type BalancerArgs } from "./balancer";

/** Zones in which CloudFront has no VPC origins, by id. Source:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html */
export const ZONES_WITHOUT_VPC_ORIGINS = ["use1-az3", "usw1-az2", "apne1-az3", "cac1-az3"] as const;

/**
 * AWS's managed policies CachingDisabled and AllViewer. All headers, also `Host`: where it is another than
 * the viewer's, a WebSocket is refused as one from a foreign page. Sources:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
 */
const CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
const ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3";

const ALL_METHODS = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"];

/** CloudFront takes up to 15 minutes for each, which is just as long as the provider waits by default. */
const SLOW = { create: "30m", update: "30m", delete: "30m" };

export interface FrontDoorArgs extends Omit<BalancerArgs, "vpcId" | "subnetIds"> {
  /** Stands in the names by which the audit finds what has no tags. */
  readonly stackId: pulumi.Input<string>;
  /** Tags of the stack, as in the provider's default tags. */
  readonly tags: Readonly<Record<string, pulumi.Input<string>>>;
  readonly network: Network;
  /** IPv4 networks whose viewers are let in. */
  readonly allowedCidrs: readonly string[];
  /** Cleans up when CloudFront is gone and before the network goes; depends on the network. */
  readonly janitor: pulumi.Resource;
  /** Registers the target's nodes; what it declares has `parent` for a parent. */
  readonly attach: (targets: aws.lb.TargetGroup, parent: pulumi.Resource) => void;
}

/**
 * HTTPS without a domain of one's own: CloudFront with its own certificate, a way into the VPC that only
 * CloudFront has, and a load balancer that only that way leads to.
 *
 * A destroy takes it apart from the outside: distribution, origin, then load balancer and groups. CloudFront
 * lets an origin go when no distribution has it, and AWS a subnet when CloudFront's interfaces are gone from
 * it. So nothing here is `deletedWith` anything, and a destroy takes 20 to 40 minutes.
 * Priced by `cost/rules/`: the load balancer, and the distribution by usage.
 */
export class FrontDoor extends pulumi.ComponentResource {
  /** Without a slash at the end. */
  readonly url: pulumi.Output<string>;
  readonly domainName: pulumi.Output<string>;

  constructor(name: string, args: FrontDoorArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlp:component:FrontDoor", name, {}, opts);
    const { vpcId, privateSubnetIds: subnetIds } = args.network;
    const balancer = new Balancer(name, { ...args, vpcId, subnetIds }, { parent: this });
    args.attach(balancer.targets, this);
    const origin = this.origin(name, args, balancer);
    const filter = this.filter(name, args);
    this.domainName = this.distribution(name, balancer, origin, filter).domainName;
    this.url = pulumi.interpolate`https://${this.domainName}`;
    this.registerOutputs({ url: this.url, domainName: this.domainName });
  }

  /**
   * CloudFront's way into the VPC. AWS refuses every change of one that a distribution has, even of a tag
   * (https://github.com/hashicorp/terraform-provider-aws/issues/40905,
   * https://github.com/aws/aws-cdk/issues/35765). So another load balancer makes another origin, with
   * another name, to which the distribution changes before the old one goes; and the tags stay those of its
   * creation, of which project, stack and stack id never change. They are declared here, since what a resource
   * has itself wins over a default tag that has changed.
   */
  private origin(
    name: string,
    { stackId, tags, network, janitor }: FrontDoorArgs,
    balancer: Balancer,
  ): aws.cloudfront.VpcOrigin {
    const config = balancer.arn.apply((arn) => ({
      arn,
      httpPort: BALANCER_PORT,
      originProtocolPolicy: "http-only",
      // Required, though nothing speaks HTTPS here.
      httpsPort: 443,
      originSslProtocols: { items: ["TLSv1.2"], quantity: 1 },
    }));
    return new aws.cloudfront.VpcOrigin(
      `${name}-origin`,
      {
        vpcOriginEndpointConfig: pulumi.all([config, stackId]).apply(([endpoint, id]) => ({
          ...endpoint,
          name: frontDoorNames(id).originPrefix + digest(endpoint),
        })),
        // As an input: the bridge gives no `customTimeouts` to resources of Terraform's newer framework.
        // https://github.com/pulumi/pulumi-terraform-bridge/issues/827
        timeouts: SLOW,
        tags,
      },
      {
        parent: this,
        dependsOn: [network, janitor, ...balancer.ready],
        replaceOnChanges: ["vpcOriginEndpointConfig"],
        ignoreChanges: ["tags", "tagsAll"],
      },
    );
  }

  private filter(name: string, { stackId, allowedCidrs }: FrontDoorArgs): aws.cloudfront.Function {
    return new aws.cloudfront.Function(
      `${name}-allowed-cidrs`,
      {
        name: pulumi.output(stackId).apply((id) => frontDoorNames(id).function),
        comment: "Lets in allowedCidrs of an ml-platform stack",
        runtime: "cloudfront-js-2.0",
        code: allowedCidrsCode(allowedCidrs),
      },
      { parent: this },
    );
  }

  private distribution(
    name: string,
    { dnsName }: Balancer,
    origin: aws.cloudfront.VpcOrigin,
    filter: aws.cloudfront.Function,
  ): aws.cloudfront.Distribution {
    return new aws.cloudfront.Distribution(
      `${name}-distribution`,
      {
        comment: "Front door of an ml-platform stack",
        enabled: true,
        // The networks that are allowed are IPv4.
        isIpv6Enabled: false,
        priceClass: "PriceClass_100",
        origins: [
          {
            originId: "balancer",
            domainName: dnsName,
            vpcOriginConfig: { vpcOriginId: origin.id, originReadTimeout: 60 },
            // The origin speaks HTTP, and would leave "Secure" out of cookies.
            customHeaders: [{ name: "X-Forwarded-Proto", value: "https" }],
          },
        ],
        defaultCacheBehavior: {
          targetOriginId: "balancer",
          viewerProtocolPolicy: "redirect-to-https",
          allowedMethods: ALL_METHODS,
          cachedMethods: ["GET", "HEAD"],
          cachePolicyId: CACHING_DISABLED,
          originRequestPolicyId: ALL_VIEWER,
          functionAssociations: [{ eventType: "viewer-request", functionArn: filter.arn }],
        },
        restrictions: { geoRestriction: { restrictionType: "none" } },
        viewerCertificate: { cloudfrontDefaultCertificate: true },
      },
      { parent: this, customTimeouts: SLOW },
    );
  }
}

function digest(value: object): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 8);
}
