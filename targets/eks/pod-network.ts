import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { KubernetesCluster } from "../../components/kubernetes/cluster";
import { serviceAccountRole } from "../../components/workload-identity";
import type { EksMinor } from "../../settings/versions/eks";
import { addOn } from "./managed-add-on";

/** Inputs of `PodNetwork`. */
export interface PodNetworkArgs {
  readonly cluster: KubernetesCluster;
  readonly version: EksMinor;
}

/**
 * The add-ons that a node needs to become Ready: addresses for pods from the VPC, and Services. They are
 * created before the nodes and deleted after them: without the VPC CNI a deleted node would leave its
 * interfaces in the VPC.
 */
export class PodNetwork extends pulumi.ComponentResource {
  constructor(name: string, args: PodNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlp:eks:PodNetwork", name, {}, opts);
    const role = serviceAccountRole(this, `${name}-role`, {
      issuer: args.cluster.issuer,
      account: { namespace: "kube-system", name: "aws-node" },
      description: "VPC CNI of an ml-platform cluster",
    });
    const policy = new aws.iam.RolePolicyAttachment(
      `${name}-policy`,
      { role: role.name, policyArn: "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy" },
      { parent: this },
    );
    addOn(this, `${name}-vpc-cni`, "vpc-cni", {
      ...args,
      roleArn: role.arn,
      // Disabled by default: the cluster would then accept a NetworkPolicy without enforcing it.
      values: { enableNetworkPolicy: "true" },
      after: [policy],
    });
    addOn(this, `${name}-kube-proxy`, "kube-proxy", args);
    this.registerOutputs();
  }
}
