import * as aws from "@pulumi/aws";
import * as eks from "@pulumi/eks";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { AwaitEndpointInputs } from "../../actions/await-endpoint";
import { ActionResource } from "../../components/action-resource";
import type { KubernetesCluster } from "../../components/kubernetes/cluster";
import { TOKEN_AUDIENCE, type OidcIssuer } from "../../components/workload-identity";
import { LIFECYCLE_FLAGS } from "../../settings/lifecycle";
import type { SettingsOf } from "../../settings";
import type { SharedServices } from "../target";
import { kubeconfigForPeople, kubeconfigForProvider } from "./kubeconfig";

export interface ControlPlaneArgs {
  readonly settings: SettingsOf<"eks">;
  readonly shared: SharedServices;
  readonly clusterName: pulumi.Output<string>;
  /** Cleans up when the control plane is gone. */
  readonly janitor: pulumi.CustomResource;
}

/**
 * What each choice of `kubernetes.logs` writes.
 * https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html
 */
const LOG_TYPES = {
  none: [],
  audit: ["audit", "authenticator"],
  all: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
} as const;

/** The group is what EKS makes for a load balancer before it asks for that. */
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
 * The control plane of EKS, its log group, and who vouches for service accounts.
 *
 * `eks.Cluster` is a component that lives in a process of its own: nothing inside it can be seen
 * here, and what stands before or behind the cluster has to hang on its inputs and on outputs of the
 * cluster within, never on the component.
 * Priced by `cost/rules/`: hours by version, logs by usage, the key of a stack that is kept.
 */
export class ControlPlane extends pulumi.ComponentResource implements KubernetesCluster {
  /** Known once the cluster is there, so what takes it comes after it. */
  readonly name: pulumi.Output<string>;
  readonly provider: kubernetes.Provider;
  readonly issuer: OidcIssuer;
  /** The group that EKS makes for control plane and nodes; its members reach each other. */
  readonly nodeSecurityGroupId: pulumi.Output<string>;
  readonly lifeline: pulumi.Resource;
  /** For people; holds no secret. */
  readonly kubeconfig: pulumi.Output<string>;

  constructor(name: string, args: ControlPlaneArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlp:eks:ControlPlane", name, {}, opts);
    const component = this.cluster(name, args);
    const cluster = component.eksCluster;
    this.lifeline = component;
    this.name = cluster.name;
    this.nodeSecurityGroupId = cluster.vpcConfig.clusterSecurityGroupId;
    this.issuer = this.identityProvider(name, cluster.identities);
    this.administrators(name, args.settings.adminArns);
    const entry = {
      clusterName: this.name,
      endpoint: cluster.endpoint,
      authority: cluster.certificateAuthority.data,
      access: args.shared.access,
    };
    this.kubeconfig = kubeconfigForPeople(entry);
    const ready = this.ready(name, cluster, args.settings.kubernetes.readyMinutes);
    this.provider = new kubernetes.Provider(
      `${name}-kubernetes`,
      {
        kubeconfig: kubeconfigForProvider(entry),
        // By default another profile would make another cluster, all objects anew. A name is no better:
        // a cluster that replaces another has the same, and would stay without objects.
        clusterIdentifier: cluster.endpoint,
      },
      // It looks once, and takes a cluster that does not answer then for one that is gone.
      { parent: this, dependsOn: ready },
    );
    this.registerOutputs({ name: this.name });
  }

  private cluster(name: string, args: ControlPlaneArgs): eks.Cluster {
    const { settings, shared, clusterName, janitor } = args;
    const { version, serviceCidr, logs } = settings.kubernetes;
    const { protect, deletionProtection } = LIFECYCLE_FLAGS[settings.lifecycle];
    const { role, policies } = this.role(name);
    const before = [...policies, janitor, ...this.logGroup(name, args)];
    const { network, access } = shared;
    return new eks.Cluster(
      name,
      {
        name: clusterName,
        version,
        vpcId: network.vpcId,
        subnetIds: once(before, network.privateSubnetIds),
        serviceRole: role,
        kubernetesServiceIpAddressRange: serviceCidr,
        authenticationMode: eks.AuthenticationMode.Api,
        // Public by default; said in words, the component would ask the API server itself, from a
        // machine that need not be among these.
        publicAccessCidrs: [...settings.allowedCidrs],
        endpointPrivateAccess: true,
        // At the end of standard support AWS upgrades; EXTENDED, the default, would cost six times as much.
        upgradePolicy: { supportType: "STANDARD" },
        deletionProtection,
        enabledClusterLogTypes: [...LOG_TYPES[logs]],
        ...this.encryption(name, args),
        // Nodes, groups and add-ons are plain resources of ours: the component's cannot be seen.
        skipDefaultNodeGroup: true,
        skipDefaultSecurityGroups: true,
        bootstrapSelfManagedAddons: false,
        useDefaultVpcCni: true,
        corednsAddonOptions: { enabled: false },
        kubeProxyAddonOptions: { enabled: false },
        // The component would open a connection to the issuer in every preview.
        createOidcProvider: false,
        providerCredentialOpts: pulumi.output(access).apply(({ profile, assumeRoles }) => ({
          ...(profile !== undefined && { profileName: profile }),
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
   * A cluster needs no load balancers of EKS's own, as AWS writes, which would be in nobody's state:
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

  /** EKS makes a group without end by itself where there is none; this one goes with the stack. */
  private logGroup(
    name: string,
    { settings, clusterName }: ControlPlaneArgs,
  ): aws.cloudwatch.LogGroup[] {
    const { logs, logDays } = settings.kubernetes;
    if (logs === "none") {
      return [];
    }
    const group = new aws.cloudwatch.LogGroup(
      `${name}-logs`,
      {
        name: pulumi.interpolate`/aws/eks/${clusterName}/cluster`,
        retentionInDays: Number(logDays),
      },
      { parent: this },
    );
    return [group];
  }

  /** EKS encrypts Secrets with a key of its own; a stack that is kept has one that it can revoke. */
  private encryption(
    name: string,
    { settings }: ControlPlaneArgs,
  ): Pick<eks.ClusterArgs, "encryptionConfigKeyArn"> {
    const { ownKey, protect } = LIFECYCLE_FLAGS[settings.lifecycle];
    if (!ownKey) {
      return {};
    }
    const key = new aws.kms.Key(
      `${name}-secrets-key`,
      {
        description: `Kubernetes Secrets of ${name}`,
        enableKeyRotation: true,
        // The longest: without the key a backup of the cluster is worth nothing.
        deletionWindowInDays: 30,
      },
      { parent: this, protect },
    );
    return { encryptionConfigKeyArn: key.arn };
  }

  /** AWS trusts EKS's issuers by their certificates' authority, so there is no thumbprint to find. */
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

/** Values that are there only once other resources are. */
function once<T>(
  resources: readonly pulumi.CustomResource[],
  values: readonly pulumi.Output<T>[],
): pulumi.Output<T[]> {
  const there = pulumi.all(resources.map(({ id }) => id));
  return there.apply(() => pulumi.all([...values]) as pulumi.Output<T[]>);
}
