import { isIPv4, isIPv6 } from "node:net";
import { formatCidr, networkOf, parseCidr, within } from "./cidr";
import { quoted } from "../foreign-text";
import { parseList, Invalid, duplicatesOf, type Setting } from "../schema/setting";

/** A private IPv4 network with bounds on its prefix length. */
export function privateNetwork(
  doc: string,
  { largest, smallest, fallback }: { largest: number; smallest: number; fallback: string },
): Setting<string> {
  return {
    type: "text",
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
    meant: (raw) => {
      const [address = "", prefix = ""] = raw.trim().split("/");
      const clamped = Math.min(smallest, Math.max(largest, Number(prefix)));
      const network = /^\d+$/.test(prefix) ? networkOf(`${address}/${clamped}`) : undefined;
      return network !== undefined && isPrivate(network) ? network : undefined;
    },
  };
}

/** Tests for RFC 1918, and for RFC 6598 (100.64.0.0/10), which AWS accepts for a VPC and EKS for pods. */
function isPrivate(raw: string): boolean {
  return /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/.test(
    raw,
  );
}

function refuseNetwork(raw: string): Invalid {
  const network = networkOf(raw);
  return new Invalid(
    network === undefined ? [] : [`${quoted(raw)} has bits set after its prefix; write ${network}`],
  );
}

/**
 * Networks from which no packet comes: this host, loopback, link-local, protocol assignments, 6to4 relays,
 * benchmarks, multicast and reserved. https://www.iana.org/assignments/iana-ipv4-special-registry/
 */
const NOBODYS: readonly string[] = [
  "0.0.0.0/8",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "192.0.0.0/24",
  "192.88.99.0/24",
  "198.18.0.0/15",
  "224.0.0.0/3",
];
/** Networks without a route on the internet: RFC 1918, and RFC 6598 for carriers. */
export const PRIVATE: readonly string[] = [
  "10.0.0.0/8",
  "100.64.0.0/10",
  "172.16.0.0/12",
  "192.168.0.0/16",
];

/** Shortest prefix. Shorter ones would let in nearly everybody: two /1 are the whole internet. */
const SHORTEST_PREFIX = 8;
/**
 * Most networks. Each is one rule of a security group, which has 60 rules at most by default.
 * https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
 */
const MOST = 20;

/** Shell text for the public address of the machine that runs it. */
const OWN_NETWORK = "$(curl -s https://checkip.amazonaws.com)/32";

/** The command that sets `allowedCidrs`, each network once; undefined stands for the caller's own address. */
export function networksCommand(networks: readonly (string | undefined)[]): string {
  const list = [...new Set(networks.map((network) => network ?? OWN_NETWORK))].join(",");
  return `pulumi config set allowedCidrs ${list.includes("$") ? `"${list}"` : list}`;
}

/** Networks that may reach the API server and the login pages. */
export const allowedNetworks: Setting<readonly string[]> = {
  type: "list",
  doc: "IPv4 networks that may reach the API server and the login pages. The whole internet is refused.",
  allowed: `1 to ${MOST} IPv4 networks of prefix /${SHORTEST_PREFIX} or longer, in a list or separated by commas`,
  example: `"${OWN_NETWORK}"`,
  parse: (raw) => {
    const networks = parseList(raw);
    if (networks === undefined || networks.length < 1 || networks.length > MOST) {
      return new Invalid();
    }
    const corrected = networks.filter((network) => network !== "").map(correctedNetwork);
    const fix = networksCommand(corrected.length === 0 ? [undefined] : corrected);
    const details = [
      ...networks.flatMap(networkFaults),
      ...duplicatesOf(networks).map((network) => ({
        problem: `allowedCidrs must list each network once; ${quoted(network)} is listed twice`,
        fix,
      })),
    ];
    return details.length === 0 ? (networks as string[]) : new Invalid(details, fix);
  },
};

/** A network as it should be written; undefined when the text does not show which one is meant. */
function correctedNetwork(raw: unknown): string | undefined {
  const text = String(raw).trim();
  const network = networkOf(isIPv4(text) ? `${text}/32` : text);
  return network !== undefined && networkFaults(network).length === 0 ? network : undefined;
}

function networkFaults(raw: unknown): string[] {
  if (typeof raw !== "string") {
    return [`${quoted(raw)} is not an IPv4 network`];
  }
  const cidr = parseCidr(raw);
  if (cidr === undefined) {
    if (isIPv6(raw.split("/")[0] ?? "")) {
      return [`${quoted(raw)} is IPv6; the platform accepts IPv4 only`];
    }
    const network = networkOf(raw);
    return [
      network === undefined
        ? `${quoted(raw)} is not an IPv4 network such as 198.51.100.7/32`
        : `${quoted(raw)} has bits set after its prefix; write ${network}`,
    ];
  }
  if (within(NOBODYS, raw)) {
    return [`${quoted(raw)} is an address that nobody has; write your own network`];
  }
  return cidr.prefix < SHORTEST_PREFIX
    ? [`"${formatCidr(cidr)}" lets ${2 ** (32 - cidr.prefix)} addresses in; write your own network`]
    : [];
}
