import { parseList, Invalid, duplicatesOf, type Setting } from "../schema/setting";

/**
 * Roles and users of the standard partition: a path of up to 512 characters and a name of up to 64.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const PRINCIPAL = /^arn:aws:iam::\d{12}:(role|user)\/[\w+=,.@/-]{1,576}$/;
/** Many times what a team has; EKS takes more. */
const MOST = 20;

/** IAM roles and users that administer a cluster beside the one that made it. */
export const adminArns: Setting<readonly string[]> = {
  doc: "IAM roles and users that administer the cluster. Who runs the first `pulumi up` does so anyway and must not be named again.",
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
      ...duplicatesOf(arns).map((arn) => `"${String(arn)}" stands twice`),
    ];
    const mended = arns.map((arn) => (arnFaults(arn).length === 0 ? String(arn) : "ARN"));
    const fix = `pulumi config set adminArns ${[...new Set(mended)].join(",")}`;
    return details.length === 0 ? (arns as string[]) : new Invalid(details, fix);
  },
};

function arnFaults(arn: unknown): string[] {
  if (typeof arn !== "string" || !PRINCIPAL.test(arn)) {
    const session = typeof arn === "string" && /^arn:aws:sts::\d{12}:assumed-role\//.test(arn);
    return [
      session
        ? `"${arn}" is a session; name its role, arn:aws:iam::ACCOUNT:role/NAME`
        : `${JSON.stringify(arn)} is no ARN of an IAM role or user`,
    ];
  }
  return [];
}
