import { CostError } from "../cost-error";
import { isString, readInput } from "../resources/inputs";
import { HOURS_PER_MONTH, type PriceRule } from "../rule";

/**
 * A network load balancer is billed for each hour it exists, and for the capacity units of its largest dimension
 * in an hour. One unit is 1 GB an hour, 800 new connections a second or 100,000 active ones; for a login page and
 * notebooks the GB are the largest by far. All of them pass CloudFront, which counts the data to viewers; uploads
 * and the cluster's own health checks are small beside it.
 */
export const loadBalancer: PriceRule = {
  type: "aws:lb/loadBalancer:LoadBalancer",
  service: "Elastic Load Balancing",
  category: "logins",
  source: "https://aws.amazon.com/elasticloadbalancing/pricing/",
  lines: (resource, { usage }) => {
    const type = readInput(resource, "loadBalancerType", isString, "application");
    if (type !== "network") {
      throw new CostError(
        `${resource.type} "${resource.name}" cannot be priced: loadBalancerType is ${type}; ` +
          `declare a network one, or add a price for it to cost/rules/load-balancer.ts`,
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
