import { isIPv6 } from "node:net";
import { formatCidr, networkOf, parseCidr } from "./cidr";
import { parseList, Invalid, duplicatesOf, type Setting } from "../schema/setting";

/** A private IPv4 network with bounds on its prefix length. */
export function privateNetwork(
  doc: string,
  { largest, smallest, fallback }: { largest: number; smallest: number; fallback: string },
): Setting<string> {
  return {
    doc,
    allowed: `a private IPv4 network from /${largest} to /${smallest}`,
    example: fallback,
    fallback,
    parse: (raw) => {
      const cidr = parseCidr(raw);
      if (cidr === undefined) {
        return refuseNetwork(raw);
      }
      return cidr.prefix >= largest && cidr.prefix <= smallest && isPrivate(raw)
        ? raw
        : new Invalid();
    },
  };
}

/** RFC 1918, and RFC 6598 (100.64.0.0/10), which AWS also takes for a VPC and EKS for pods. */
function isPrivate(raw: string): boolean {
  return /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/.test(
    raw,
  );
}

function refuseNetwork(raw: string): Invalid {
  const network = networkOf(raw);
  return new Invalid(
    network === undefined ? [] : [`"${raw}" has bits behind its prefix; write ${network}`],
  );
}

/** Shorter prefixes than this are "everybody" by another name: two /1 make the whole internet. */
const SHORTEST_PREFIX = 8;
/**
 * Each network is one rule of a security group, which holds 60 by default.
 * https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
 */
const MOST = 20;

/** The address that one reaches AWS from, as a shell finds it out. */
const OWN_NETWORK = "$(curl -s https://checkip.amazonaws.com)/32";

/** The command that sets `allowedCidrs`, each network once; one's own stands for what is undefined. */
export function networksCommand(networks: readonly (string | undefined)[]): string {
  const list = [...new Set(networks.map((network) => network ?? OWN_NETWORK))].join(",");
  return `pulumi config set allowedCidrs ${list.includes("$") ? `"${list}"` : list}`;
}

/** Who may reach the API server and the login pages. */
export const allowedNetworks: Setting<readonly string[]> = {
  doc: "IPv4 networks that may reach the API server and the login. Never the whole internet.",
  allowed: `1 to ${MOST} IPv4 networks of prefix /${SHORTEST_PREFIX} or longer, in a list or separated by commas`,
  example: `"${OWN_NETWORK}"`,
  parse: (raw) => {
    const networks = parseList(raw);
    if (networks === undefined || networks.length < 1 || networks.length > MOST) {
      return new Invalid();
    }
    const mended = networks.filter((network) => network !== "").map(mendedNetwork);
    const fix = networksCommand(mended.length === 0 ? [undefined] : mended);
    const details = [
      ...networks.flatMap(networkFaults),
      ...duplicatesOf(networks).map((network) => ({
        problem: `allowedCidrs must name each network once; ${JSON.stringify(network)} stands twice`,
        fix,
      })),
    ];
    return details.length === 0 ? (networks as string[]) : new Invalid(details, fix);
  },
};

/** What a network should read, where that can be told. */
function mendedNetwork(raw: unknown): string | undefined {
  const network = networkOf(String(raw));
  return network !== undefined && networkFaults(network).length === 0 ? network : undefined;
}

function networkFaults(raw: unknown): string[] {
  if (typeof raw !== "string") {
    return [`${JSON.stringify(raw)} is not an IPv4 network`];
  }
  const cidr = parseCidr(raw);
  if (cidr === undefined) {
    if (isIPv6(raw.split("/")[0] ?? "")) {
      return [`"${raw}" is IPv6; the platform is reached by IPv4 only`];
    }
    const network = networkOf(raw);
    return [
      network === undefined
        ? `"${raw}" is not an IPv4 network such as 198.51.100.7/32`
        : `"${raw}" has bits behind its prefix; write ${network}`,
    ];
  }
  return cidr.prefix < SHORTEST_PREFIX
    ? [`"${formatCidr(cidr)}" lets ${2 ** (32 - cidr.prefix)} addresses in; name your own network`]
    : [];
}
