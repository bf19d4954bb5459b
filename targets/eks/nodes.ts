import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { KubernetesCluster } from "../../components/kubernetes/cluster";
import { SESSION_MANAGER } from "../../components/session-manager";
import { clusterTag, OWNED } from "../../settings/names";
import type { SettingsOf } from "../../settings";
import type { SharedServices } from "../target";

export interface NodesArgs {
  readonly settings: SettingsOf<"eks">;
  readonly shared: SharedServices;
  readonly cluster: KubernetesCluster;
  /** What a machine needs to become Ready: pod network and Services. */
  readonly after: readonly pulumi.Resource[];
}

/**
 * Amazon Linux 2023 by architecture; the NVIDIA image has the driver of GPU instances.
 * https://docs.aws.amazon.com/eks/latest/APIReference/API_Nodegroup.html#AmazonEKS-Type-Nodegroup-amiType
 */
const IMAGES = { amd64: "AL2023_x86_64_STANDARD", arm64: "AL2023_ARM_64_STANDARD" } as const;
const GPU_IMAGE = "AL2023_x86_64_NVIDIA";
const GPU_FAMILY = /^g\d/;

/**
 * A managed node group in the private subnets: EKS keeps it at its size, and drains a node before
 * it replaces it.
 *
 * Priced by `cost/rules/`: instance hours and root disks.
 */
export class Nodes extends pulumi.ComponentResource {
  readonly group: aws.eks.NodeGroup;

  constructor(name: string, args: NodesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlp:eks:Nodes", name, {}, opts);
    const { nodes } = args.settings;
    const { min, max } = nodes;
    const { role, policies } = this.role(name);
    const template = this.template(name, args);
    this.group = new aws.eks.NodeGroup(
      `${name}-group`,
      {
        clusterName: args.cluster.name,
        // Without it nodes stay at the version that the cluster had when they were made.
        version: args.settings.kubernetes.version,
        nodeRoleArn: role.arn,
        subnetIds: [...args.shared.network.privateSubnetIds],
        instanceTypes: [nodes.instanceType],
        amiType: GPU_FAMILY.test(nodes.instanceType) ? GPU_IMAGE : IMAGES[nodes.architecture],
        capacityType: nodes.capacity === "spot" ? "SPOT" : "ON_DEMAND",
        scalingConfig: { minSize: min, maxSize: max, desiredSize: nodes.count },
        launchTemplate: {
          id: template.id,
          version: pulumi.interpolate`${template.latestVersion}`,
        },
      },
      {
        parent: this,
        // The routes have to be there while machines boot and while they stop, and so do their rights.
        dependsOn: [args.shared.network, ...policies, ...args.after],
        // The autoscaler decides; an `up` must not take away what it has added.
        ...(min < max && { ignoreChanges: ["scalingConfig.desiredSize"] }),
      },
    );
    this.registerOutputs({ groupName: this.group.nodeGroupName });
  }

  private template(name: string, args: NodesArgs): aws.ec2.LaunchTemplate {
    const { settings, shared, cluster } = args;
    const tags = { ...shared.tags, Name: name };
    return new aws.ec2.LaunchTemplate(
      `${name}-template`,
      {
        description: "Nodes of an ml-platform cluster",
        vpcSecurityGroupIds: [cluster.nodeSecurityGroupId],
        // One hop: a pod that is not on the host's network cannot ask for the machine's role.
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
              volumeSize: settings.nodes.diskGib,
              encrypted: "true",
              deleteOnTermination: "true",
            },
          },
        ],
        // Default tags stop at the template.
        tagSpecifications: [
          // By its cluster's tag the EBS driver may attach volumes to an instance.
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
