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
 * registered: nothing that depends on it begins before.
 */
export class ReadyCluster extends pulumi.ComponentResource implements KubernetesCluster {
  readonly name: pulumi.Output<string>;
  readonly provider: kubernetes.Provider;
  readonly issuer: OidcIssuer;
  readonly nodeSecurityGroupId: pulumi.Output<string>;
  readonly lifeline: pulumi.Resource;
  readonly kubeconfig: pulumi.Output<string>;

  constructor(name: string, args: ReadyClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlp:ec2:ReadyCluster", name, {}, opts);
    this.name = pulumi.output(args.administrator.clusterName);
    this.issuer = args.issuer;
    this.nodeSecurityGroupId = args.nodeSecurityGroupId;
    this.lifeline = args.nodes.controlPlane;
    this.kubeconfig = kubeconfig(args.administrator);
    const ready = args.settings.kubernetes.readyMinutes > 0 ? [this.wait(name, args)] : [];
    this.provider = new kubernetes.Provider(
      `${name}-kubernetes`,
      {
        kubeconfig: this.kubeconfig,
        // By default another certificate or address would make another cluster, all objects anew.
        clusterIdentifier: this.name,
      },
      { parent: this, dependsOn: [args.nodes, ...ready] },
    );
    this.registerOutputs({ name: this.name });
  }

  private wait(
    name: string,
    { settings, shared, nodes, administrator }: ReadyClusterArgs,
  ): ActionResource<AwaitClusterInputs> {
    const { host, port, ca, admin } = administrator;
    return new ActionResource<AwaitClusterInputs>(
      "AwaitCluster",
      `${name}-ready`,
      {
        host,
        port,
        ca,
        certificate: admin.certificate,
        key: admin.key,
        machines: pulumi.all(
          [nodes.controlPlane, ...nodes.workers].map(({ id, privateDns }) =>
            pulumi.all([id, privateDns]).apply(([instanceId, node]) => ({ instanceId, node })),
          ),
        ),
        minutes: settings.kubernetes.readyMinutes,
        aws: shared.access,
      },
      { parent: this, dependsOn: [nodes] },
    );
  }
}
