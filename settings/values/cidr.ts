import { isIPv4 } from "node:net";

/** An IPv4 network: its first address as a number from 0 to 2³²−1, and its prefix length. */
export interface Cidr {
  readonly first: number;
  /** 0 to 32. */
  readonly prefix: number;
}

/** The number of addresses in a network. */
export function size(cidr: Cidr): number {
  return 2 ** (32 - cidr.prefix);
}

/**
 * Reads `a.b.c.d/n`.
 *
 * @returns undefined when the text is not an IPv4 network as AWS writes it, or has bits set after the
 *   prefix: AWS would silently clear those, and would store a network that nobody wrote.
 */
export function parseCidr(raw: string): Cidr | undefined {
  const read = readCidr(raw);
  return read !== undefined && read.first % size(read) === 0 ? read : undefined;
}

/** The network of an address with bits set after the prefix; undefined when the text is not an address. */
export function networkOf(raw: string): string | undefined {
  const read = readCidr(raw);
  return read && formatCidr({ ...read, first: read.first - (read.first % size(read)) });
}

function readCidr(raw: string): Cidr | undefined {
  const [address = "", prefix = "", ...rest] = raw.split("/");
  if (
    !isIPv4(address) ||
    !/^(0|[1-9]\d?)$/.test(prefix) ||
    Number(prefix) > 32 ||
    rest.length > 0
  ) {
    return undefined;
  }
  const first = address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
  return { first, prefix: Number(prefix) };
}

/** The usual text form, `10.0.0.0/16`. */
export function formatCidr({ first, prefix }: Cidr): string {
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
  return `${octets.join(".")}/${prefix}`;
}

/** Tells whether every address of `inner` is in `outer`. */
export function contains(outer: Cidr, inner: Cidr): boolean {
  return inner.first >= outer.first && inner.first + size(inner) <= outer.first + size(outer);
}

/** Tells whether a network lies within one of several others; all of them are text. */
export function within(networks: readonly string[], raw: string): boolean {
  const inner = parseCidr(raw);
  return networks.map(parseCidr).some((outer) => outer && inner && contains(outer, inner));
}

/** Tells whether two networks share an address. */
export function overlap(a: Cidr, b: Cidr): boolean {
  return contains(a, b) || contains(b, a);
}

/**
 * Divides a network into 2^`bits` equal parts and returns the `index`-th, counted from 0.
 *
 * @throws RangeError when there is no such part; callers check sizes first.
 */
export function subnet(cidr: Cidr, bits: number, index: number): Cidr {
  const prefix = cidr.prefix + bits;
  if (prefix > 32 || index < 0 || index >= 2 ** bits) {
    throw new RangeError(`${formatCidr(cidr)} has no part ${index} of prefix /${prefix}`);
  }
  return { first: cidr.first + index * 2 ** (32 - prefix), prefix };
}
