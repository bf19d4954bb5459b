import type { ConfigSource } from "./load";

/** Settings of the AWS provider that are numbers; all others are text, booleans or JSON. */
const NUMBERS = new Set(["maxRetries", "tokenBucketRateLimiterCapacity"]);

/**
 * The `aws:*` settings of a stack by the provider's names, as values instead of text. What is encrypted
 * and cannot be read here is undefined.
 */
export function awsConfig(config: ConfigSource): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config)
      .filter(([key]) => key.startsWith("aws:"))
      .map(([key, raw]) => [key.slice("aws:".length), valueOf(key.slice("aws:".length), raw)]),
  );
}

function valueOf(name: string, raw: string | undefined): unknown {
  const structured =
    raw !== undefined &&
    (/^\s*[[{]/.test(raw) || ["true", "false"].includes(raw) || NUMBERS.has(name));
  return structured ? JSON.parse(raw) : raw;
}
