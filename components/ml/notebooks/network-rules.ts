/*
 * Rules of network policies, the same for Cilium (ec2) and the VPC CNI (eks), which read them
 * differently: to Cilium an address block never means a pod, and means a node only with
 * `policyCIDRMatchMode: nodes`; to the VPC CNI pods are addresses of the VPC like any other.
 * https://docs.cilium.io/en/stable/security/policy/language/#ip-cidr-based
 */

/** Namespace of hub and proxy. */
export const NAMESPACE = "jupyterhub";

/** Port of a person's server; KubeSpawner's default, and the one in the chart's own policies. */
const SERVER_PORT = 8888;
/** Port of the hub's API, on the Service as in the container: the VPC CNI wants them equal. */
const HUB_PORT = 8081;

/** Networks that are nobody's on the internet, and the addresses of machine metadata. */
const PRIVATE_NETWORKS = [
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "100.64.0.0/10",
  "169.254.0.0/16",
];

const tcp = (...ports: number[]): object[] => ports.map((port) => ({ protocol: "TCP", port }));
const block = (cidr: string): object => ({ ipBlock: { cidr } });

const SERVERS = {
  // Any namespace: only people's have servers, and nobody but the hub can make a pod in one.
  namespaceSelector: {},
  podSelector: { matchLabels: { app: "jupyterhub", component: "singleuser-server" } },
};
const inHub = (component: string): object => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": NAMESPACE } },
  podSelector: { matchLabels: { app: "jupyterhub", component } },
});

/** To the cluster's name servers. */
export const TO_DNS = {
  to: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } } }],
  ports: [
    { protocol: "UDP", port: 53 },
    { protocol: "TCP", port: 53 },
  ],
};

/** To the internet, AWS's public addresses among it, and to nothing in a private network. */
export function toInternet(...ports: number[]): object {
  return {
    to: [{ ipBlock: { cidr: "0.0.0.0/0", except: PRIVATE_NETWORKS } }],
    ports: tcp(...ports),
  };
}

/** To the database, wherever in the VPC it stands; its security group says who reaches it. */
export function toDatabase(vpcCidr: string, port: number): object {
  return { to: [block(vpcCidr)], ports: tcp(port) };
}

/** From hub and proxy to servers. */
export const TO_SERVERS = { to: [SERVERS], ports: tcp(SERVER_PORT) };

/** Of servers at the hub. */
export const FROM_SERVERS = { from: [SERVERS], ports: tcp(HUB_PORT) };

/** Of hub and proxy at a server. */
export const FROM_HUB = { from: [inHub("hub"), inHub("proxy")], ports: tcp(SERVER_PORT) };

/** To the hub's API. */
export const TO_HUB = { to: [inHub("hub")], ports: tcp(HUB_PORT) };

/**
 * To the API server: a node or an interface in the VPC, behind an address of the Services, which is
 * the one that the VPC CNI compares.
 */
export function toApiServer(vpcCidr: string, serviceCidr: string): object {
  return { to: [block(vpcCidr), block(serviceCidr)], ports: tcp(443, 6443) };
}

/** What the chart adds to its policies by itself: name servers, and nothing more. */
export const CHART_RULES = {
  cloudMetadataServer: false,
  dnsPortsCloudMetadataServer: false,
  dnsPortsKubeSystemNamespace: true,
  dnsPortsPrivateIPs: false,
  nonPrivateIPs: false,
  privateIPs: false,
};
