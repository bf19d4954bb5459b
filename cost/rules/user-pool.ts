import { isString, readInput } from "../resources/inputs";
import type { PriceRule } from "../rule";
import { aboveFree, tiered, type Tier } from "../tiers";

interface Plan {
  /** Free users of an account each month. */
  readonly free: number;
  /** The last one applies to all remaining users. */
  readonly tiers: readonly Tier[];
}

/** Plans by `userPoolTier`. https://aws.amazon.com/cognito/pricing/ (since November 2024) */
const PLANS: Readonly<Record<string, Plan>> = {
  LITE: plan("Lite", 10_000, [
    // The first tier ends at 100,000 users, including the free ones.
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
 * A user pool is billed for the users who log in during a month. Not included: messages by SMS or e-mail,
 * tokens for machines, users of another identity provider.
 */
export const userPool: PriceRule = {
  type: "aws:cognito/userPool:UserPool",
  service: "Cognito",
  category: "logins",
  source: "https://aws.amazon.com/cognito/pricing/",
  lines: (resource, { usage }) => {
    const tier = readInput(resource, "userPoolTier", isString, "ESSENTIALS");
    // An unknown plan has no price, so its line is unknown.
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
