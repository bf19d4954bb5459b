import { isIPv4, isIPv6 } from "node:net";
import { defined } from "../defined";
import { formatCidr, networkOf, parseCidr, within } from "./cidr";
import { quoted } from "../foreign-text";
import { meantEntries } from "../schema/meant";
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
      const isAllowed = (network: string): boolean => {
        const { prefix = -1 } = parseCidr(network) ?? {};
        return prefix >= largest && prefix <= smallest && within(PRIVATE, network);
      };
      return isAllowed(raw) ? raw : new Invalid(shiftedNetwork(raw, isAllowed));
    },
    meant: (raw) => {
      const [address = "", prefix = ""] = raw.trim().split("/");
      const clamped = Math.min(smallest, Math.max(largest, Number(prefix)));
      const network = /^\d+$/.test(prefix) ? networkOf(`${address}/${clamped}`) : undefined;
      return network !== undefined && within(PRIVATE, network) ? network : undefined;
    },
  };
}

/** The sentence on bits after the prefix of a network that would be accepted without them; none for any other. */
function shiftedNetwork(raw: string, isAllowed: (network: string) => boolean): string[] {
  const network = networkOf(raw);
  return network !== undefined && network !== raw && isAllowed(network)
    ? [`${quoted(raw)} has bits set after its prefix; write ${network}`]
    : [];
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
/**
 * Networks without a route on the internet: RFC 1918, and RFC 6598 for carriers. AWS accepts both for a VPC, and EKS
 * for pods.
 */
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
    const fix = correctingCommand(networks);
    const details = [
      ...networks.flatMap(networkFaults),
      ...duplicatesOf(networks).map((network) => ({
        problem: `allowedCidrs must list each network once; ${quoted(network)} is listed twice`,
        ...defined({ fix }),
      })),
    ];
    return details.length === 0 ? (networks as string[]) : new Invalid(details, fix);
  },
};

/** The command that corrects a list of networks; undefined where an address in it cannot be read as a network. */
function correctingCommand(networks: readonly unknown[]): string | undefined {
  const written = meantEntries(networks);
  const corrected = written.map(correctedNetwork);
  const isUnsure = written.some((text, at) => corrected[at] === undefined && isSomebodys(text));
  return isUnsure ? undefined : networksCommand(corrected.length === 0 ? [undefined] : corrected);
}

/** True for text with an IPv4 address or a part of one, which stands for a network of somebody's. */
function isSomebodys(text: string): boolean {
  return /\d+\.\d+|^\/\d/.test(text) && networkOf(isIPv4(text) ? `${text}/32` : text) === undefined;
}

/** A network as it should be written; undefined when the text does not show which one is meant. */
function correctedNetwork(text: string): string | undefined {
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
    const [shifted] = shiftedNetwork(raw, (network) => networkFaults(network).length === 0);
    return [
      shifted ??
        (networkOf(raw) === undefined
          ? `${quoted(raw)} is not an IPv4 network such as 198.51.100.7/32`
          : `${quoted(raw)} has bits set after its prefix; write your own network`),
    ];
  }
  if (within(NOBODYS, raw)) {
    return [`${quoted(raw)} is an address that nobody has; write your own network`];
  }
  return cidr.prefix < SHORTEST_PREFIX
    ? [`"${formatCidr(cidr)}" lets ${2 ** (32 - cidr.prefix)} addresses in; write your own network`]
    : [];
}
