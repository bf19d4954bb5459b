import { isText, known } from "../known";
import type { PriceRule } from "../rule";
import { beyond, tiered, type Tier } from "../tiers";

interface Plan {
  readonly name: string;
  /** Users a month that an account has for nothing. */
  readonly free: number;
  /** The last one holds for all users that are left. */
  readonly tiers: readonly Omit<Tier, "label">[];
}

/** Plans by `userPoolTier`. https://aws.amazon.com/cognito/pricing/ (since November 2024) */
const PLANS: Readonly<Record<string, Plan>> = {
  LITE: {
    name: "Lite",
    free: 10_000,
    tiers: [
      // The first band ends at 100,000 users, the free ones among them.
      { priceKey: "cognito.lite.mau", size: 90_000 },
      { priceKey: "cognito.lite.over100k.mau" },
    ],
  },
  ESSENTIALS: { name: "Essentials", free: 10_000, tiers: [{ priceKey: "cognito.essentials.mau" }] },
  PLUS: { name: "Plus", free: 0, tiers: [{ priceKey: "cognito.plus.mau" }] },
};

/** Made once: making it takes longer than all else here. */
const FORMAT = new Intl.NumberFormat("en-US");

/**
 * A user pool is billed for the people who log in during a month. Not in it: messages by SMS or
 * e-mail, tokens for machines, people of another identity provider.
 */
export const userPool: PriceRule = {
  type: "aws:cognito/userPool:UserPool",
  service: "Cognito",
  category: "logins",
  source: "https://aws.amazon.com/cognito/pricing/",
  lines: (resource, { usage }) => {
    const tier = known(resource, "userPoolTier", isText, "ESSENTIALS");
    // A plan that is not in the list goes through the price book, which refuses it by name.
    const plan = PLANS[tier] ?? {
      name: tier,
      free: 0,
      tiers: [{ priceKey: `cognito.${tier.toLowerCase()}.mau` }],
    };
    const free = plan.free === 0 ? "" : `, beyond ${FORMAT.format(plan.free)} free`;
    return tiered(
      {
        usage: "monthlyActiveUsers",
        unit: "user",
        quantity: beyond(plan.free, usage.monthlyActiveUsers),
      },
      plan.tiers.map((one, index) => ({
        ...one,
        label: `Monthly active users (${plan.name}${index === 0 ? free : ", over 100,000"})`,
      })),
    );
  },
};
