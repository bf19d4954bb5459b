import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { attachInstances } from "../../components/front-door/attach";
import { janitor } from "../../components/kubernetes/janitor";
import { notebookService } from "../../components/ml/notebook-service";
import type { Notebooks } from "../../components/ml/notebooks/notebooks";
import { optionalServices } from "../../components/ml/optional-services";
import { People } from "../../components/people";
import { serviceAccountOf, trustServiceAccount } from "../../components/workload-identity";
import type { SettingsOf } from "../../settings";
import { clusterNameOf, parameterPath, targetType } from "../../settings/names";
import type { Person } from "../../settings/values/people";
import type { MlServices, SharedServices, Target, TargetOutputs } from "../target";
import { AddOns } from "./add-ons";
import { API_PORT, Firewall } from "./firewall";
import { ClusterIdentity } from "./identity";
import { NodeIdentity } from "./node-role";
import { Nodes } from "./nodes";
import { PublicIssuer } from "./oidc-issuer";
import { Parameters, type NodeRole } from "./parameters";
import { ReadyCluster } from "./ready-cluster";

/** Kubernetes by kubeadm on plain EC2 instances: one control plane and workers. */
export const ec2: Target<"ec2"> = {
  deploy: (name, settings, shared, opts) => new Ec2Platform(name, settings, shared, opts),
};

class Ec2Platform extends pulumi.ComponentResource implements TargetOutputs {
  readonly services: MlServices;
  readonly kubeconfig: pulumi.Output<string>;
  readonly roleArns: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(
    name: string,
    settings: SettingsOf<"ec2">,
    shared: SharedServices,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super(targetType("ec2"), name, {}, opts);
    const child = { parent: this };
    const { network, bucket, database, region, accountId, tags } = shared;
    const { users, kubernetes } = settings;
    const clusterName = shared.stackId.apply((id) => clusterNameOf(shared.stack, id));

    const identity = new ClusterIdentity(`${name}-identity`, child);
    const parameters = new Parameters(
      `${name}-parameters`,
      { identity, path: clusterName.apply(parameterPath), region, accountId },
      child,
    );
    const issuer = new PublicIssuer(
      `${name}-issuer`,
      { publicKey: identity.serviceAccount.publicKey, clusterName },
      child,
    );
    const people = this.people(name, settings, shared, issuer);
    const firewall = new Firewall(
      `${name}-firewall`,
      { vpcId: network.vpcId, allowedCidrs: settings.allowedCidrs, clusterName },
      child,
    );
    database.allow("ec2-nodes", firewall.nodeGroupId);
    const role = (kind: NodeRole): NodeIdentity =>
      new NodeIdentity(`${name}-${kind}`, { role: kind, parameters, bucket, clusterName }, child);
    const roles = { "control-plane": role("control-plane"), worker: role("worker") };
    const parts = { clusterName, identity, parameters, issuer, firewall, roles };
    const { cluster, sweep, workers } = this.cluster(name, settings, shared, parts);
    const { protect } = settings.retention;
    const { roleArns } = people;
    const { version } = kubernetes;
    const vpcCidr = settings.network.cidr;
    const { workspaces, ready } = new AddOns(
      `${name}-add-ons`,
      { cluster, version, region, vpcCidr, tags, users, roleArns, protect },
      child,
    );
    const inCluster = { cluster, workspaces, ready, roleArns };
    const optional = { settings, shared, cluster, after: ready };
    const { serving } = optionalServices(name, this, optional);
    const notebooks = this.notebooks(name, settings, shared, { ...inCluster, sweep, workers });

    this.services = { notebooks, serving };
    this.roleArns = roleArns;
    this.kubeconfig = cluster.kubeconfig;
    this.registerOutputs({ services: this.services, roleArns: this.roleArns });
  }

  private notebooks(
    name: string,
    settings: SettingsOf<"ec2">,
    shared: SharedServices,
    { workers, sweep, ready, ...inCluster }: NotebookParts,
  ): Notebooks {
    return notebookService(name, this, {
      ...inCluster,
      settings,
      shared,
      attach: (door) => attachInstances(door, workers),
      janitor: sweep,
      after: ready,
    });
  }

  private people(
    name: string,
    { users }: SettingsOf<"ec2">,
    shared: SharedServices,
    issuer: PublicIssuer,
  ): People {
    const trust = (person: Person): pulumi.Output<aws.iam.PolicyDocument> =>
      trustServiceAccount(issuer, serviceAccountOf(person));
    return new People(
      `${name}-people`,
      {
        ...shared,
        users,
        trust,
        // The Job of the notebooks does that; as the master user they could open everybody's notebook.
        adminsCreateLogins: false,
      },
      { parent: this },
    );
  }

  /** The machines, the janitor that cleans up after them, and the wait until they form a cluster. */
  private cluster(
    name: string,
    settings: SettingsOf<"ec2">,
    { network, bucket, lookups, access, tags }: SharedServices,
    { clusterName, identity, parameters, issuer, firewall, roles }: Parts,
  ): Machines {
    const child = { parent: this };
    const { sweepData, protect } = settings.retention;
    const { readyMinutes } = settings.kubernetes;
    const nodeSecurityGroupId = firewall.nodeGroupId;
    const apiAddress = new aws.ec2.Eip(
      `${name}-api-address`,
      { domain: "vpc", tags: { Name: `${name}-api` } },
      child,
    );
    const ownGroups = [firewall.nodeGroupId, firewall.apiGroupId];
    const sweep = janitor(
      `${name}-janitor`,
      { clusterName, vpcId: network.vpcId, ownGroups, sweepData, access },
      { parent: this, dependsOn: [network, firewall] },
    );
    const administrator = {
      clusterName,
      host: apiAddress.publicIp,
      port: API_PORT,
      ca: identity.ca.certificate,
      admin: identity.admin,
    };
    const wait = { administrator, readyMinutes, access };
    const nodes = new Nodes(
      `${name}-nodes`,
      {
        machines: settings.nodes,
        kubernetes: settings.kubernetes,
        clusterName,
        issuer,
        caHash: identity.caHash,
        parameterPath: parameters.path,
        snapshotBucket: bucket.bucketName,
        apiAddress,
        network,
        // Without NAT only the public subnets have a route to the internet.
        publicWorkers: settings.network.nat === "none",
        firewall,
        roles,
        tags,
        lookups,
        protect,
        janitor: sweep,
        cluster: wait,
      },
      child,
    );
    const cluster = new ReadyCluster(
      `${name}-cluster`,
      { nodes, issuer, nodeSecurityGroupId, ...wait },
      child,
    );
    return { cluster, sweep, workers: nodes.workers };
  }
}

/** A cluster with its machines. */
interface Machines {
  readonly cluster: ReadyCluster;
  /** The janitor, which cleans up after the machines are deleted. */
  readonly sweep: pulumi.Resource;
  readonly workers: readonly aws.ec2.Instance[];
}

/** Components that the machines of a cluster use. */
interface Parts {
  readonly clusterName: pulumi.Output<string>;
  readonly identity: ClusterIdentity;
  readonly parameters: Parameters;
  readonly issuer: PublicIssuer;
  readonly firewall: Firewall;
  readonly roles: Readonly<Record<NodeRole, NodeIdentity>>;
}

/** Parts of the platform that the notebooks use. */
interface NotebookParts extends Machines, Pick<AddOns, "workspaces" | "ready"> {
  readonly roleArns: Readonly<Record<string, pulumi.Output<string>>>;
}
