import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { KubernetesCluster } from "../../components/kubernetes/cluster";
import { SESSION_MANAGER } from "../../components/session-manager";
import type { Network } from "../../components/network";
import { defined } from "../../settings/defined";
import { clusterTag, OWNED } from "../../settings/names";
import type { EksSettings } from "../../settings/targets/eks";
import { hasGpu } from "../../settings/values/instance-types";
import type { EksMinor } from "../../settings/versions/eks";

/** Inputs of `Nodes`. */
export interface NodesArgs {
  readonly machines: Pick<
    EksSettings["nodes"],
    "count" | "capacity" | "instanceType" | "architecture" | "diskGib"
  >;
  /** Order of an update. @default EKS adds up to twice as many nodes as there are zones, and then ends the old ones */
  readonly updateConfig?: aws.types.input.eks.NodeGroupUpdateConfig;
  /** Fewest and most nodes. The autoscaler decides how many run if they differ. */
  readonly range: { readonly min: number; readonly max: number };
  /** Labels of the nodes in Kubernetes. @default those of EKS */
  readonly labels?: Readonly<Record<string, string>>;
  /** Taints, as EKS names their effects. @default none */
  readonly taints?: readonly {
    readonly key: string;
    readonly value: string;
    readonly effect: "NO_SCHEDULE";
  }[];
  readonly version: EksMinor;
  readonly cluster: KubernetesCluster;
  readonly network: Network;
  /** Default tags, which machines, disks and interfaces do not get from the provider. */
  readonly tags: Readonly<Record<string, pulumi.Input<string>>>;
  /** Resources that a machine needs to become Ready: pod network and Services. */
  readonly after: readonly pulumi.Resource[];
}

/**
 * Images with Amazon Linux 2023 by architecture. The NVIDIA image has the driver for GPU instances.
 * https://docs.aws.amazon.com/eks/latest/APIReference/API_Nodegroup.html#AmazonEKS-Type-Nodegroup-amiType
 */
const IMAGES = { amd64: "AL2023_x86_64_STANDARD", arm64: "AL2023_ARM_64_STANDARD" } as const;
const GPU_IMAGE = "AL2023_x86_64_NVIDIA";

/**
 * A managed node group in the private subnets. EKS maintains its size, and drains a node before replacing
 * it.
 *
 * Priced by `cost/rules/`: instance hours and root disks.
 */
export class Nodes extends pulumi.ComponentResource {
  readonly group: aws.eks.NodeGroup;

  constructor(name: string, args: NodesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlp:eks:Nodes", name, {}, opts);
    const { machines, range, network, labels, taints } = args;
    const { min, max } = range;
    const { role, policies } = this.role(name);
    const template = this.template(name, args);
    this.group = new aws.eks.NodeGroup(
      `${name}-group`,
      {
        clusterName: args.cluster.name,
        // Otherwise nodes keep the version that the cluster had when they were created.
        version: args.version,
        nodeRoleArn: role.arn,
        subnetIds: [...network.privateSubnetIds],
        instanceTypes: [machines.instanceType],
        amiType: hasGpu({ name: machines.instanceType })
          ? GPU_IMAGE
          : IMAGES[machines.architecture],
        capacityType: machines.capacity === "spot" ? "SPOT" : "ON_DEMAND",
        ...defined({ labels, taints: taints && [...taints] }),
        scalingConfig: { minSize: min, maxSize: max, desiredSize: machines.count },
        ...defined({ updateConfig: args.updateConfig }),
        launchTemplate: {
          id: template.id,
          version: pulumi.interpolate`${template.latestVersion}`,
        },
      },
      {
        parent: this,
        // The routes must exist while machines boot and while they stop, and so must their policies.
        dependsOn: [network, ...policies, ...args.after],
        // The autoscaler decides; an `up` must not remove nodes that it has added.
        ...(min < max && { ignoreChanges: ["scalingConfig.desiredSize"] }),
      },
    );
    this.registerOutputs({ groupName: this.group.nodeGroupName });
  }

  private template(name: string, args: NodesArgs): aws.ec2.LaunchTemplate {
    const { cluster } = args;
    const tags = { ...args.tags, Name: name };
    return new aws.ec2.LaunchTemplate(
      `${name}-template`,
      {
        description: "Nodes of an ml-platform cluster",
        vpcSecurityGroupIds: [cluster.nodeSecurityGroupId],
        // One hop: a pod outside the host network cannot use the role of the machine.
        metadataOptions: {
          httpEndpoint: "enabled",
          httpTokens: "required",
          httpPutResponseHopLimit: 1,
        },
        blockDeviceMappings: [
          {
            // Root disk of Amazon Linux 2023.
            deviceName: "/dev/xvda",
            ebs: {
              volumeType: "gp3",
              volumeSize: args.machines.diskGib,
              encrypted: "true",
              deleteOnTermination: "true",
            },
          },
        ],
        // The default tags apply to the template only.
        tagSpecifications: [
          // The EBS driver may attach volumes to instances with the tag of the cluster.
          {
            resourceType: "instance",
            tags: pulumi.all([cluster.name, tags]).apply(([clusterName, own]) => ({
              ...own,
              [clusterTag(clusterName)]: OWNED,
            })),
          },
          { resourceType: "volume", tags },
          { resourceType: "network-interface", tags },
        ],
      },
      { parent: this },
    );
  }

  /** https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html */
  private role(name: string): { role: aws.iam.Role; policies: pulumi.Resource[] } {
    const role = new aws.iam.Role(
      `${name}-role`,
      {
        description: "Nodes of an ml-platform cluster",
        assumeRolePolicy: pulumi.jsonStringify(
          aws.iam.assumeRolePolicyForPrincipal({ Service: "ec2.amazonaws.com" }),
        ),
      },
      { parent: this },
    );
    const managed = ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"].map(
      (policy) =>
        new aws.iam.RolePolicyAttachment(
          `${name}-${policy}`,
          { role: role.name, policyArn: `arn:aws:iam::aws:policy/${policy}` },
          { parent: this },
        ),
    );
    const sessions = new aws.iam.RolePolicy(
      `${name}-sessions`,
      {
        role: role.name,
        policy: pulumi.jsonStringify({ Version: "2012-10-17", Statement: [SESSION_MANAGER] }),
      },
      { parent: this },
    );
    return { role, policies: [...managed, sessions] };
  }
}
