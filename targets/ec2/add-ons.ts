import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { install } from "../../components/kubernetes/chart";
import { Storage } from "../../components/kubernetes/storage";
import { Workspaces } from "../../components/kubernetes/workspaces";
import { TOKEN_AUDIENCE } from "../../components/workload-identity";
import type { Person } from "../../settings/values/people";
import { KUBERNETES_VERSIONS, type KubernetesMinor } from "../../settings/versions/kubernetes";
import { API_PORT } from "./firewall";
import { API_NAME } from "./nodes";
import type { ReadyCluster } from "./ready-cluster";

/** Inputs of `AddOns`. */
export interface AddOnsArgs {
  readonly cluster: ReadyCluster;
  readonly version: KubernetesMinor;
  readonly region: string;
  /** IPv4 network of the VPC. */
  readonly vpcCidr: string;
  /** Default tags, for the volumes that the EBS driver creates. */
  readonly tags: Readonly<Record<string, pulumi.Input<string>>>;
  readonly users: readonly Person[];
  /** ARN of each user's role, by name. */
  readonly roleArns: Readonly<Record<string, pulumi.Input<string>>>;
  /** Pulumi refuses to delete the users' namespaces. */
  readonly protect: boolean;
}

/**
 * The add-ons that turn registered machines into a cluster for notebooks, each after those that it needs.
 * Cilium gives pods addresses, which makes machines Ready; the approver gives kubelets their serving
 * certificates; the metrics server reads from kubelets.
 */
export class AddOns extends pulumi.ComponentResource {
  readonly workspaces: Workspaces;
  /** The charts without which no pod runs and no volume is created. */
  readonly ready: readonly pulumi.Resource[];

  constructor(
    private readonly name: string,
    private readonly args: AddOnsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("mlp:ec2:AddOns", name, {}, opts);
    const { cluster, users, roleArns, protect } = args;
    const network = this.install("cilium", this.network());
    const ready = [network, ...cluster.allReady(network)];
    const approver = this.install("kubelet-csr-approver", this.approver(), ...ready);
    this.install("metrics-server", {}, approver);
    this.install("aws-cloud-controller-manager", this.cloudController(), ...ready);
    const storage = new Storage(`${name}-storage`, { cluster }, { parent: this });
    const driver = this.install("aws-ebs-csi-driver", this.storageDriver(storage), ...ready);
    this.workspaces = new Workspaces(
      `${name}-workspaces`,
      { cluster, users, roleArns, protect },
      { parent: this },
    );
    this.ready = [...ready, storage, driver];
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
      // The wait for Ready machines follows, and says more: which machine is not Ready, and its console.
      awaited: chart !== "cilium",
    });
  }

  /**
   * Cilium as overlay: it creates no interfaces in the VPC, which a destroy could miss, and no routes.
   * https://docs.cilium.io/en/stable/network/kubernetes/kubeproxy-free/
   */
  private network(): Record<string, unknown> {
    return {
      kubeProxyReplacement: true,
      // Without kube-proxy the Service address of the API server does not work.
      k8sServiceHost: API_NAME,
      k8sServicePort: API_PORT,
      routingMode: "tunnel",
      tunnelProtocol: "vxlan",
      // Addresses from kubeadm's controller manager; Cilium's own default is 10.0.0.0/8.
      ipam: { mode: "kubernetes" },
      k8s: { requireIPv4PodCIDR: true },
      // A second one needs a second worker.
      operator: { replicas: 1 },
      hubble: { enabled: false },
      envoy: { enabled: false },
      // Address blocks of network policies match nodes, too: the hub reaches the API server, which is on one.
      // https://docs.cilium.io/en/stable/security/policy/language/#selecting-nodes-with-cidr-ipblock
      policyCIDRMatchMode: ["nodes"],
    };
  }

  /**
   * Approves a serving certificate that a kubelet requests for its own name, if the VPC's resolver confirms
   * name and address. It approves a certificate without a name for any address of the VPC, so the
   * credentials of a node are enough for a certificate with the address of another.
   * https://github.com/postfinance/kubelet-csr-approver
   */
  private approver(): Record<string, unknown> {
    return {
      // `ip-10-0-1-5.ec2.internal` in us-east-1, `ip-10-0-1-5.<region>.compute.internal` elsewhere.
      providerRegex: "^ip(-[0-9]{1,3}){4}\\.(ec2|[a-z0-9-]+\\.compute)\\.internal$",
      providerIpPrefixes: [this.args.vpcCidr],
    };
  }

  /**
   * Removes nodes whose instance no longer exists, and does nothing else: kubelets report their instance,
   * zone and type themselves, and Pulumi creates load balancers and routes.
   * https://cloud-provider-aws.sigs.k8s.io/
   */
  private cloudController(): Record<string, pulumi.Input<unknown>> {
    const { cluster, version } = this.args;
    const controlPlane = "node-role.kubernetes.io/control-plane";
    return {
      image: { tag: KUBERNETES_VERSIONS[version].cloudController },
      args: [
        "--v=2",
        "--cloud-provider=aws",
        "--controllers=cloud-node-lifecycle",
        "--configure-cloud-routes=false",
        pulumi.interpolate`--cluster-name=${cluster.name}`,
      ],
      // Only on the host network can a pod use the role of the machine.
      hostNetworking: true,
      nodeSelector: { [controlPlane]: "" },
    };
  }

  /** https://github.com/kubernetes-sigs/aws-ebs-csi-driver/tree/master/charts/aws-ebs-csi-driver */
  private storageDriver({ driverRoleArn }: Storage): Record<string, pulumi.Input<unknown>> {
    const { cluster, region, tags } = this.args;
    const folder = "/var/run/secrets/eks.amazonaws.com/serviceaccount";
    return {
      controller: {
        region,
        k8sTagClusterId: cluster.name,
        extraVolumeTags: tags,
        // No webhook adds these lines; a user's own pod needs the same ones.
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
        // A pod cannot reach the instance metadata; the labels of the node have the same information.
        metadataSources: "kubernetes",
        // Those labels do not count the root disk, which uses one of the machine's attachments.
        reservedVolumeAttachments: 1,
        enableWindows: false,
      },
    };
  }
}
