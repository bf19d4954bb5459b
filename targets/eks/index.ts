import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { attachNodeGroup } from "../../components/front-door/attach";
import { janitor } from "../../components/kubernetes/janitor";
import { notebookService } from "../../components/ml/notebook-service";
import type { Notebooks } from "../../components/ml/notebooks/notebooks";
import { optionalServices } from "../../components/ml/optional-services";
import { People } from "../../components/people";
import { serviceAccountOf, trustServiceAccount } from "../../components/workload-identity";
import type { SettingsOf } from "../../settings";
import { clusterNameOf, targetType } from "../../settings/names";
import type { Person } from "../../settings/values/people";
import { servesOnGpu } from "../../settings/values/serving";
import type { MlServices, SharedServices, Target, TargetOutputs } from "../target";
import { AddOns } from "./add-ons";
import { ControlPlane } from "./control-plane";
import { GpuNodes, type GpuNodesArgs } from "./gpu-nodes";
import { Nodes } from "./nodes";
import { PodNetwork } from "./pod-network";

/** Kubernetes with a control plane by AWS: EKS and a managed node group. */
export const eks: Target<"eks"> = {
  deploy: (name, settings, shared, opts) => new EksPlatform(name, settings, shared, opts),
};

class EksPlatform extends pulumi.ComponentResource implements TargetOutputs {
  readonly services: MlServices;
  readonly kubeconfig: pulumi.Output<string>;
  readonly roleArns: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(
    name: string,
    settings: SettingsOf<"eks">,
    shared: SharedServices,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super(targetType("eks"), name, {}, opts);
    const child = { parent: this };
    const { network, database, access, region, tags } = shared;
    const { adminArns, allowedCidrs, kubernetes, users, retention } = settings;
    const { version } = kubernetes;
    const { sweepData, protect } = retention;
    const { min, max } = settings.nodes;
    const range = { min, max };
    const clusterName = shared.stackId.apply((id) => clusterNameOf(shared.stack, id));

    const sweep = janitor(
      `${name}-janitor`,
      { clusterName, vpcId: network.vpcId, ownGroups: [], sweepData, access },
      { ...child, dependsOn: [network] },
    );
    const cluster = new ControlPlane(
      `${name}-cluster`,
      {
        clusterName,
        kubernetes,
        adminArns,
        allowedCidrs,
        network,
        retention,
        access,
        janitor: sweep,
      },
      child,
    );
    database.allow("eks-nodes", cluster.nodeSecurityGroupId);
    const people = this.people(name, settings, shared, cluster);
    const { roleArns } = people;
    const podNetwork = new PodNetwork(`${name}-pod-network`, { cluster, version }, child);
    const after = [podNetwork];
    const nodes = new Nodes(
      `${name}-nodes`,
      { machines: settings.nodes, range, version, cluster, network, tags, after },
      child,
    );
    const autoscaled = range.min < range.max || settings.gpu.max > 0;
    const { workspaces, ready } = new AddOns(
      `${name}-add-ons`,
      { cluster, nodes, version, region, tags, users, roleArns, protect, autoscaled },
      child,
    );

    const inCluster = { cluster, workspaces, ready, roleArns };
    const gpuNodes = this.gpuNodes(name, settings, { ...shared, cluster, version, after });
    const optional = { settings, shared, cluster, after: ready, gpuNodes };
    const { serving } = optionalServices(name, this, optional);
    const notebooks = this.notebooks(name, settings, shared, { ...inCluster, sweep, nodes });

    this.services = { notebooks, serving };
    this.roleArns = roleArns;
    this.kubeconfig = cluster.kubeconfig;
    this.registerOutputs({ services: this.services, roleArns: this.roleArns });
  }

  /** The model server, on nodes with a GPU where the settings have them. */
  private gpuNodes(
    name: string,
    settings: SettingsOf<"eks">,
    args: Omit<GpuNodesArgs, "gpu">,
  ): readonly pulumi.Resource[] | undefined {
    const { gpu } = settings;
    return servesOnGpu(settings)
      ? new GpuNodes(`${name}-gpu`, { ...args, gpu }, { parent: this }).ready
      : undefined;
  }

  private notebooks(
    name: string,
    settings: SettingsOf<"eks">,
    shared: SharedServices,
    { nodes, sweep, ready, ...inCluster }: NotebookParts,
  ): Notebooks {
    return notebookService(name, this, {
      ...inCluster,
      settings,
      shared,
      attach: (door) => attachNodeGroup(door, nodes.group),
      janitor: sweep,
      after: ready,
    });
  }

  private people(
    name: string,
    { users }: SettingsOf<"eks">,
    shared: SharedServices,
    { issuer }: ControlPlane,
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
}

/** Parts of the platform that the notebooks use. */
interface NotebookParts extends Pick<AddOns, "workspaces" | "ready"> {
  readonly cluster: ControlPlane;
  readonly nodes: Nodes;
  /** The janitor, which cleans up after the cluster is deleted. */
  readonly sweep: pulumi.Resource;
  readonly roleArns: Readonly<Record<string, pulumi.Output<string>>>;
}
