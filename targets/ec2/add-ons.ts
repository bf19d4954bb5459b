import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { install } from "../../components/kubernetes/chart";
import { Storage } from "../../components/kubernetes/storage";
import { Workspaces } from "../../components/kubernetes/workspaces";
import { TOKEN_AUDIENCE } from "../../components/workload-identity";
import type { SettingsOf } from "../../settings";
import { KUBERNETES_VERSIONS } from "../../settings/versions/kubernetes";
import type { SharedServices } from "../target";
import { API_PORT } from "./firewall";
import { API_NAME } from "./nodes";
import type { ReadyCluster } from "./ready-cluster";

export interface AddOnsArgs {
  readonly settings: SettingsOf<"ec2">;
  readonly shared: SharedServices;
  readonly cluster: ReadyCluster;
  /** ARN of each person's role, by name. */
  readonly roleArns: Readonly<Record<string, pulumi.Input<string>>>;
}

/**
 * What turns machines that have registered into a cluster that runs notebooks, in the order in which
 * each needs the one before: pods get addresses from Cilium, which makes machines Ready, kubelets
 * their serving certificates from the approver, and the metrics server reads kubelets.
 */
export class AddOns extends pulumi.ComponentResource {
  constructor(
    private readonly name: string,
    private readonly args: AddOnsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("mlp:ec2:AddOns", name, {}, opts);
    const { cluster, settings, roleArns } = args;
    const network = this.install("cilium", this.network());
    const ready = [network, ...cluster.allReady(network)];
    const approver = this.install("kubelet-csr-approver", this.approver(), ...ready);
    this.install("metrics-server", {}, approver);
    this.install("aws-cloud-controller-manager", this.cloudController(), ...ready);
    const storage = new Storage(`${name}-storage`, { cluster }, { parent: this });
    this.install("aws-ebs-csi-driver", this.storageDriver(storage), ...ready);
    new Workspaces(
      `${name}-workspaces`,
      { cluster, users: settings.users, lifecycle: settings.lifecycle, roleArns },
      { parent: this },
    );
    this.registerOutputs();
  }

  private install(
    chart: Parameters<typeof install>[2],
    values: Readonly<Record<string, pulumi.Input<unknown>>>,
    ...after: readonly pulumi.Resource[]
  ): kubernetes.helm.v3.Release {
    return install(this, `${this.name}-${chart}`, chart, {
      cluster: this.args.cluster,
      values,
      after,
      // The wait for Ready machines follows, and tells more: which machine is not, and its console.
      awaited: chart !== "cilium",
    });
  }

  /**
   * Cilium as overlay: no interfaces in the VPC that could stay behind, and no route tables.
   * https://docs.cilium.io/en/stable/network/kubernetes/kubeproxy-free/
   */
  private network(): Record<string, unknown> {
    return {
      kubeProxyReplacement: true,
      // There is no kube-proxy that would make the service address of the API server work.
      k8sServiceHost: API_NAME,
      k8sServicePort: API_PORT,
      routingMode: "tunnel",
      tunnelProtocol: "vxlan",
      // Addresses as kubeadm's controller manager gives them out; Cilium's own default is 10.0.0.0/8.
      ipam: { mode: "kubernetes" },
      k8s: { requireIPv4PodCIDR: true },
      // A second one could not run beside the first where there is a single worker.
      operator: { replicas: 1 },
      hubble: { enabled: false },
      envoy: { enabled: false },
    };
  }

  /**
   * Approves a kubelet's serving certificate for its own name when that and the address are those that
   * the VPC's resolver tells. One without a name it approves for any address of the VPC: who has a
   * node's credentials gets one for another's address.
   * https://github.com/postfinance/kubelet-csr-approver
   */
  private approver(): Record<string, unknown> {
    return {
      // `ip-10-0-1-5.ec2.internal` in us-east-1, `ip-10-0-1-5.<region>.compute.internal` elsewhere.
      providerRegex: "^ip(-[0-9]{1,3}){4}\\.(ec2|[a-z0-9-]+\\.compute)\\.internal$",
      providerIpPrefixes: [this.args.settings.network.cidr],
    };
  }

  /**
   * Removes nodes whose instance is gone, and does nothing else: kubelets tell their instance, zone
   * and type themselves, and load balancers and routes are Pulumi's.
   * https://cloud-provider-aws.sigs.k8s.io/
   */
  private cloudController(): Record<string, pulumi.Input<unknown>> {
    const { cluster, settings } = this.args;
    const controlPlane = "node-role.kubernetes.io/control-plane";
    return {
      image: { tag: KUBERNETES_VERSIONS[settings.kubernetes.version].cloudController },
      args: [
        "--v=2",
        "--cloud-provider=aws",
        "--controllers=cloud-node-lifecycle",
        "--configure-cloud-routes=false",
        pulumi.interpolate`--cluster-name=${cluster.name}`,
      ],
      // On the host's network: only there a pod reaches the machine's role.
      hostNetworking: true,
      nodeSelector: { [controlPlane]: "" },
    };
  }

  /** https://github.com/kubernetes-sigs/aws-ebs-csi-driver/tree/master/charts/aws-ebs-csi-driver */
  private storageDriver({ driverRoleArn }: Storage): Record<string, pulumi.Input<unknown>> {
    const { cluster, shared } = this.args;
    const folder = "/var/run/secrets/eks.amazonaws.com/serviceaccount";
    return {
      controller: {
        region: shared.region,
        k8sTagClusterId: cluster.name,
        extraVolumeTags: shared.tags,
        // No webhook puts these in; the same lines work in a person's own pod.
        env: [
          { name: "AWS_ROLE_ARN", value: driverRoleArn },
          { name: "AWS_WEB_IDENTITY_TOKEN_FILE", value: `${folder}/token` },
        ],
        volumes: [
          {
            name: "aws-token",
            projected: {
              sources: [
                {
                  serviceAccountToken: {
                    audience: TOKEN_AUDIENCE,
                    path: "token",
                    expirationSeconds: 3600,
                  },
                },
              ],
            },
          },
        ],
        volumeMounts: [{ name: "aws-token", mountPath: folder, readOnly: true }],
      },
      node: {
        // Instance metadata are out of a pod's reach; the node's own labels say the same.
        metadataSources: "kubernetes",
        // The root disk, which those labels do not tell, takes one of the machine's attachments.
        reservedVolumeAttachments: 1,
        enableWindows: false,
      },
    };
  }
}
