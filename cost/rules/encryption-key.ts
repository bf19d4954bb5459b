import type { PriceRule } from "../rule";

/** A key of one's own is billed by the month, each yearly rotation once more, twice at most. */
export const encryptionKey: PriceRule = {
  type: "aws:kms/key:Key",
  service: "KMS",
  category: "operations",
  source: "https://aws.amazon.com/kms/pricing/",
  lines: () => [
    { label: "Encryption key", unit: "key-month", quantity: 1, priceKey: "kms.key.month" },
  ],
};
