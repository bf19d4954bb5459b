import { OWNED } from "../../settings/names";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { install } from "../../components/kubernetes/chart";
import type { KubernetesCluster } from "../../components/kubernetes/cluster";
import { Storage } from "../../components/kubernetes/storage";
import { Workspaces } from "../../components/kubernetes/workspaces";
import { serviceAccountRole } from "../../components/workload-identity";
import type { Person } from "../../settings/values/people";
import { EKS_VERSIONS, type EksMinor } from "../../settings/versions/eks";
import { addOn } from "./managed-add-on";
import type { Nodes } from "./nodes";

/** Inputs of `AddOns`. */
export interface AddOnsArgs {
  readonly cluster: KubernetesCluster;
  readonly nodes: Nodes;
  readonly version: EksMinor;
  readonly region: string;
  /** Default tags, for the volumes that the EBS driver creates. */
  readonly tags: Readonly<Record<string, pulumi.Input<string>>>;
  readonly users: readonly Person[];
  /** ARN of each user's role, by name. */
  readonly roleArns: Readonly<Record<string, pulumi.Input<string>>>;
  /** Pulumi refuses to delete the users' namespaces. */
  readonly protect: boolean;
  /** Install the cluster autoscaler, which changes the number of nodes. */
  readonly autoscaled: boolean;
}

/** Service account of the cluster autoscaler. */
const AUTOSCALER = { namespace: "kube-system", name: "cluster-autoscaler" };

/**
 * The add-ons that turn nodes into a cluster for notebooks. They depend on the nodes, since EKS reports
 * them as failed while there is no node for their pods.
 */
export class AddOns extends pulumi.ComponentResource {
  readonly workspaces: Workspaces;
  /** The add-ons without which no pod finds its Services and no volume is created. */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: AddOnsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlp:eks:AddOns", name, {}, opts);
    const { cluster, version, nodes, users, roleArns, protect, tags } = args;
    const after = [nodes.group];
    const dns = addOn(this, `${name}-coredns`, "coredns", { cluster, version, after });
    addOn(this, `${name}-metrics-server`, "metrics-server", { cluster, version, after });
    const storage = new Storage(`${name}-storage`, { cluster }, { parent: this });
    const driver = addOn(this, `${name}-ebs`, "aws-ebs-csi-driver", {
      cluster,
      version,
      roleArn: storage.driverRoleArn,
      values: { controller: { extraVolumeTags: tags } },
      after: [...after, storage],
    });
    this.workspaces = new Workspaces(
      `${name}-workspaces`,
      { cluster, users, roleArns, protect },
      { parent: this },
    );
    this.ready = [...after, dns, storage, driver];
    if (args.autoscaled) {
      this.autoscaler(`${name}-autoscaler`, args);
    }
    this.registerOutputs();
  }

  /**
   * Changes the size of the node group. Pulumi owns the group, so the autoscaler creates nothing that a
   * destroy could miss. EKS tags the Auto Scaling group of the node group, and the autoscaler finds it by
   * that tag.
   * https://github.com/kubernetes/autoscaler/tree/master/cluster-autoscaler/cloudprovider/aws
   */
  private autoscaler(name: string, { cluster, version, region, nodes }: AddOnsArgs): void {
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
        awsRegion: region,
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

/** Policy that reads all Auto Scaling groups and changes those of this cluster only. */
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
            [`aws:ResourceTag/k8s.io/cluster-autoscaler/${clusterName}`]: OWNED,
          },
        },
      },
    ],
  });
}
