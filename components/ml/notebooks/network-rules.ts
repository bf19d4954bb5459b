/*
 * Rules of network policies, the same for Cilium (ec2) and the VPC CNI (eks), which evaluate address
 * blocks differently. In Cilium an address block never matches a pod, and matches a node only with
 * `policyCIDRMatchMode: nodes`. In the VPC CNI a pod has an address of the VPC like any other.
 * https://docs.cilium.io/en/stable/security/policy/language/#ip-cidr-based
 */

import { MODEL_SERVER } from "../../../settings/names";

/** Namespace of hub and proxy. */
export const NAMESPACE = "jupyterhub";

/** Port of a person's server; KubeSpawner's default, and the one in the chart's own policies. */
const SERVER_PORT = 8888;
/** Port of the hub's API on the Service and in the container; the VPC CNI requires them to be equal. */
export const HUB_PORT = 8081;

/** Networks that the internet does not route, including the addresses of the instance metadata. */
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
  // Any namespace: only people's namespaces have servers, and only the hub can create pods there.
  namespaceSelector: {},
  podSelector: { matchLabels: { app: "jupyterhub", component: "singleuser-server" } },
};
const inHub = (component: string): object => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": NAMESPACE } },
  podSelector: { matchLabels: { app: "jupyterhub", component } },
});

/** Egress to the cluster's DNS servers. */
export const TO_DNS = {
  to: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } } }],
  ports: [
    { protocol: "UDP", port: 53 },
    { protocol: "TCP", port: 53 },
  ],
};

/** Egress to the internet, including AWS's public addresses, but to no private network. */
export function toInternet(...ports: number[]): object {
  return {
    to: [{ ipBlock: { cidr: "0.0.0.0/0", except: PRIVATE_NETWORKS } }],
    ports: tcp(...ports),
  };
}

/**
 * Egress to the database, anywhere in the VPC; the database's security group decides who connects. Its subnets are
 * the private ones, where nodes and the pods of the VPC CNI are, too: their addresses would hardly be fewer.
 */
export function toDatabase(vpcCidr: string, port: number): object {
  return { to: [block(vpcCidr)], ports: tcp(port) };
}

/** Egress from hub and proxy to servers. */
export const TO_SERVERS = { to: [SERVERS], ports: tcp(SERVER_PORT) };

/** Ingress from servers to the hub. */
export const FROM_SERVERS = { from: [SERVERS], ports: tcp(HUB_PORT) };

/** Ingress from hub and proxy to a server. */
export const FROM_HUB = { from: [inHub("hub"), inHub("proxy")], ports: tcp(SERVER_PORT) };

/** Egress to the model server. */
export const TO_MODEL_SERVER = {
  to: [
    {
      namespaceSelector: {
        matchLabels: { "kubernetes.io/metadata.name": MODEL_SERVER.namespace },
      },
    },
  ],
  ports: tcp(MODEL_SERVER.port),
};

/** Egress to the hub's API. */
export const TO_HUB = { to: [inHub("hub")], ports: tcp(HUB_PORT) };

/**
 * Egress to the API server: a node or a network interface in the VPC, behind a Service. The VPC CNI
 * compares the address of the Service.
 */
export function toApiServer(vpcCidr: string, serviceCidr: string): object {
  return { to: [block(vpcCidr), block(serviceCidr)], ports: tcp(443, 6443) };
}

/** Egress that the chart adds to its own policies: to DNS servers only. */
export const CHART_RULES = {
  cloudMetadataServer: false,
  dnsPortsCloudMetadataServer: false,
  dnsPortsKubeSystemNamespace: true,
  dnsPortsPrivateIPs: false,
  nonPrivateIPs: false,
  privateIPs: false,
};
