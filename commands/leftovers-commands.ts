import type { Remains } from "../leftovers/audit";
import { withAccess, type Access } from "../leftovers/removal";

/** Users of a thing first, what they use after it; what is in no such order comes before all. */
const ORDER: readonly string[] = [
  "sagemaker:app",
  "sagemaker:space",
  "sagemaker:user-profile",
  "sagemaker:domain",
  "eks:nodegroup",
  "eks:cluster",
  "ec2:instance",
  "rds:db",
  "cloudfront:vpcorigin",
  "elasticloadbalancing:loadbalancer",
  "elasticloadbalancing:targetgroup",
  "ec2:natgateway",
  "ec2:vpc-endpoint",
  "elasticfilesystem:mount-target",
  "elasticfilesystem:file-system",
  "ec2:network-interface",
  "ec2:elastic-ip",
  "rds:subgrp",
  "rds:pg",
  "ec2:security-group",
  "ec2:internet-gateway",
  "ec2:route-table",
  "ec2:subnet",
  "ec2:vpc",
  // A cluster that goes needs its role and its key to the end, and writes a last line.
  "logs:log-group",
  "cloudfront:origin-access-control",
  "cloudfront:function",
  "iam:instance-profile",
  "iam:role",
  "kms:key",
];

/**
 * Lines for bash that remove all of this from top to bottom. Of things of one kind all first lines come
 * first, then all second ones: groups that name each other let go before one is deleted, and what takes
 * its time is waited for together.
 */
export function commandLines(remains: readonly Remains[], access: Access): string[] {
  return [-1, ...ORDER.keys()].flatMap((rank) =>
    inTurn(
      remains
        .filter(({ kind = "" }) => ORDER.indexOf(kind) === rank)
        .map((thing) => linesOf(thing, access)),
    ),
  );
}

function linesOf({ remove, arn, what, id }: Remains, access: Access): string[] {
  return remove === undefined
    ? [`# ${what} ${arn ?? id}: no command is known here`]
    : remove.map((line) => withAccess(line, access));
}

function inTurn(things: readonly (readonly string[])[]): string[] {
  const longest = Math.max(0, ...things.map(({ length }) => length));
  return Array.from({ length: longest }).flatMap((_, step) =>
    things.flatMap((lines) => lines.slice(step, step + 1)),
  );
}
