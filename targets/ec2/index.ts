import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { People } from "../../components/people";
import { serviceAccountOf, trustServiceAccount } from "../../components/workload-identity";
import type { SettingsOf } from "../../settings";
import type { SharedServices, Target, TargetOutputs } from "../target";
import { API_PORT, Firewall } from "./firewall";
import { ClusterIdentity } from "./identity";
import { kubeconfig } from "./kubeconfig";
import { NodeIdentity } from "./node-role";
import { Nodes } from "./nodes";
import { PublicIssuer } from "./oidc-issuer";
import { Parameters, type NodeRole } from "./parameters";

/** Kubernetes by kubeadm on plain EC2 instances: one control plane and workers. */
export const ec2: Target<"ec2"> = {
  summary: "Kubernetes by kubeadm on EC2 instances: one control plane and workers",
  deploy: (name, settings, shared, opts) => new Ec2Platform(name, settings, shared, opts),
};

class Ec2Platform extends pulumi.ComponentResource implements TargetOutputs {
  readonly loginUrl: pulumi.Output<string>;
  readonly kubeconfig: pulumi.Output<string>;
  readonly roleArns: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(
    name: string,
    settings: SettingsOf<"ec2">,
    shared: SharedServices,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("mlp:target:Ec2", name, {}, opts);
    const child = { parent: this };
    const clusterName = pulumi.interpolate`${shared.stack}-${shared.stackId}`;
    const parameterPath = pulumi.interpolate`/ml-platform/${clusterName}`;

    const identity = new ClusterIdentity(`${name}-identity`, child);
    const parameters = new Parameters(
      `${name}-parameters`,
      { identity, path: parameterPath, region: shared.region, accountId: shared.accountId },
      child,
    );
    const issuer = new PublicIssuer(
      `${name}-issuer`,
      { publicKey: identity.serviceAccount.publicKey },
      child,
    );
    const people = this.people(name, settings, shared, issuer);
    const firewall = new Firewall(
      `${name}-firewall`,
      { vpcId: shared.network.vpcId, allowedCidrs: settings.allowedCidrs, clusterName },
      child,
    );
    shared.database.allow("ec2-nodes", firewall.nodeGroupId);
    const role = (kind: NodeRole): NodeIdentity =>
      new NodeIdentity(
        `${name}-${kind}`,
        { role: kind, parameters, bucket: shared.bucket, clusterName },
        child,
      );
    const roles = { "control-plane": role("control-plane"), worker: role("worker") };
    const apiAddress = new aws.ec2.Eip(
      `${name}-api-address`,
      { domain: "vpc", tags: { Name: `${name}-api` } },
      child,
    );
    new Nodes(
      `${name}-nodes`,
      {
        ...{ settings, shared, clusterName, identity, firewall, roles, parameterPath, apiAddress },
        issuer: issuer.issuer,
      },
      child,
    );

    this.loginUrl = shared.userPool.loginUrl;
    this.roleArns = people.roleArns;
    this.kubeconfig = kubeconfig({
      clusterName,
      host: apiAddress.publicIp,
      port: API_PORT,
      ca: identity.ca.certificate,
      admin: identity.admin,
    });
    this.registerOutputs({ loginUrl: this.loginUrl, roleArns: this.roleArns });
  }

  private people(
    name: string,
    { users }: SettingsOf<"ec2">,
    { userPool, bucket, database, region, accountId }: SharedServices,
    issuer: PublicIssuer,
  ): People {
    const trust = (person: (typeof users)[number]): pulumi.Output<aws.iam.PolicyDocument> =>
      trustServiceAccount(issuer, serviceAccountOf(person));
    return new People(
      `${name}-people`,
      { users, userPool, bucket, database, region, accountId, trust },
      { parent: this },
    );
  }
}
