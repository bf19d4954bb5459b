import assert from "node:assert/strict";
import { exactCents } from "../../../cost/amount";
import { USD } from "../../../cost/currency";
import { estimate } from "../../../cost/estimate";
import { priceBook } from "../../../cost/price-book";
import type { DeclaredResource } from "../../../cost/rule";
import type { Usage } from "../../../cost/scenarios/usage";
import { declared, TODAY } from "../../support/resources";

const paris = priceBook("eu-west-3", USD);

/** Cents a month by label. Undefined is an amount that depends on usage. */
function bill(resource: DeclaredResource, usage: Usage = {}): object {
  const { lines } = estimate([resource], { book: paris, usage, today: TODAY });
  return Object.fromEntries(lines.map((line) => [line.label, exactCents(line.amount)]));
}

describe("price of what is billed by use alone", () => {
  const bucket = declared("aws:s3/bucket:Bucket", "data");

  it("of a bucket: storage and requests", () => {
    const usage = { s3StorageGb: 500, s3PutRequests: 20_000, s3GetRequests: 20_000 };
    assert.deepEqual(bill(bucket, usage), {
      "Storage (Standard)": 1200, // 500 × 0.024
      "PUT, COPY, POST, LIST requests": 11, // 20 × 0.0053 = 0.106
      "GET and other requests": 1, // 20 × 0.00042 = 0.0084
    });
  });

  it("of a bucket, in bands that begin at 50 and 500 TB", () => {
    const storage = (s3StorageGb: number) =>
      Object.fromEntries(
        Object.entries(bill(bucket, { s3StorageGb })).filter(([label]) => label.startsWith("Stor")),
      );
    const first = { "Storage (Standard)": 122880 }; // 51,200 × 0.024
    assert.deepEqual(storage(51200), first);
    assert.deepEqual(storage(51300), {
      ...first,
      "Storage (Standard, over 50 TB)": 230, // 100 × 0.023
    });
    assert.deepEqual(storage(512100), {
      ...first,
      "Storage (Standard, over 50 TB)": 1059840, // 460,800 × 0.023
      "Storage (Standard, over 500 TB)": 220, // 100 × 0.022
    });
  });

  it("of a user pool, by plan", () => {
    const pool = (userPoolTier?: string): DeclaredResource =>
      declared("aws:cognito/userPool:UserPool", "users", userPoolTier ? { userPoolTier } : {});
    const essentials = "Monthly active users (Essentials, beyond 10,000 free)";
    assert.deepEqual(bill(pool()), { [essentials]: undefined });
    assert.deepEqual(bill(pool("ESSENTIALS"), { monthlyActiveUsers: 10_000 }), { [essentials]: 0 });
    assert.deepEqual(bill(pool("ESSENTIALS"), { monthlyActiveUsers: 11_000 }), {
      [essentials]: 1500, // 1,000 × 0.015
    });
    assert.deepEqual(bill(pool("PLUS"), { monthlyActiveUsers: 10_000 }), {
      "Monthly active users (Plus)": 20000, // 10,000 × 0.02
    });
    assert.deepEqual(bill(pool("LITE"), { monthlyActiveUsers: 101_000 }), {
      "Monthly active users (Lite, beyond 10,000 free)": 49500, // 90,000 × 0.0055
      "Monthly active users (Lite, over 100,000)": 460, // 1,000 × 0.0046
    });
    assert.deepEqual(bill(pool("LITE"), { monthlyActiveUsers: 10_001_000 }), {
      "Monthly active users (Lite, beyond 10,000 free)": 49500,
      "Monthly active users (Lite, over 100,000)": 414000, // 900,000 × 0.0046
      "Monthly active users (Lite, over 1,000,000)": 2925000, // 9,000,000 × 0.00325
      "Monthly active users (Lite, over 10,000,000)": 250, // 1,000 × 0.0025
    });
    // A plan that is not known yet has no price, which is not 0.
    const { lines } = estimate([pool("GOLD")], {
      book: paris,
      usage: { monthlyActiveUsers: 10 },
      today: TODAY,
    });
    assert.deepEqual(
      lines.map(({ amount }) => amount),
      [{ leastCents: 0, atLeast: true, plusUsage: false }],
    );
    assert.match(lines[0]?.problem ?? "", /"cognito\.gold\.mau"/);
  });
});
