import type { PriceRule } from "../rule";

/** A customer-managed key is billed by the month. Each yearly rotation adds one price, at most twice. */
export const encryptionKey: PriceRule = {
  type: "aws:kms/key:Key",
  service: "KMS",
  category: "operations",
  source: "https://aws.amazon.com/kms/pricing/",
  lines: () => [
    { label: "Encryption key", unit: "key-month", quantity: 1, priceKey: "kms.key.month" },
  ],
};
