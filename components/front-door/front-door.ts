import { createHash } from "node:crypto";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { allowedCidrsFunctionName, vpcOriginPrefix } from "../../settings/names";
import { Balancer, BALANCER_PORT, type BalancerArgs } from "./balancer";
import { allowedCidrsCode } from "./cidr-function";

/**
 * AWS's managed policies CachingDisabled and AllViewer. AllViewer forwards all headers, also `Host`: with another
 * host than the viewer's, an application refuses a WebSocket as one from a foreign page.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
 */
const CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
const ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3";

const ALL_METHODS = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"];

/** Timeouts of the provider. Its defaults are 15 minutes, and CloudFront may take as long. */
const SLOW = { create: "30m", update: "30m", delete: "30m" };

/** Registers nodes in the target group; `parent` is the parent of the resources that it declares. */
export type Attach = (targets: aws.lb.TargetGroup, parent: pulumi.Resource) => void;

/** Inputs of `FrontDoor`. */
export interface FrontDoorArgs extends BalancerArgs {
  /** Part of the names by which the audit finds the origin and the function. */
  readonly stackId: pulumi.Input<string>;
  /** Tags of the stack, the same as the provider's default tags. */
  readonly tags: Readonly<Record<string, pulumi.Input<string>>>;
  /** IPv4 networks whose viewers are admitted. */
  readonly allowedCidrs: readonly string[];
  /** Cleans up after CloudFront is deleted and before the network is; it must depend on the network. */
  readonly janitor: pulumi.Resource;
  /** Registers the nodes of the target: `attachInstances` or `attachNodeGroup`. */
  readonly attach: Attach;
}

/**
 * HTTPS without a domain name of one's own: CloudFront with its own certificate, a VPC origin, and an internal
 * load balancer that only CloudFront can reach.
 *
 * A destroy deletes distribution, origin, then load balancer and groups: CloudFront deletes an origin only when no
 * distribution uses it, and AWS a subnet only when it has none of CloudFront's interfaces. So nothing here is
 * `deletedWith` anything, and a destroy takes 20 to 40 minutes.
 * Priced by `cost/rules/`: the load balancer, and the distribution from usage.
 */
export class FrontDoor extends pulumi.ComponentResource {
  /** `https://…`, without a slash at the end. */
  readonly url: pulumi.Output<string>;
  readonly domainName: pulumi.Output<string>;

  constructor(name: string, args: FrontDoorArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlp:component:FrontDoor", name, {}, opts);
    const balancer = new Balancer(name, args, { parent: this });
    args.attach(balancer.targets, this);
    const origin = this.origin(name, args, balancer);
    const filter = this.filter(name, args);
    this.domainName = this.distribution(name, balancer, origin, filter).domainName;
    this.url = pulumi.interpolate`https://${this.domainName}`;
    this.registerOutputs({ url: this.url, domainName: this.domainName });
  }

  /**
   * CloudFront's access to the VPC. AWS refuses every change of an origin that a distribution uses, even of a tag
   * (https://github.com/hashicorp/terraform-provider-aws/issues/40905,
   * https://github.com/aws/aws-cdk/issues/35765). So a new load balancer replaces the origin by one with another
   * name, and the distribution is updated before the old one is deleted. The tags remain those of its creation, of
   * which project, stack and stack id never change. They are declared here, since tags of the resource win over
   * default tags that have changed.
   */
  private origin(
    name: string,
    { stackId, tags, janitor }: FrontDoorArgs,
    balancer: Balancer,
  ): aws.cloudfront.VpcOrigin {
    const config = balancer.arn.apply((arn) => ({
      arn,
      httpPort: BALANCER_PORT,
      originProtocolPolicy: "http-only",
      // Required, although nothing uses HTTPS here.
      httpsPort: 443,
      originSslProtocols: { items: ["TLSv1.2"], quantity: 1 },
    }));
    return new aws.cloudfront.VpcOrigin(
      `${name}-origin`,
      {
        vpcOriginEndpointConfig: pulumi.all([config, stackId]).apply(([endpoint, id]) => ({
          ...endpoint,
          name: vpcOriginPrefix(id) + digest(endpoint),
        })),
        // An input: the bridge passes no `customTimeouts` to resources of Terraform's newer framework.
        // https://github.com/pulumi/pulumi-terraform-bridge/issues/827
        timeouts: SLOW,
        tags,
      },
      {
        parent: this,
        dependsOn: [janitor, ...balancer.ready],
        replaceOnChanges: ["vpcOriginEndpointConfig"],
        ignoreChanges: ["tags", "tagsAll"],
      },
    );
  }

  private filter(name: string, { stackId, allowedCidrs }: FrontDoorArgs): aws.cloudfront.Function {
    return new aws.cloudfront.Function(
      `${name}-allowed-cidrs`,
      {
        name: pulumi.output(stackId).apply(allowedCidrsFunctionName),
        comment: "Admits allowedCidrs of an ml-platform stack",
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
        // `allowedCidrs` are IPv4 networks.
        isIpv6Enabled: false,
        priceClass: "PriceClass_100",
        origins: [
          {
            originId: "balancer",
            domainName: dnsName,
            vpcOriginConfig: { vpcOriginId: origin.id, originReadTimeout: 60 },
            // The origin speaks HTTP, and would otherwise set cookies without "Secure".
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
