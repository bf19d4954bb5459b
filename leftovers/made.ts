import { dataOf, networkingOf } from "../actions/cluster-clutter";
import { allLeftByDomains } from "../actions/domain-clutter";
import { allLeftByOrigins, CLOUDFRONT } from "../actions/origin-clutter";
import { allContentOf, WITHOUT_SPACE } from "../actions/studio-clutter";
import type { Found as Swept } from "../actions/sweep";
import { HOURS_PER_MONTH } from "../cost/rule";
import type { Clients } from "./clients";
import { KINDS, parseArn } from "./kinds";
import type { Found, Look } from "./remains";
import { removeFromStudio, removeMountTarget, removeOriginGroup } from "./removal";

/** Where services and users make things for a stack. */
export interface Places {
  readonly stack: string;
  readonly stackId: string;
  /** Whether the stack is to keep data of its users. */
  readonly kept: boolean;
  /** The stack's own networks; there is none when they have gone. */
  readonly vpcIds: readonly string[];
  readonly domainIds: readonly string[];
  /** Whether the stack's state has a VPC origin, with which all that CloudFront has made for it goes. */
  readonly hasOrigin: boolean;
  /** Security groups and profiles that Pulumi has made: nothing that somebody else has. */
  readonly ownGroups: readonly string[];
  readonly ownProfiles: readonly string[];
}

/**
 * What users and services make, without a tag of ours: the finders of the janitors. What a janitor would delete
 * and the audit would not find cannot be.
 */
export function madeLooks(clients: Clients, places: Places): Look<readonly Found[]>[] {
  const { stack, stackId, vpcIds, domainIds } = places;
  const clusterName = `${stack}-${stackId}`;
  return [
    ...vpcIds.map((vpcId) => ofCluster(clients, places, { clusterName, vpcId })),
    ...(vpcIds.length === 0 ? [ofCluster(clients, places, { clusterName, vpcId: "" })] : []),
    ...vpcIds.map((vpcId) => leftOfDomains(clients, places, vpcId)),
    ...(places.hasOrigin ? [] : vpcIds.map((vpcId) => leftOfOrigins(clients, places, vpcId))),
    ...domainIds.map((domainId) => inDomain(clients, places, domainId)),
  ];
}

/** Without a network nothing of one can be left, but data can. */
function ofCluster(
  { ec2, classic, balancers }: Clients,
  places: Places,
  { clusterName, vpcId }: { readonly clusterName: string; readonly vpcId: string },
): Look<readonly Found[]> {
  const { ownGroups } = places;
  const scope = { clusterName, vpcId, ownGroups, sweepData: true, ec2, classic, balancers };
  return {
    what: `what users made through cluster ${clusterName}`,
    permissions: [
      ...(vpcId === ""
        ? []
        : [
            "elasticloadbalancing:DescribeLoadBalancers",
            "elasticloadbalancing:DescribeTargetGroups",
            "elasticloadbalancing:DescribeTags",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSecurityGroups",
          ]),
      "ec2:DescribeVolumes",
      "ec2:DescribeSnapshots",
    ],
    look: async () => {
      const all = [...(vpcId === "" ? [] : networkingOf(scope)), ...dataOf(scope)];
      return (await Promise.all(all))
        .flat()
        .map((one) => found(places, one, { ...known(one), by: `users of cluster ${clusterName}` }));
    },
  };
}

function leftOfDomains(
  { ec2, efs, sagemaker }: Clients,
  places: Places,
  vpcId: string,
): Look<readonly Found[]> {
  const scope = {
    vpcId,
    ownGroups: places.ownGroups,
    sweepData: true,
    ec2,
    efs,
    sagemaker,
    keep: () => Promise.resolve(),
  };
  return {
    what: `what Studio left in ${vpcId}`,
    permissions: [
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeNetworkInterfaces",
      "elasticfilesystem:DescribeFileSystems",
      "elasticfilesystem:DescribeMountTargets",
      "sagemaker:ListDomains",
    ],
    look: async () =>
      (await allLeftByDomains(scope))
        .map((one) => found(places, one, { ...known(one), by: "Studio" }))
        // Its domain has gone, so nobody works with it; what people have in a file system may still be wanted.
        .map((one) => ({ ...one, byPulumi: one.kind !== "elasticfilesystem:file-system" })),
  };
}

/** Of an origin that is gone, or lost itself and about to go. */
function leftOfOrigins({ ec2 }: Clients, places: Places, vpcId: string): Look<readonly Found[]> {
  return {
    what: `what CloudFront left in ${vpcId}`,
    permissions: ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups"],
    look: async () =>
      (await allLeftByOrigins({ ec2, vpcId })).map((one) =>
        found(places, one, {
          ...known(one),
          ...(one.id.startsWith("sg-") && { remove: removeOriginGroup(one.id) }),
          by: CLOUDFRONT,
        }),
      ),
  };
}

function inDomain(
  { sagemaker }: Clients,
  places: Places,
  domainId: string,
): Look<readonly Found[]> {
  return {
    what: `what people made in Studio domain ${domainId}`,
    permissions: ["sagemaker:ListApps", "sagemaker:ListSpaces", "sagemaker:ListUserProfiles"],
    look: async () => {
      const all = await allContentOf(sagemaker, { domainId, ownProfiles: places.ownProfiles });
      return all.map((one) =>
        found(places, one, {
          ...knownIn(domainId, one),
          by: `people in Studio domain ${domainId}`,
        }),
      );
    },
  };
}

/** What content of a domain is, and how it goes: an app stands in a space, or belongs to a profile. */
function knownIn(domainId: string, { what, id }: Swept): Required<Known> {
  const at = `--domain-id ${domainId}`;
  const [owner = "", name = ""] = id.split("/");
  switch (what) {
    case "space":
      return {
        kind: "sagemaker:space",
        remove: removeFromStudio("space", `${at} --space-name ${owner}`),
      };
    case "profile":
      return {
        kind: "sagemaker:user-profile",
        remove: removeFromStudio("user-profile", `${at} --user-profile-name ${owner}`),
      };
    default: {
      const [type = ""] = what.split(" ");
      const of = what.endsWith(WITHOUT_SPACE) ? "--user-profile-name" : "--space-name";
      const app = `${at} ${of} ${owner} --app-type ${type} --app-name ${name}`;
      return { kind: "sagemaker:app", remove: removeFromStudio("app", app) };
    }
  }
}

/** Kinds of what the finders of janitors give, by how ids begin. */
const BY_ID: readonly (readonly [prefix: string, kind: string])[] = [
  ["vol-", "ec2:volume"],
  ["snap-", "ec2:snapshot"],
  ["eni-", "ec2:network-interface"],
  ["sg-", "ec2:security-group"],
  ["fs-", "elasticfilesystem:file-system"],
];

interface Known {
  readonly kind?: string;
  readonly remove?: readonly string[];
}

function known({ what, id }: Swept): Known {
  const kind = BY_ID.find(([prefix]) => id.startsWith(prefix))?.[1];
  if (kind !== undefined) {
    return { kind };
  }
  if (id.startsWith("arn:")) {
    const { service, type } = parseArn(id);
    return { kind: `${service}:${type}` };
  }
  return what === "mount target"
    ? { kind: "elasticfilesystem:mount-target", remove: removeMountTarget(id) }
    : { kind: "elasticloadbalancing:loadbalancer" };
}

function found(
  { stackId, kept }: Places,
  { what, id: given, since, instanceType }: Swept,
  { kind, remove, by }: Known & { readonly by: string },
): Found {
  const arn = given.startsWith("arn:") ? parseArn(given) : undefined;
  const id = arn?.id ?? given;
  const entry = kind === undefined ? undefined : KINDS[kind];
  const command =
    remove ?? entry?.remove?.(arn ?? { service: "", region: "", type: "", id, arn: given });
  return {
    ...{ what: entry?.what ?? what, id, stackId, why: `made by ${by}` },
    kept: kept && entry?.holdsData === true,
    ...(kind !== undefined && { kind }),
    ...(arn !== undefined && { arn: given }),
    ...(command !== undefined && { remove: command }),
    ...(since !== undefined && { since }),
    ...(instanceType !== undefined && {
      charges: [{ priceKey: `sagemaker.${instanceType}.studio.hour`, quantity: HOURS_PER_MONTH }],
    }),
  };
}
