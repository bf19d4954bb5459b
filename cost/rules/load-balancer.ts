import { CostError } from "../cost-error";
import { isText, known } from "../known";
import { HOURS_PER_MONTH, type PriceRule } from "../rule";

/**
 * A network load balancer is billed for each hour it exists, and for the units of capacity that its busiest
 * measure takes in an hour. One unit is 1 GB an hour, 800 new connections a second or 100,000 open ones: of
 * a login page and notebooks the GB are the most by far. All of them come through CloudFront, which counts
 * what it sends to viewers; uploads and the cluster's own health checks are small beside it.
 */
export const loadBalancer: PriceRule = {
  type: "aws:lb/loadBalancer:LoadBalancer",
  service: "Elastic Load Balancing",
  category: "logins",
  source: "https://aws.amazon.com/elasticloadbalancing/pricing/",
  lines: (resource, { usage }) => {
    const type = known(resource, "loadBalancerType", isText, "application");
    if (type !== "network") {
      throw new CostError(
        `${resource.type} "${resource.name}" cannot be priced: loadBalancerType is ${type}; ` +
          `this rule knows network`,
      );
    }
    return [
      {
        label: "Load balancer (network)",
        unit: "hour",
        quantity: HOURS_PER_MONTH,
        priceKey: "elb.network.hour",
      },
      {
        label: "Load balancer capacity (network, 1 GB an hour each)",
        unit: "LCU-hour",
        quantity: usage.cloudFrontGb,
        usage: "cloudFrontGb",
        priceKey: "elb.network.lcu",
      },
    ];
  },
};
