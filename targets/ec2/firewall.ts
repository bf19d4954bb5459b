import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { clusterTag, OWNED } from "../../settings/names";

/** Port of the Kubernetes API server. */
export const API_PORT = 6443;

interface Port {
  readonly protocol: "tcp" | "udp" | "icmp";
  /** Port, or the type of an ICMP message. */
  readonly from: number;
  /** Last port, or the code of an ICMP message; -1 is every code. */
  readonly to: number;
  readonly purpose: string;
}

/**
 * Ports on which machines of the cluster reach each other. Ports of etcd are not needed, since its only
 * member runs beside the API server; those of kube-proxy and Hubble are not needed, since both are off.
 * Source: https://docs.cilium.io/en/stable/operations/system_requirements/#firewall-rules
 */
export const NODE_PORTS: Readonly<Record<string, Port>> = {
  overlay: { protocol: "udp", from: 8472, to: 8472, purpose: "Cilium VXLAN overlay" },
  "cilium-health": { protocol: "tcp", from: 4240, to: 4240, purpose: "Cilium health checks" },
  ping: { protocol: "icmp", from: 8, to: -1, purpose: "Cilium health checks (echo request)" },
  kubelet: { protocol: "tcp", from: 10250, to: 10250, purpose: "kubelet: logs, exec, metrics" },
  api: { protocol: "tcp", from: API_PORT, to: API_PORT, purpose: "Kubernetes API from machines" },
};

/** Inputs of `Firewall`. */
export interface FirewallArgs {
  readonly vpcId: pulumi.Input<string>;
  /** Networks that may reach the API server from outside. */
  readonly allowedCidrs: readonly string[];
  /** Name of the cluster, for the tag on the group that its controllers may change. */
  readonly clusterName: pulumi.Output<string>;
}

/**
 * Two security groups: `nodes` for every machine, and `api` for the control plane. They allow all outgoing
 * connections; each incoming one is listed here with its purpose.
 */
export class Firewall extends pulumi.ComponentResource {
  readonly nodeGroupId: pulumi.Output<string>;
  readonly apiGroupId: pulumi.Output<string>;

  constructor(name: string, args: FirewallArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlp:ec2:Firewall", name, {}, opts);
    const nodes = this.nodes(`${name}-nodes`, args);
    const api = new aws.ec2.SecurityGroup(
      `${name}-api`,
      {
        vpcId: args.vpcId,
        description: "Kubernetes API from outside",
        tags: { Name: `${name}-api` },
      },
      { parent: this },
    );
    for (const cidr of args.allowedCidrs) {
      new aws.vpc.SecurityGroupIngressRule(
        `${name}-api-from-${cidr}`,
        {
          securityGroupId: api.id,
          cidrIpv4: cidr,
          ipProtocol: "tcp",
          fromPort: API_PORT,
          toPort: API_PORT,
          description: "Kubernetes API from allowedCidrs",
        },
        { parent: this },
      );
    }

    this.nodeGroupId = nodes.id;
    this.apiGroupId = api.id;
    this.registerOutputs({ nodeGroupId: this.nodeGroupId, apiGroupId: this.apiGroupId });
  }

  private nodes(name: string, { vpcId, clusterName }: FirewallArgs): aws.ec2.SecurityGroup {
    const group = new aws.ec2.SecurityGroup(
      name,
      {
        vpcId,
        description: "Machines of the cluster",
        // The cloud controller expects exactly one group with this tag on each machine.
        tags: clusterName.apply((cluster) => ({
          Name: name,
          [clusterTag(cluster)]: OWNED,
        })),
      },
      { parent: this },
    );
    for (const [role, { protocol, from, to, purpose }] of Object.entries(NODE_PORTS)) {
      new aws.vpc.SecurityGroupIngressRule(
        `${name}-${role}`,
        {
          securityGroupId: group.id,
          referencedSecurityGroupId: group.id,
          ipProtocol: protocol,
          fromPort: from,
          toPort: to,
          description: purpose,
        },
        { parent: this },
      );
    }
    new aws.vpc.SecurityGroupEgressRule(
      `${name}-out`,
      {
        securityGroupId: group.id,
        cidrIpv4: "0.0.0.0/0",
        ipProtocol: "-1",
        description: "Images, packages and AWS APIs",
      },
      { parent: this },
    );
    return group;
  }
}
