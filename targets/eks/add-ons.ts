import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { install } from "../../components/kubernetes/chart";
import type { KubernetesCluster } from "../../components/kubernetes/cluster";
import { Storage } from "../../components/kubernetes/storage";
import { Workspaces } from "../../components/kubernetes/workspaces";
import { serviceAccountRole } from "../../components/workload-identity";
import { EKS_VERSIONS } from "../../settings/versions/eks";
import type { SettingsOf } from "../../settings";
import type { SharedServices } from "../target";
import { addOn } from "./managed-add-on";
import type { Nodes } from "./nodes";

export interface AddOnsArgs {
  readonly settings: SettingsOf<"eks">;
  readonly shared: SharedServices;
  readonly cluster: KubernetesCluster;
  readonly nodes: Nodes;
  /** ARN of each person's role, by name. */
  readonly roleArns: Readonly<Record<string, pulumi.Input<string>>>;
}

const AUTOSCALER = { namespace: "kube-system", name: "cluster-autoscaler" };

/**
 * What turns nodes into a cluster that runs notebooks. EKS counts these add-ons as failed while
 * there is no node for their pods, so they come after the nodes.
 */
export class AddOns extends pulumi.ComponentResource {
  constructor(name: string, args: AddOnsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlp:eks:AddOns", name, {}, opts);
    const { cluster, settings, shared, nodes, roleArns } = args;
    const { version } = settings.kubernetes;
    const after = [nodes.group];
    addOn(this, `${name}-coredns`, "coredns", { cluster, version, after });
    addOn(this, `${name}-metrics-server`, "metrics-server", { cluster, version, after });
    const storage = new Storage(`${name}-storage`, { cluster }, { parent: this });
    addOn(this, `${name}-ebs`, "aws-ebs-csi-driver", {
      ...{ cluster, version, after: [...after, storage], roleArn: storage.driverRoleArn },
      values: {
        controller: { extraVolumeTags: shared.tags },
      },
    });
    new Workspaces(
      `${name}-workspaces`,
      { cluster, users: settings.users, lifecycle: settings.lifecycle, roleArns },
      { parent: this },
    );
    const { min, max } = settings.nodes;
    if (min < max) {
      this.autoscaler(`${name}-autoscaler`, args);
    }
    this.registerOutputs();
  }

  /**
   * Changes the size of the node group, which is Pulumi's: so it makes nothing that could stay.
   * EKS tags the group's scaling group so that the autoscaler finds it.
   * https://github.com/kubernetes/autoscaler/tree/master/cluster-autoscaler/cloudprovider/aws
   */
  private autoscaler(name: string, { cluster, settings, shared, nodes }: AddOnsArgs): void {
    const { version } = settings.kubernetes;
    const role = serviceAccountRole(this, `${name}-role`, {
      issuer: cluster.issuer,
      account: AUTOSCALER,
      description: "Cluster autoscaler of an ml-platform cluster",
    });
    const policy = new aws.iam.RolePolicy(
      `${name}-policy`,
      { role: role.name, policy: cluster.name.apply(autoscalerPolicy) },
      { parent: this },
    );
    install(this, name, "cluster-autoscaler", {
      cluster,
      values: {
        image: { tag: EKS_VERSIONS[version].autoscaler },
        autoDiscovery: { clusterName: cluster.name },
        awsRegion: shared.region,
        rbac: {
          serviceAccount: {
            name: AUTOSCALER.name,
            annotations: { "eks.amazonaws.com/role-arn": role.arn },
          },
        },
      },
      after: [nodes.group, policy],
    });
  }
}

/** Looks everywhere, changes this cluster's groups only. */
function autoscalerPolicy(clusterName: string): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: [
          "autoscaling:DescribeAutoScalingGroups",
          "autoscaling:DescribeAutoScalingInstances",
          "autoscaling:DescribeLaunchConfigurations",
          "autoscaling:DescribeScalingActivities",
          "autoscaling:DescribeTags",
          "ec2:DescribeImages",
          "ec2:DescribeInstanceTypes",
          "ec2:DescribeLaunchTemplateVersions",
          "ec2:GetInstanceTypesFromInstanceRequirements",
          "eks:DescribeNodegroup",
        ],
        Resource: "*",
      },
      {
        Effect: "Allow",
        Action: [
          "autoscaling:SetDesiredCapacity",
          "autoscaling:TerminateInstanceInAutoScalingGroup",
        ],
        Resource: "*",
        Condition: {
          StringEquals: {
            [`aws:ResourceTag/k8s.io/cluster-autoscaler/${clusterName}`]: "owned",
          },
        },
      },
    ],
  });
}
