import * as aws from "@pulumi/aws";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { defined } from "../../settings/defined";
import { clusterTag, OWNED, STORAGE_CLASS } from "../../settings/names";
import { serviceAccountRole, type ServiceAccount } from "../workload-identity";
import { inCluster, type KubernetesCluster } from "./cluster";

/** Service account of the EBS driver's controller, as its chart and the EKS add-on name it. */
const CONTROLLER: ServiceAccount = { namespace: "kube-system", name: "ebs-csi-controller-sa" };

/**
 * Storage of a cluster: the default storage class, which turns a claim into an encrypted gp3 volume, and
 * the role of the EBS driver. The target installs the driver.
 *
 * A volume is deleted with its claim. At a destroy the janitor deletes the volumes of claims that still
 * exist.
 */
export class Storage extends pulumi.ComponentResource {
  /** Role that the controller of the driver assumes with its token. */
  readonly driverRoleArn: pulumi.Output<string>;

  constructor(
    name: string,
    { cluster }: { readonly cluster: KubernetesCluster },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("mlp:kubernetes:Storage", name, {}, opts);
    const role = serviceAccountRole(this, `${name}-driver`, {
      issuer: cluster.issuer,
      account: CONTROLLER,
      description: "EBS driver of an ml-platform cluster",
    });
    new aws.iam.RolePolicy(
      `${name}-driver-volumes`,
      { role: role.name, policy: cluster.name.apply(driverPolicy) },
      { parent: this },
    );
    new kubernetes.storage.v1.StorageClass(
      `${name}-gp3`,
      {
        metadata: {
          name: STORAGE_CLASS,
          annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
        },
        provisioner: "ebs.csi.aws.com",
        parameters: { type: "gp3", encrypted: "true" },
        reclaimPolicy: "Delete",
        // Creates the volume in the zone of the pod: a volume cannot change its zone.
        volumeBindingMode: "WaitForFirstConsumer",
        allowVolumeExpansion: true,
      },
      inCluster(cluster, this),
    );
    this.driverRoleArn = role.arn;
    this.registerOutputs({ driverRoleArn: this.driverRoleArn });
  }
}

/**
 * Policy for the volumes and snapshots of this cluster only: AWS's managed policy for the driver covers those
 * of every cluster in the account. The driver tags what it creates with the name of the cluster, and the
 * machines have that tag too.
 * Source: https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/example-iam-policy.json
 */
function driverPolicy(clusterName: string): string {
  const tag = clusterTag(clusterName);
  const made = { StringEquals: { [`aws:RequestTag/${tag}`]: OWNED } };
  const own = { StringEquals: { [`aws:ResourceTag/${tag}`]: OWNED } };
  const [volume, snapshot, instance] = ["volume", "snapshot", "instance"].map(
    (kind) => `arn:aws:ec2:*:*:${kind}/*`,
  );
  const allow = (Action: string[], Resource: unknown, Condition?: object): object => ({
    Effect: "Allow",
    Action,
    Resource,
    ...defined({ Condition }),
  });
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      allow(
        [
          "ec2:DescribeAvailabilityZones",
          "ec2:DescribeInstances",
          "ec2:DescribeInstanceTypes",
          "ec2:DescribeSnapshots",
          "ec2:DescribeVolumes",
          "ec2:DescribeVolumesModifications",
          "ec2:DescribeVolumeStatus",
        ],
        "*",
      ),
      allow(["ec2:CreateVolume"], volume, made),
      allow(["ec2:CreateSnapshot"], snapshot, made),
      allow(["ec2:CreateTags"], [volume, snapshot], {
        StringEquals: { "ec2:CreateAction": ["CreateVolume", "CreateSnapshot"] },
      }),
      allow(["ec2:CreateVolume", "ec2:DeleteSnapshot"], snapshot, own),
      allow(["ec2:CreateSnapshot", "ec2:ModifyVolume", "ec2:DeleteVolume"], volume, own),
      allow(["ec2:AttachVolume", "ec2:DetachVolume"], [volume, instance], own),
    ],
  });
}
