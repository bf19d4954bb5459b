import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Largest function that CloudFront accepts, in bytes.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
 */
export const FUNCTION_LIMIT = 10_240;

/** Line of `allowed-cidrs.js` that this module replaces. */
const EMPTY = "const ALLOWED_CIDRS = [];";

/**
 * Code of the CloudFront function that refuses viewers from other networks, as it is deployed.
 *
 * @param cidrs IPv4 networks, `a.b.c.d/n`, checked by the settings. Without any, all viewers are refused.
 * @throws Error when the code is larger than CloudFront accepts.
 */
export function allowedCidrsCode(cidrs: readonly string[]): string {
  const text = readFileSync(join(__dirname, "allowed-cidrs.js"), "utf8");
  if (!text.includes(EMPTY)) {
    throw new Error(`allowed-cidrs.js has no line "${EMPTY}"`);
  }
  // As a function, since in a replacement text "$" has a meaning.
  const code = text.replace(EMPTY, () => `const ALLOWED_CIDRS = ${JSON.stringify(cidrs)};`);
  const bytes = Buffer.byteLength(code);
  if (bytes > FUNCTION_LIMIT) {
    throw new Error(`allowed-cidrs.js must be ${FUNCTION_LIMIT} bytes or less; got ${bytes}`);
  }
  return code;
}
