import type { PriceRule } from "../rule";

/** A hosted zone, public or private, is billed by the month. It is free if it is deleted within 12 hours. */
export const zone: PriceRule = {
  type: "aws:route53/zone:Zone",
  service: "Route 53",
  category: "operations",
  source: "https://aws.amazon.com/route53/pricing/",
  lines: (_resource, { usage }) => [
    { label: "Hosted zone", unit: "zone-month", quantity: 1, priceKey: "route53.zone.month" },
    {
      label: "DNS queries",
      unit: "1,000,000 queries",
      quantity: usage.dnsQueries === undefined ? undefined : usage.dnsQueries / 1_000_000,
      usage: "dnsQueries",
      priceKey: "route53.queries.million",
    },
  ],
};
