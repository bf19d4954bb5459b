import { quoted } from "../foreign-text";
import { meantEntries } from "../schema/meant";
import { parseList, Invalid, duplicatesOf, type Setting } from "../schema/setting";

/**
 * ARNs of roles and users in the standard partition: a path of up to 512 characters, a name of up to 64.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const ADMIN_ARN = /^arn:aws:iam::\d{12}:(role|user)\/[\w+=,.@/-]{1,576}$/;
/** Far more than a team needs; EKS accepts more. */
const MOST = 20;

/** IAM roles and users that administer a cluster, besides the one that created it. */
export const adminArns: Setting<readonly string[]> = {
  type: "list",
  doc: "IAM roles and users that administer the cluster. The identity that runs the first `pulumi up` is an administrator anyway and must not be listed.",
  allowed: `up to ${MOST} ARNs of IAM roles or users, in a list or separated by commas`,
  example: "arn:aws:iam::123456789012:role/Admins",
  fallback: [],
  parse: (raw) => {
    const arns = raw.trim() === "" ? [] : parseList(raw);
    if (arns === undefined || arns.length > MOST) {
      return new Invalid();
    }
    const details = [
      ...arns.flatMap(arnFaults),
      ...duplicatesOf(arns).map((arn) => `${quoted(arn)} is listed twice`),
    ];
    const mended = meantEntries(arns).map((arn) => (arnFaults(arn).length === 0 ? arn : "ARN"));
    const fix = `pulumi config set adminArns ${[...new Set(mended)].join(",")}`;
    return details.length === 0 ? (arns as string[]) : new Invalid(details, fix);
  },
};

function arnFaults(arn: unknown): string[] {
  if (typeof arn !== "string" || !ADMIN_ARN.test(arn)) {
    const session = typeof arn === "string" && /^arn:aws:sts::\d{12}:assumed-role\//.test(arn);
    return [
      session
        ? `${quoted(arn)} is a session; list its role instead, arn:aws:iam::ACCOUNT:role/NAME`
        : `${quoted(arn)} is not the ARN of an IAM role or user`,
    ];
  }
  return [];
}
