import type { PriceRule } from "../rule";
import { aboveFree, tiered } from "../tiers";

/** Free each month in every account. https://aws.amazon.com/cloudfront/pricing/ */
const FREE = { gb: 1024, requests: 10_000_000 };

/**
 * A distribution is billed for data to its viewers and for their requests; viewers are assumed to be near the
 * region of the stack. Data from S3 or an instance to CloudFront is free.
 */
export const distribution: PriceRule = {
  type: "aws:cloudfront/distribution:Distribution",
  service: "CloudFront",
  category: "operations",
  source: "https://aws.amazon.com/cloudfront/pricing/",
  lines: (_resource, { usage }) => {
    const requests = aboveFree(FREE.requests, usage.cloudFrontRequests);
    return [
      ...tiered(
        { usage: "cloudFrontGb", unit: "GB", quantity: aboveFree(FREE.gb, usage.cloudFrontGb) },
        [
          {
            label: "Data to the internet (beyond 1 TB free)",
            size: 10240,
            priceKey: "cloudFront.outInternet.gb",
          },
          {
            label: "Data to the internet (over 10 TB)",
            priceKey: "cloudFront.outInternet.over10Tb.gb",
          },
        ],
      ),
      {
        label: "HTTPS requests (beyond 10,000,000 free)",
        unit: "10,000 requests",
        quantity: requests === undefined ? undefined : requests / 10_000,
        usage: "cloudFrontRequests",
        priceKey: "cloudFront.https.tenThousand",
      },
    ];
  },
};
