import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { KubernetesCluster } from "../../components/kubernetes/cluster";
import type { OidcIssuer } from "../../components/workload-identity";
import { awaitMachines, type AwaitArgs } from "./await-machines";
import { kubeconfig } from "./kubeconfig";
import type { Nodes } from "./nodes";

/** Inputs of `ReadyCluster`. */
export interface ReadyClusterArgs extends AwaitArgs {
  readonly nodes: Nodes;
  readonly issuer: OidcIssuer;
  readonly nodeSecurityGroupId: pulumi.Output<string>;
}

/**
 * The machines as one cluster. It exists once the API server answers and all machines have registered;
 * resources that depend on it wait for that. The machines run pods once they are Ready, after the
 * installation of the pod network.
 */
export class ReadyCluster extends pulumi.ComponentResource implements KubernetesCluster {
  readonly name: pulumi.Output<string>;
  readonly provider: kubernetes.Provider;
  readonly issuer: OidcIssuer;
  readonly nodeSecurityGroupId: pulumi.Output<string>;
  readonly lifeline: pulumi.Resource;
  readonly kubeconfig: pulumi.Output<string>;

  constructor(
    private readonly label: string,
    private readonly args: ReadyClusterArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("mlp:ec2:ReadyCluster", label, {}, opts);
    this.name = pulumi.output(args.administrator.clusterName);
    this.issuer = args.issuer;
    this.nodeSecurityGroupId = args.nodeSecurityGroupId;
    this.lifeline = args.nodes.controlPlane;
    this.kubeconfig = kubeconfig(args.administrator);
    this.provider = new kubernetes.Provider(
      `${label}-kubernetes`,
      {
        kubeconfig: this.kubeconfig,
        // By default a new certificate or address would mean a new cluster, and replace all objects.
        clusterIdentifier: this.name,
      },
      { parent: this, dependsOn: [args.nodes, ...this.wait("registered", [args.nodes])] },
    );
    this.registerOutputs({ name: this.name });
  }

  /**
   * Declares a wait until every machine is Ready; none if `readyMinutes` is 0.
   *
   * @param network the pod network, without which no machine becomes Ready.
   */
  allReady(network: pulumi.Resource): pulumi.Resource[] {
    return this.wait("ready", [network]);
  }

  private wait(until: "registered" | "ready", dependsOn: pulumi.Resource[]): pulumi.Resource[] {
    const { nodes } = this.args;
    const machines = [nodes.controlPlane, ...nodes.workers];
    const opts = { parent: this, dependsOn };
    return awaitMachines(`${this.label}-${until}`, this.args, { until, machines }, opts);
  }
}
