/**
 * Parts of e-mail addresses that mail servers and Cognito take without quotes, as patterns: ASCII, parts between dots,
 * a domain of at least two that ends the text.
 * https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1 (sizes), https://www.rfc-editor.org/rfc/rfc5322#section-3.2.3
 */
const ATOM = "[\\w!#$%&'*+/=?^`{|}~-]+";
const LOCAL_PART = `${ATOM}(\\.${ATOM})*`;
const DOMAIN = "([a-z\\d]([a-z\\d-]{0,61}[a-z\\d])?\\.)+(?!\\d+$)[a-z\\d][a-z\\d-]{0,61}[a-z\\d]$";

/** An e-mail address. */
export const EMAIL = new RegExp(`^(?=.{1,254}$)(?=[^@]{1,64}@)${LOCAL_PART}@${DOMAIN}`, "i");

/** The ARN of an identity of Amazon SES: of a domain, or of an address. */
export const SES_IDENTITY = new RegExp(
  `^arn:aws:ses:[a-z]{2}(-[a-z]+)+-\\d:\\d{12}:identity/((?=[^@/]{1,64}@)${LOCAL_PART}@)?${DOMAIN}`,
  "i",
);
