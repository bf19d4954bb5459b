import * as aws from "@pulumi/aws";
import * as eks from "@pulumi/eks";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { AwaitEndpointInputs } from "../../actions/await-endpoint";
import { ActionResource } from "../../components/action-resource";
import type { KubernetesCluster } from "../../components/kubernetes/cluster";
import type { Network } from "../../components/network";
import { TOKEN_AUDIENCE, type OidcIssuer } from "../../components/workload-identity";
import { defined } from "../../settings/defined";
import type { LifecycleFlags } from "../../settings/lifecycle";
import { clusterLogGroup } from "../../settings/names";
import type { AwsAccess } from "../../settings/schema/aws-access";
import type { EksSettings } from "../../settings/targets/eks";
import { kubeconfigForPeople, kubeconfigForProvider } from "./kubeconfig";

/** Inputs of `ControlPlane`. */
export interface ControlPlaneArgs {
  readonly clusterName: pulumi.Output<string>;
  readonly kubernetes: EksSettings["kubernetes"];
  readonly adminArns: readonly string[];
  /** Networks that may reach the API server from outside the VPC. */
  readonly allowedCidrs: readonly string[];
  readonly network: Network;
  readonly retention: Pick<LifecycleFlags, "deletionProtection" | "ownKey" | "protect">;
  readonly access: pulumi.Input<AwsAccess>;
  /** Cleans up after the control plane is deleted. */
  readonly janitor: pulumi.CustomResource;
}

/**
 * Types of log for each value of `kubernetes.logs`.
 * https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html
 */
const LOG_TYPES = {
  none: [],
  audit: ["audit", "authenticator"],
  all: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
} as const;

/** Denies security groups, too: EKS creates one before it creates a load balancer. */
const NO_LOAD_BALANCERS = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Deny",
      Action: ["elasticloadbalancing:Create*", "ec2:CreateSecurityGroup"],
      Resource: "*",
    },
  ],
};

/**
 * The control plane of EKS, its log group, and the issuer of tokens for service accounts.
 *
 * `eks.Cluster` is a component in a process of its own, and its resources are not visible here. A resource
 * that must exist before or after the cluster has to depend on the inputs of the component, or on outputs
 * of the cluster within, never on the component itself.
 * Priced by `cost/rules/`: hours by version, logs by usage, the key of a stack that is kept.
 */
export class ControlPlane extends pulumi.ComponentResource implements KubernetesCluster {
  /** Known once the cluster exists, so resources that use it are created after the cluster. */
  readonly name: pulumi.Output<string>;
  readonly provider: kubernetes.Provider;
  readonly issuer: OidcIssuer;
  /** Security group that EKS creates for control plane and nodes; its members reach each other. */
  readonly nodeSecurityGroupId: pulumi.Output<string>;
  readonly lifeline: pulumi.Resource;
  /** For people; it holds no token and no key. */
  readonly kubeconfig: pulumi.Output<string>;

  constructor(name: string, args: ControlPlaneArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlp:eks:ControlPlane", name, {}, opts);
    const component = this.cluster(name, args);
    const cluster = component.eksCluster;
    this.lifeline = component;
    this.name = cluster.name;
    this.nodeSecurityGroupId = cluster.vpcConfig.clusterSecurityGroupId;
    this.issuer = this.identityProvider(name, cluster.identities);
    this.administrators(name, args.adminArns);
    const entry = {
      clusterName: this.name,
      endpoint: cluster.endpoint,
      authority: cluster.certificateAuthority.data,
      access: args.access,
    };
    this.kubeconfig = kubeconfigForPeople(entry);
    const ready = this.ready(name, cluster, args.kubernetes.readyMinutes);
    this.provider = new kubernetes.Provider(
      `${name}-kubernetes`,
      {
        kubeconfig: kubeconfigForProvider(entry),
        // By default a new profile would mean a new cluster, and replace all objects. The name would not
        // do: a cluster that replaces another has the same one, and would get no objects.
        clusterIdentifier: cluster.endpoint,
      },
      // The provider tries once, and takes a cluster that does not answer for one that was deleted.
      { parent: this, dependsOn: ready },
    );
    this.registerOutputs({ name: this.name });
  }

  private cluster(name: string, args: ControlPlaneArgs): eks.Cluster {
    const { clusterName, network, access, janitor } = args;
    const { version, serviceCidr, logs } = args.kubernetes;
    const { protect, deletionProtection } = args.retention;
    const { role, policies } = this.role(name);
    const before = [...policies, janitor, ...this.logGroup(name, args)];
    return new eks.Cluster(
      name,
      {
        name: clusterName,
        version,
        vpcId: network.vpcId,
        subnetIds: after(before, network.privateSubnetIds),
        serviceRole: role,
        kubernetesServiceIpAddressRange: serviceCidr,
        authenticationMode: eks.AuthenticationMode.Api,
        // The endpoint is public by default. If that were set, the component would call the API server
        // itself, from a machine that may be outside these networks.
        publicAccessCidrs: [...args.allowedCidrs],
        endpointPrivateAccess: true,
        // AWS upgrades the cluster at the end of standard support. The default, EXTENDED, would cost six
        // times as much.
        upgradePolicy: { supportType: "STANDARD" },
        deletionProtection,
        enabledClusterLogTypes: [...LOG_TYPES[logs]],
        ...this.encryption(name, args),
        // Nodes, groups and add-ons are resources of this program: those of the component are not visible.
        skipDefaultNodeGroup: true,
        skipDefaultSecurityGroups: true,
        bootstrapSelfManagedAddons: false,
        useDefaultVpcCni: true,
        corednsAddonOptions: { enabled: false },
        kubeProxyAddonOptions: { enabled: false },
        // The component would connect to the issuer in every preview.
        createOidcProvider: false,
        providerCredentialOpts: pulumi.output(access).apply(({ profile, assumeRoles }) => ({
          ...defined({ profileName: profile }),
          ...(assumeRoles?.length ? { roleArn: assumeRoles.at(-1)?.roleArn ?? "" } : {}),
        })),
      },
      { parent: this, protect },
    );
  }

  private ready(
    name: string,
    { endpoint, certificateAuthority }: pulumi.Output<aws.eks.Cluster>,
    minutes: number,
  ): pulumi.Resource[] {
    const authority = certificateAuthority.data;
    return minutes === 0
      ? []
      : [
          new ActionResource<AwaitEndpointInputs>(
            "AwaitEndpoint",
            `${name}-ready`,
            { endpoint, authority, minutes },
            { parent: this },
          ),
        ];
  }

  /**
   * Denies load balancers, which a cluster does not need EKS to create, and which would be in no state:
   * https://docs.aws.amazon.com/eks/latest/userguide/cluster-iam-role.html
   */
  private role(name: string): { role: aws.iam.Role; policies: pulumi.CustomResource[] } {
    const role = new aws.iam.Role(
      `${name}-role`,
      {
        description: "Control plane of an ml-platform cluster",
        assumeRolePolicy: pulumi.jsonStringify(
          aws.iam.assumeRolePolicyForPrincipal({ Service: "eks.amazonaws.com" }),
        ),
      },
      { parent: this },
    );
    const policy = new aws.iam.RolePolicyAttachment(
      `${name}-role-policy`,
      { role: role.name, policyArn: "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy" },
      { parent: this },
    );
    const denied = new aws.iam.RolePolicy(
      `${name}-no-load-balancers`,
      { role: role.name, policy: pulumi.jsonStringify(NO_LOAD_BALANCERS) },
      { parent: this },
    );
    return { role, policies: [policy, denied] };
  }

  /** Log group with a retention. Otherwise EKS creates one that keeps logs forever and outlives the stack. */
  private logGroup(
    name: string,
    { kubernetes, clusterName }: ControlPlaneArgs,
  ): aws.cloudwatch.LogGroup[] {
    const { logs, logDays } = kubernetes;
    if (logs === "none") {
      return [];
    }
    const group = new aws.cloudwatch.LogGroup(
      `${name}-logs`,
      {
        name: clusterName.apply(clusterLogGroup),
        retentionInDays: Number(logDays),
      },
      { parent: this },
    );
    return [group];
  }

  /** Key for Secrets. EKS encrypts with its own key; a kept stack has a key that its owner can disable. */
  private encryption(
    name: string,
    { retention }: ControlPlaneArgs,
  ): Pick<eks.ClusterArgs, "encryptionConfigKeyArn"> {
    const { ownKey, protect } = retention;
    if (!ownKey) {
      return {};
    }
    const key = new aws.kms.Key(
      `${name}-secrets-key`,
      {
        description: `Kubernetes Secrets of ${name}`,
        enableKeyRotation: true,
        // The maximum: without the key a backup of the cluster cannot be decrypted.
        deletionWindowInDays: 30,
      },
      { parent: this, protect },
    );
    return { encryptionConfigKeyArn: key.arn };
  }

  /** IAM provider for the issuer. AWS trusts the authority of EKS's certificates, so it needs no thumbprint. */
  private identityProvider(
    name: string,
    identities: pulumi.Output<aws.types.output.eks.ClusterIdentity[]>,
  ): OidcIssuer {
    const issuer = identities.apply(([identity]) => identity?.oidcs[0]?.issuer ?? "");
    const provider = new aws.iam.OpenIdConnectProvider(
      `${name}-oidc`,
      { url: issuer, clientIdLists: [TOKEN_AUDIENCE] },
      { parent: this },
    );
    return { issuer, providerArn: provider.arn };
  }

  private administrators(name: string, arns: readonly string[]): void {
    for (const arn of arns) {
      const label = `${name}-admin-${arn.replace(/^arn:aws:iam::/, "")}`;
      const entry = new aws.eks.AccessEntry(
        label,
        { clusterName: this.name, principalArn: arn },
        { parent: this },
      );
      new aws.eks.AccessPolicyAssociation(
        `${label}-policy`,
        {
          clusterName: this.name,
          principalArn: entry.principalArn,
          policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
          accessScope: { type: "cluster" },
        },
        { parent: this },
      );
    }
  }
}

/** Makes values known only after other resources exist. */
function after<T>(
  resources: readonly pulumi.CustomResource[],
  values: readonly pulumi.Output<T>[],
): pulumi.Output<T[]> {
  const ids = pulumi.all(resources.map(({ id }) => id));
  return ids.apply(() => pulumi.all([...values]) as pulumi.Output<T[]>);
}
