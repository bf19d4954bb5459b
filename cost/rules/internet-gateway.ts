import type { PriceRule } from "../rule";
import { aboveFree, tiered } from "../tiers";

/** GB a month that an account sends to the internet for free. https://aws.amazon.com/ec2/pricing/on-demand/ */
const FREE_GB = 100;

/**
 * The gateway itself is free. All data from the VPC to the internet passes it, through NAT or from a public
 * address, so its transfer is priced here, once for each stack. Tiers begin above the free allowance.
 */
export const internetGateway: PriceRule = {
  type: "aws:ec2/internetGateway:InternetGateway",
  service: "Data transfer",
  category: "network",
  source: "https://aws.amazon.com/ec2/pricing/on-demand/#Data_Transfer",
  lines: (_resource, { usage }) =>
    tiered(
      {
        usage: "internetOutGb",
        unit: "GB",
        quantity: aboveFree(FREE_GB, usage.internetOutGb),
      },
      [
        {
          label: `Data to the internet (beyond ${FREE_GB} GB free)`,
          size: 10240,
          priceKey: "dataTransfer.outInternet.gb",
        },
        {
          label: "Data to the internet (next 40 TB)",
          size: 40960,
          priceKey: "dataTransfer.outInternet.over10Tb.gb",
        },
        {
          label: "Data to the internet (next 100 TB)",
          size: 102400,
          priceKey: "dataTransfer.outInternet.over50Tb.gb",
        },
        {
          label: "Data to the internet (over 150 TB)",
          priceKey: "dataTransfer.outInternet.over150Tb.gb",
        },
      ],
    ),
};
