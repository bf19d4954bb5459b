import type { PriceRule } from "../rule";
import { aboveFree, tiered } from "../tiers";

/** Free each month in every account. https://aws.amazon.com/cloudfront/pricing/ */
const FREE = { gb: 1024, requests: 10_000_000 };

const GB_PER_TB = 1024;

/** Bands after the first 10 TB; the last one holds for all that is left. */
const BANDS = [
  { over: "10 TB", key: "10Tb", size: 40 * GB_PER_TB },
  { over: "50 TB", key: "50Tb", size: 100 * GB_PER_TB },
  { over: "150 TB", key: "150Tb", size: 350 * GB_PER_TB },
  { over: "500 TB", key: "500Tb", size: 524 * GB_PER_TB },
  { over: "1 PB", key: "1Pb", size: 4096 * GB_PER_TB },
  { over: "5 PB", key: "5Pb", size: Infinity },
];

/**
 * A distribution is billed for data to its viewers and for their requests; viewers are assumed to be near the
 * region of the stack. Data from S3 or an instance to CloudFront is free.
 *
 * A part of what logging in costs: nearly all of it passes the front door of notebooks. The other distribution of
 * `ec2` publishes two documents of a few KB.
 */
export const distribution: PriceRule = {
  type: "aws:cloudfront/distribution:Distribution",
  service: "CloudFront",
  category: "logins",
  source: "https://aws.amazon.com/cloudfront/pricing/",
  lines: (_resource, { usage }) => {
    const requests = aboveFree(FREE.requests, usage.cloudFrontRequests);
    return [
      ...tiered(
        { usage: "cloudFrontGb", unit: "GB", quantity: aboveFree(FREE.gb, usage.cloudFrontGb) },
        [
          {
            label: "Data to the internet (beyond 1 TB free)",
            size: 10 * GB_PER_TB,
            priceKey: "cloudFront.outInternet.gb",
          },
          ...BANDS.map(({ over, key, size }) => ({
            label: `Data to the internet (over ${over})`,
            size,
            priceKey: `cloudFront.outInternet.over${key}.gb`,
          })),
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
