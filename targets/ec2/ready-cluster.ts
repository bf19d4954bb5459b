import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { AwaitClusterInputs } from "../../actions/await-cluster";
import { ActionResource } from "../../components/action-resource";
import type { KubernetesCluster } from "../../components/kubernetes/cluster";
import type { OidcIssuer } from "../../components/workload-identity";
import type { SettingsOf } from "../../settings";
import type { SharedServices } from "../target";
import { kubeconfig, type KubeconfigArgs } from "./kubeconfig";
import type { Nodes } from "./nodes";

export interface ReadyClusterArgs {
  readonly settings: SettingsOf<"ec2">;
  readonly shared: SharedServices;
  readonly nodes: Nodes;
  readonly issuer: OidcIssuer;
  readonly nodeSecurityGroupId: pulumi.Output<string>;
  /** How an administrator from outside speaks to the API server. */
  readonly administrator: KubeconfigArgs;
}

/**
 * The machines as one cluster, from the moment at which its API server answers and all of them have
 * registered: nothing that depends on it begins before. They run pods once they are Ready, which is
 * after the pod network has been installed.
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
        // By default another certificate or address would make another cluster, all objects anew.
        clusterIdentifier: this.name,
      },
      { parent: this, dependsOn: [args.nodes, ...this.wait("registered", [args.nodes])] },
    );
    this.registerOutputs({ name: this.name });
  }

  /**
   * Waits until every machine runs pods; nothing where `kubernetes.readyMinutes` is 0.
   *
   * @param network what makes them ready: the pod network.
   */
  allReady(network: pulumi.Resource): pulumi.Resource[] {
    return this.wait("ready", [network]);
  }

  private wait(
    until: AwaitClusterInputs["until"],
    dependsOn: pulumi.Resource[],
  ): ActionResource<AwaitClusterInputs>[] {
    const { settings, shared, nodes, administrator } = this.args;
    const { host, port, ca, admin } = administrator;
    if (settings.kubernetes.readyMinutes === 0) {
      return [];
    }
    const inputs = {
      ...{ host, port, ca, certificate: admin.certificate, key: admin.key, until },
      machines: pulumi.all(
        [nodes.controlPlane, ...nodes.workers].map(({ id, privateDns }) =>
          pulumi.all([id, privateDns]).apply(([instanceId, node]) => ({ instanceId, node })),
        ),
      ),
      minutes: settings.kubernetes.readyMinutes,
      aws: shared.access,
    };
    const opts = { parent: this, dependsOn };
    const name = `${this.label}-${until}`;
    return [new ActionResource<AwaitClusterInputs>("AwaitCluster", name, inputs, opts)];
  }
}
