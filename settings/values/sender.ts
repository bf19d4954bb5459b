import { fault, type Fault } from "../contract";
import { shellWord } from "../foreign-text";
import { text, withKeyword, type Loaded } from "../schema/setting";
import { EMAIL, SES_IDENTITY } from "./email";

/**
 * E-mails a day that Cognito sends for all user pools of an account together without an identity of SES.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
 */
export const MAILS_A_DAY = 50;

/** Sender of the invitations and of codes for forgotten passwords. */
export const SENDER_SETTINGS = {
  identity: withKeyword(
    "cognito",
    text(
      `Verified identity of Amazon SES that sends the e-mails to users. \`cognito\` sends them from no-reply@verificationemail.com, ${MAILS_A_DAY} a day for the whole account.`,
      {
        allowed: "the ARN of an identity of SES, of a domain or an address",
        pattern: SES_IDENTITY,
        example: "arn:aws:ses:eu-west-3:123456789012:identity/ml-platform@your-company.com",
      },
    ),
  ),
  from: withKeyword(
    "identity",
    text("Address from which the identity sends; `identity` is its own, if it is an address.", {
      allowed: "an e-mail address",
      pattern: EMAIL,
      // An address is valid only together with an identity.
      example: "identity",
    }),
  ),
};

/** The sender's settings, as the program reads them. */
export type SenderSettings = Loaded<typeof SENDER_SETTINGS>;

/** A fault where an address cannot come from the identity that sends it. */
export function senderFaults({ identity, from }: SenderSettings): readonly Fault[] {
  if (identity === "cognito") {
    return fault.when(
      from !== "identity",
      `userPool.email.from must be identity while userPool.email.identity is cognito, which has an address of its own; got "${from}"`,
      "pulumi config rm userPool.email.from",
    );
  }
  const name = identity.slice(identity.indexOf("/") + 1).toLowerCase();
  const isAddress = name.includes("@");
  const allowed = isAddress ? `${name}, or identity` : `an address of ${name}`;
  const sender = from === "identity" && isAddress ? name : from.toLowerCase();
  const domain = sender.slice(sender.indexOf("@") + 1);
  const fits = isAddress ? sender === name : domain === name || domain.endsWith(`.${name}`);
  return fault.when(
    !fits,
    `userPool.email.from must be ${allowed}, the identity in userPool.email.identity; got "${from}"`,
    isAddress
      ? "pulumi config rm userPool.email.from"
      : `pulumi config set userPool.email.from ${shellWord(`ml-platform@${name}`)}`,
  );
}
