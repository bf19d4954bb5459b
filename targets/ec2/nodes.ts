import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { OidcIssuer } from "../../components/workload-identity";
import { INSTANCE_TYPES } from "../../settings/values/instance-types";
import { KUBERNETES_VERSIONS } from "../../settings/versions/kubernetes";
import { LIFECYCLE_FLAGS } from "../../settings/lifecycle";
import { clusterTag, OWNED } from "../../settings/names";
import type { SettingsOf } from "../../settings";
import type { SharedServices } from "../target";
import { API_PORT, type Firewall } from "./firewall";
import type { ClusterIdentity } from "./identity";
import type { NodeIdentity } from "./node-role";
import type { NodeRole } from "./parameters";
import { controlPlaneUserData, workerUserData } from "./user-data";

/** Zone that exists inside this VPC only. */
const ZONE_NAME = "ml-platform.internal";
/** Name of the API server inside the VPC. */
export const API_NAME = `api.${ZONE_NAME}`;

export interface NodesArgs {
  readonly settings: SettingsOf<"ec2">;
  readonly shared: SharedServices;
  readonly clusterName: pulumi.Output<string>;
  readonly identity: ClusterIdentity;
  readonly firewall: Firewall;
  /** Role of each kind of machine. */
  readonly roles: Readonly<Record<NodeRole, NodeIdentity>>;
  readonly issuer: OidcIssuer;
  /** Folder of the cluster's parameters. */
  readonly parameterPath: pulumi.Output<string>;
  /** Address that the API server answers at from outside. Made first: it stands in a certificate. */
  readonly apiAddress: aws.ec2.Eip;
  /** Cleans up when the machines are gone. */
  readonly janitor: pulumi.Resource;
}

/**
 * The machines: one control plane and workers, and the name by which they find the API server.
 *
 * A replaced control plane loses what came after its last snapshot, so its image and user data are
 * pinned once it exists; workers are replaced freely.
 * Priced by `cost/rules/`: instance hours, root disks, public addresses, the private zone.
 */
export class Nodes extends pulumi.ComponentResource {
  readonly controlPlane: aws.ec2.Instance;
  readonly workers: readonly aws.ec2.Instance[];

  constructor(name: string, args: NodesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlp:ec2:Nodes", name, {}, opts);
    const { nodes, lifecycle, network } = args.settings;
    const { publicSubnetIds, privateSubnetIds } = args.shared.network;
    const { protect } = LIFECYCLE_FLAGS[lifecycle];
    const image = this.image(args);

    this.controlPlane = this.instance(`${name}-control-plane`, args, {
      role: "control-plane",
      image,
      subnetId: publicSubnetIds[0],
      groups: [args.firewall.nodeGroupId, args.firewall.apiGroupId],
      userData: {
        userDataBase64: pulumi.all(this.controlPlaneVariables(args)).apply(controlPlaneUserData),
      },
      after: [],
      // Pinned also where somebody replaces it: the engine then takes these from the old one.
      // https://github.com/pulumi/pulumi/pull/2657
      opts: {
        protect,
        // Two at once would be two clusters of one name, and what the old one is told would be lost.
        deleteBeforeReplace: true,
        ignoreChanges: nodes.controlPlane === "pinned" ? ["ami", "userDataBase64"] : [],
      },
    });
    const apiName = this.apiName(name, args);
    // Without NAT only a public subnet leads out; the security group lets nothing in either way.
    const outside = network.nat === "none";
    const subnets = outside ? publicSubnetIds : privateSubnetIds;
    this.workers = Array.from({ length: nodes.count - 1 }, (_, index) =>
      this.instance(`${name}-worker-${index + 1}`, args, {
        role: "worker",
        image,
        subnetId: subnets[index % subnets.length],
        groups: [args.firewall.nodeGroupId],
        publicAddress: outside,
        userData: { userData: pulumi.all(this.variables(args)).apply(workerUserData) },
        // A resolver that is asked too early remembers for 15 minutes that there is no such name.
        after: [apiName],
      }),
    );
    this.registerOutputs({
      controlPlaneId: this.controlPlane.id,
      workerIds: this.workers.map((worker) => worker.id),
    });
  }

  /** Ubuntu 24.04 as Canonical publishes it today. Source:
   * https://documentation.ubuntu.com/aws/aws-how-to/instances/find-ubuntu-images/ */
  private image({ settings, shared }: NodesArgs): pulumi.Output<string> {
    const architecture = INSTANCE_TYPES.get(settings.nodes.instanceType)?.architecture ?? "amd64";
    return aws.ssm.getParameterOutput(
      {
        name: `/aws/service/canonical/ubuntu/server/24.04/stable/current/${architecture}/hvm/ebs-gp3/ami-id`,
      },
      { provider: shared.lookups },
    ).insecureValue;
  }

  private instance(name: string, args: NodesArgs, machine: Machine): aws.ec2.Instance {
    const { settings, shared, roles, janitor } = args;
    return new aws.ec2.Instance(
      name,
      {
        ami: machine.image,
        instanceType: settings.nodes.instanceType,
        ...(machine.subnetId !== undefined && { subnetId: machine.subnetId }),
        vpcSecurityGroupIds: [...machine.groups],
        // Absent rather than false on the control plane: with its Elastic IP attached AWS reports
        // true, and the difference would replace the machine.
        ...(machine.publicAddress === true && { associatePublicIpAddress: true }),
        iamInstanceProfile: roles[machine.role].instanceProfileName,
        ...machine.userData,
        userDataReplaceOnChange: true,
        // One hop: a pod that is not on the host's network cannot ask for the machine's role.
        metadataOptions: {
          httpEndpoint: "enabled",
          httpTokens: "required",
          httpPutResponseHopLimit: 1,
        },
        rootBlockDevice: {
          volumeType: "gp3",
          volumeSize: settings.nodes.diskGib,
          encrypted: true,
          deleteOnTermination: true,
          tags: { ...shared.tags, Name: name },
        },
        tags: args.clusterName.apply((clusterName) => ({
          Name: name,
          [clusterTag(clusterName)]: OWNED,
        })),
      },
      // The routes out of the subnet have to be there while the machine boots, and while it stops.
      {
        parent: this,
        dependsOn: [shared.network, roles[machine.role], janitor, ...machine.after],
        ...machine.opts,
      },
    );
  }

  /** Variables of `bootstrap/` that both roles read. */
  private variables({ settings, identity, parameterPath }: NodesArgs): Inputs {
    return {
      KUBERNETES_VERSION: KUBERNETES_VERSIONS[settings.kubernetes.version].patch,
      API_ENDPOINT: `${API_NAME}:${API_PORT}`,
      PARAMETERS: parameterPath,
      CA_CERT_HASH: identity.caHash,
    };
  }

  private controlPlaneVariables(args: NodesArgs): Inputs {
    const { settings, clusterName, issuer, apiAddress, shared } = args;
    return {
      ...this.variables(args),
      CLUSTER_NAME: clusterName,
      POD_SUBNET: settings.kubernetes.podCidr,
      SERVICE_SUBNET: settings.kubernetes.serviceCidr,
      API_CERT_SANS: pulumi.interpolate`${API_NAME},${apiAddress.publicIp}`,
      SERVICE_ACCOUNT_ISSUER: issuer.issuer,
      ETCD_BACKUP_BUCKET: shared.bucket.bucketName,
    };
  }

  /** The name inside, and the address outside, that the API server answers at. */
  private apiName(name: string, { shared, apiAddress }: NodesArgs): aws.route53.Record {
    const zone = new aws.route53.Zone(
      `${name}-zone`,
      {
        name: ZONE_NAME,
        comment: "Name of the Kubernetes API inside the VPC",
        vpcs: [{ vpcId: shared.network.vpcId }],
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

/** Variables of `bootstrap/`, some of them known only once other resources are there. */
type Inputs = Record<string, pulumi.Input<string>>;

/** What differs between one machine and the next. */
interface Machine {
  readonly role: NodeRole;
  readonly image: pulumi.Output<string>;
  readonly subnetId: pulumi.Output<string> | undefined;
  readonly groups: readonly pulumi.Output<string>[];
  readonly publicAddress?: boolean;
  readonly userData: Pick<aws.ec2.InstanceArgs, "userData" | "userDataBase64">;
  /** What has to be there before it boots, beside network, role and janitor. */
  readonly after: readonly pulumi.Resource[];
  readonly opts?: pulumi.CustomResourceOptions;
}
