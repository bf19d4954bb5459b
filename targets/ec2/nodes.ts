import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Network } from "../../components/network";
import type { OidcIssuer } from "../../components/workload-identity";
import { defined } from "../../settings/defined";
import type { Ec2Settings } from "../../settings/targets/ec2";
import { INSTANCE_TYPES } from "../../settings/values/instance-types";
import { ETCD_PROGRAMS_IMAGE, KUBERNETES_VERSIONS } from "../../settings/versions/kubernetes";
import { clusterTag, OWNED } from "../../settings/names";
import { awaitMachines, type AwaitArgs } from "./await-machines";
import { API_PORT, type Firewall } from "./firewall";
import type { NodeIdentity } from "./node-role";
import type { NodeRole } from "./parameters";
import { controlPlaneUserData, workerUserData } from "./user-data";

/** Private DNS zone, visible in this VPC only. */
const ZONE_NAME = "ml-platform.internal";
/** Name of the API server inside the VPC. */
export const API_NAME = `api.${ZONE_NAME}`;

/** Inputs of `Nodes`. */
export interface NodesArgs {
  readonly machines: Pick<Ec2Settings["nodes"], "count" | "instanceType" | "diskGib" | "renew">;
  readonly kubernetes: Pick<Ec2Settings["kubernetes"], "version" | "podCidr" | "serviceCidr">;
  readonly clusterName: pulumi.Output<string>;
  readonly issuer: OidcIssuer;
  /** Hash of the cluster's certificate authority, `sha256:…`. */
  readonly caHash: pulumi.Output<string>;
  /** Folder of the cluster's parameters. */
  readonly parameterPath: pulumi.Output<string>;
  /** Bucket for the snapshots of etcd. */
  readonly snapshotBucket: pulumi.Output<string>;
  /** Public address of the API server. Created before the machines, since a certificate contains it. */
  readonly apiAddress: aws.ec2.Eip;
  readonly network: Network;
  /** Workers run in public subnets, with public addresses. */
  readonly publicWorkers: boolean;
  readonly firewall: Firewall;
  /** Role of each kind of machine. */
  readonly roles: Readonly<Record<NodeRole, NodeIdentity>>;
  /** Default tags, which root disks do not get from the provider. */
  readonly tags: Readonly<Record<string, pulumi.Input<string>>>;
  /** Provider for look-ups. */
  readonly lookups: aws.Provider;
  /** Pulumi refuses to delete or replace the control plane. */
  readonly protect: boolean;
  /** Cleans up after the machines are deleted. */
  readonly janitor: pulumi.Resource;
  /** The cluster that a replaced worker has to join before the next one is replaced. */
  readonly cluster: AwaitArgs;
}

/**
 * The machines: one control plane and workers, and the DNS name of the API server.
 *
 * A replaced control plane loses everything since its last snapshot, and a replaced worker stops the pods on it.
 * So image and user data of a machine do not change once it exists, unless `nodes.renew` names its role.
 * Priced by `cost/rules/`: instance hours, root disks, public addresses, the private zone.
 */
export class Nodes extends pulumi.ComponentResource {
  readonly controlPlane: aws.ec2.Instance;
  readonly workers: readonly aws.ec2.Instance[];

  constructor(name: string, args: NodesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlp:ec2:Nodes", name, {}, opts);
    const { firewall, protect, network } = args;
    const image = this.image(args);

    this.controlPlane = this.instance(`${name}-control-plane`, args, {
      role: "control-plane",
      image,
      subnetId: network.publicSubnetIds[0],
      groups: [firewall.nodeGroupId, firewall.apiGroupId],
      userData: pulumi.all(this.controlPlaneVariables(args)).apply(controlPlaneUserData),
      after: [],
      // Ignored also when somebody replaces it: the engine then copies these from the old machine.
      // https://github.com/pulumi/pulumi/pull/2657
      opts: {
        protect,
        // Two at once would be two clusters of one name, and changes made in the old one would be lost.
        deleteBeforeReplace: true,
        ignoreChanges: renews(args, "controlPlane") ? [] : ["ami", "userDataBase64"],
      },
    });
    this.workers = this.declareWorkers(name, args, image, this.apiName(name, args));
    this.registerOutputs({
      controlPlaneId: this.controlPlane.id,
      workerIds: this.workers.map((worker) => worker.id),
    });
  }

  /**
   * The workers. Where `nodes.renew` names them, each is deleted before its replacement is created, and waits for
   * the replacement of the one before it.
   */
  private declareWorkers(
    name: string,
    args: NodesArgs,
    image: pulumi.Output<string>,
    apiName: pulumi.Resource,
  ): aws.ec2.Instance[] {
    const { machines, firewall, publicWorkers, network, cluster } = args;
    // In a public subnet, too, the security group accepts no connection from outside.
    const subnets = publicWorkers ? network.publicSubnetIds : network.privateSubnetIds;
    const renewed = renews(args, "workers");
    // A resolver that is asked before the name exists caches that answer for 15 minutes.
    let after = [apiName];
    return Array.from({ length: machines.count - 1 }, (_, index) => {
      const label = `${name}-worker-${index + 1}`;
      const worker = this.instance(label, args, {
        role: "worker",
        image,
        subnetId: subnets[index % subnets.length],
        groups: [firewall.nodeGroupId],
        publicAddress: publicWorkers,
        userData: pulumi.all(this.variables(args)).apply(workerUserData),
        after,
        opts: renewed
          ? { deleteBeforeReplace: true }
          : // `userData` is what older stacks have: the provider keeps its hash only, and would compare that.
            { ignoreChanges: ["ami", "userData", "userDataBase64"] },
      });
      if (renewed) {
        const wait = { until: "joined", machines: [worker], repeat: worker.instanceType } as const;
        const joined = awaitMachines(`${label}-joined`, cluster, wait, { parent: this });
        after = [apiName, worker, ...joined];
      }
      return worker;
    });
  }

  /** The current image of Ubuntu 24.04 by Canonical. Source:
   * https://documentation.ubuntu.com/aws/aws-how-to/instances/find-ubuntu-images/ */
  private image({ machines, lookups }: NodesArgs): pulumi.Output<string> {
    const architecture = INSTANCE_TYPES.get(machines.instanceType)?.architecture ?? "amd64";
    return aws.ssm.getParameterOutput(
      {
        name: `/aws/service/canonical/ubuntu/server/24.04/stable/current/${architecture}/hvm/ebs-gp3/ami-id`,
      },
      { provider: lookups },
    ).insecureValue;
  }

  private instance(name: string, args: NodesArgs, machine: Machine): aws.ec2.Instance {
    const { machines, network, roles, tags, janitor } = args;
    return new aws.ec2.Instance(
      name,
      {
        ami: machine.image,
        instanceType: machines.instanceType,
        ...defined({ subnetId: machine.subnetId }),
        vpcSecurityGroupIds: [...machine.groups],
        // Absent and not false on the control plane: once its Elastic IP is attached AWS reports true,
        // and the difference would replace the machine.
        ...(machine.publicAddress === true && { associatePublicIpAddress: true }),
        iamInstanceProfile: roles[machine.role].instanceProfileName,
        userDataBase64: machine.userData,
        userDataReplaceOnChange: true,
        // One hop: a pod outside the host network cannot use the role of the machine.
        metadataOptions: {
          httpEndpoint: "enabled",
          httpTokens: "required",
          httpPutResponseHopLimit: 1,
        },
        rootBlockDevice: {
          volumeType: "gp3",
          volumeSize: machines.diskGib,
          encrypted: true,
          deleteOnTermination: true,
          tags: { ...tags, Name: name },
        },
        tags: args.clusterName.apply((clusterName) => ({
          Name: name,
          [clusterTag(clusterName)]: OWNED,
        })),
      },
      // The routes of the subnet must exist while the machine boots and while it stops.
      {
        parent: this,
        dependsOn: [network, roles[machine.role], janitor, ...machine.after],
        ...machine.opts,
      },
    );
  }

  /** Variables of `bootstrap/` for both roles. */
  private variables({ kubernetes, caHash, parameterPath }: NodesArgs): Inputs {
    return {
      KUBERNETES_VERSION: KUBERNETES_VERSIONS[kubernetes.version].patch,
      API_ENDPOINT: `${API_NAME}:${API_PORT}`,
      PARAMETERS: parameterPath,
      CA_CERT_HASH: caHash,
    };
  }

  private controlPlaneVariables(args: NodesArgs): Inputs {
    const { kubernetes, clusterName, issuer, apiAddress, snapshotBucket } = args;
    return {
      ...this.variables(args),
      CLUSTER_NAME: clusterName,
      POD_SUBNET: kubernetes.podCidr,
      SERVICE_SUBNET: kubernetes.serviceCidr,
      API_CERT_SANS: pulumi.interpolate`${API_NAME},${apiAddress.publicIp}`,
      SERVICE_ACCOUNT_ISSUER: issuer.issuer,
      ETCD_BACKUP_BUCKET: snapshotBucket,
      ETCD_PROGRAMS_IMAGE,
    };
  }

  /** The API server's DNS name inside the VPC, and its public address. */
  private apiName(name: string, { network, apiAddress }: NodesArgs): aws.route53.Record {
    const zone = new aws.route53.Zone(
      `${name}-zone`,
      {
        name: ZONE_NAME,
        comment: "Name of the Kubernetes API inside the VPC",
        vpcs: [{ vpcId: network.vpcId }],
        forceDestroy: true,
      },
      { parent: this },
    );
    const record = new aws.route53.Record(
      `${name}-api`,
      {
        zoneId: zone.zoneId,
        name: API_NAME,
        type: "A",
        ttl: 60,
        records: [this.controlPlane.privateIp],
      },
      { parent: this },
    );
    new aws.ec2.EipAssociation(
      `${name}-api-address`,
      { allocationId: apiAddress.id, instanceId: this.controlPlane.id },
      { parent: this },
    );
    return record;
  }
}

/** True where an `up` may replace machines of a role for a newer image, script or Kubernetes version. */
function renews({ machines: { renew } }: NodesArgs, role: "workers" | "controlPlane"): boolean {
  return renew === role || renew === "all";
}

/** Variables of `bootstrap/`; some are known only once other resources exist. */
type Inputs = Record<string, pulumi.Input<string>>;

/** Properties that differ between machines. */
interface Machine {
  readonly role: NodeRole;
  readonly image: pulumi.Output<string>;
  readonly subnetId: pulumi.Output<string> | undefined;
  readonly groups: readonly pulumi.Output<string>[];
  readonly publicAddress?: boolean;
  /** In base64. */
  readonly userData: pulumi.Output<string>;
  /** Resources that must exist before it boots, besides network, role and janitor. */
  readonly after: readonly pulumi.Resource[];
  readonly opts?: pulumi.CustomResourceOptions;
}
