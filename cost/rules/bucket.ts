import type { PriceRule } from "../rule";
import { tiered } from "../tiers";

/**
 * A bucket is billed by stored data and requests, which are usage. All buckets have the same prices, so their
 * usage together gives one set of lines. Old object versions count as stored data.
 */
export const bucket: PriceRule = {
  type: "aws:s3/bucket:Bucket",
  service: "S3",
  category: "data",
  source: "https://aws.amazon.com/s3/pricing/",
  lines: (_resource, { usage }) => [
    ...tiered({ usage: "s3StorageGb", unit: "GB-month", quantity: usage.s3StorageGb }, [
      { label: "Storage (Standard)", size: 51200, priceKey: "s3.standard.gbMonth" },
      {
        label: "Storage (Standard, over 50 TB)",
        size: 460800,
        priceKey: "s3.standard.over50Tb.gbMonth",
      },
      { label: "Storage (Standard, over 500 TB)", priceKey: "s3.standard.over500Tb.gbMonth" },
    ]),
    {
      label: "PUT, COPY, POST, LIST requests",
      unit: "1,000 requests",
      quantity: thousands(usage.s3PutRequests),
      usage: "s3PutRequests",
      priceKey: "s3.standard.put.thousand",
    },
    {
      label: "GET and other requests",
      unit: "1,000 requests",
      quantity: thousands(usage.s3GetRequests),
      usage: "s3GetRequests",
      priceKey: "s3.standard.get.thousand",
    },
  ],
};

function thousands(requests: number | undefined): number | undefined {
  return requests === undefined ? undefined : requests / 1000;
}
