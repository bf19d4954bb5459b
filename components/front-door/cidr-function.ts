import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Most that CloudFront takes, in bytes.
 * Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html */
export const FUNCTION_LIMIT = 10_240;

/** The line of `allowed-cidrs.js` that this module fills in. */
const EMPTY = "const ALLOWED_CIDRS = [];";

/**
 * Code of the CloudFront function that refuses viewers from elsewhere, as it is deployed.
 *
 * @param cidrs IPv4 networks, `a.b.c.d/n`, checked by the settings. Nobody gets in where there is none.
 * @throws Error when the text is larger than CloudFront takes.
 */
export function allowedCidrsCode(cidrs: readonly string[]): string {
  const text = readFileSync(join(__dirname, "allowed-cidrs.js"), "utf8");
  if (!text.includes(EMPTY)) {
    throw new Error(`allowed-cidrs.js has no line "${EMPTY}"`);
  }
  // A function, since a replacement text would give meaning to "$".
  const code = text.replace(EMPTY, () => `const ALLOWED_CIDRS = ${JSON.stringify(cidrs)};`);
  const bytes = Buffer.byteLength(code);
  if (bytes > FUNCTION_LIMIT) {
    throw new Error(`allowed-cidrs.js must be ${FUNCTION_LIMIT} bytes or less; got ${bytes}`);
  }
  return code;
}
