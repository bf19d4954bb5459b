/** A pod, or a host outside the cluster, which has an address only. */
export interface Place {
  readonly address: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Network plugins; in `vpc-cni` an address block also matches pods, in `cilium` it does not. */
export type Plugin = "vpc-cni" | "cilium";

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: string }[];
}

interface Peer {
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
  readonly namespaceSelector?: Selector;
  readonly podSelector?: Selector;
}

/** A rule of a network policy, in either direction. */
export interface Rule {
  readonly to?: readonly Peer[];
  readonly from?: readonly Peer[];
  readonly ports?: readonly { readonly protocol?: string; readonly port: number | string }[];
}

/**
 * Checks that one of the rules allows traffic with the other side, as the API of network policies
 * defines it.
 * https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/
 *
 * @param home namespace of the policy; a pod selector alone selects only pods there.
 */
export function lets(
  rules: readonly Rule[],
  place: Place,
  port: number,
  { plugin, home, protocol = "TCP" }: { plugin: Plugin; home: string; protocol?: string },
): boolean {
  return rules.some(({ to, from, ports }) => {
    const peers = to ?? from;
    const open = (ports ?? [{ port, protocol }]).some(
      (one) => one.port === port && (one.protocol ?? "TCP") === protocol,
    );
    return (
      open && (peers === undefined || peers.some((peer) => means(peer, place, { plugin, home })))
    );
  });
}

function means(peer: Peer, place: Place, at: { plugin: Plugin; home: string }): boolean {
  if (peer.ipBlock !== undefined) {
    const { cidr, except = [] } = peer.ipBlock;
    const pod = place.namespace !== undefined;
    const inBlock =
      within(place.address, cidr) && !except.some((one) => within(place.address, one));
    return inBlock && !(pod && at.plugin === "cilium");
  }
  if (place.namespace === undefined) return false;
  const namespaceFits =
    peer.namespaceSelector === undefined
      ? place.namespace === at.home
      : matches(peer.namespaceSelector, { "kubernetes.io/metadata.name": place.namespace });
  return namespaceFits && matches(peer.podSelector ?? {}, place.labels ?? {});
}

function matches(selector: Selector, labels: Readonly<Record<string, string>>): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector;
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator }) => {
      if (operator !== "Exists") throw new Error(`${operator} is not tested here`);
      return key in labels;
    })
  );
}

function within(address: string, cidr: string): boolean {
  const [network = "", prefix = "32"] = cidr.split("/");
  const size = 2 ** (32 - Number(prefix));
  return Math.floor(numberOf(address) / size) === Math.floor(numberOf(network) / size);
}

function numberOf(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}
