import { isString, readInput } from "../resources/inputs";
import type { PriceRule } from "../rule";
import { aboveFree, tiered, type Tier } from "../tiers";

interface Plan {
  /** Users a month that an account has for nothing. */
  readonly free: number;
  /** The last one holds for all users that are left. */
  readonly tiers: readonly Tier[];
}

/** Plans by `userPoolTier`. https://aws.amazon.com/cognito/pricing/ (since November 2024) */
const PLANS: Readonly<Record<string, Plan>> = {
  LITE: plan("Lite", 10_000, [
    // The first band ends at 100,000 users, the free ones among them.
    { priceKey: "cognito.lite.mau", size: 90_000 },
    { priceKey: "cognito.lite.over100k.mau", over: "100,000", size: 900_000 },
    { priceKey: "cognito.lite.over1M.mau", over: "1,000,000", size: 9_000_000 },
    { priceKey: "cognito.lite.over10M.mau", over: "10,000,000" },
  ]),
  ESSENTIALS: plan("Essentials", 10_000, [{ priceKey: "cognito.essentials.mau" }]),
  PLUS: plan("Plus", 0, [{ priceKey: "cognito.plus.mau" }]),
};

/** A band of a plan; every band but the first says where it begins. */
interface Band extends Omit<Tier, "label"> {
  /** Users after which it begins. */
  readonly over?: string;
}

function plan(name: string, free: number, bands: readonly Band[]): Plan {
  const first = free === 0 ? "" : `, beyond ${free.toLocaleString("en-US")} free`;
  return {
    free,
    tiers: bands.map(({ over, ...band }) => ({
      ...band,
      label: `Monthly active users (${name}${over === undefined ? first : `, over ${over}`})`,
    })),
  };
}

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
    const tier = readInput(resource, "userPoolTier", isString, "ESSENTIALS");
    // A plan that is not in the list goes through the price book, which refuses it by name.
    const { free, tiers } =
      PLANS[tier] ?? plan(tier, 0, [{ priceKey: `cognito.${tier.toLowerCase()}.mau` }]);
    return tiered(
      {
        usage: "monthlyActiveUsers",
        unit: "user",
        quantity: aboveFree(free, usage.monthlyActiveUsers),
      },
      tiers,
    );
  },
};
