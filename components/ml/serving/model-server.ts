import * as aws from "@pulumi/aws";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { MODEL_SERVER, MODEL_SERVER_URL } from "../../../settings/names";
import type { Person } from "../../../settings/values/people";
import type { DataBucket } from "../../data-bucket";
import { inCluster, type KubernetesCluster } from "../../kubernetes/cluster";
import { serviceAccountOf, serviceAccountRole } from "../../workload-identity";
import { TO_DNS, toInternet } from "../notebooks/network-rules";
import { ModelFolder, type Accelerator, SERVED_MODEL as MODEL } from "./model-folder";
import { ADMIN_KEY, tritonPod } from "./triton";

/** Inputs of `ModelServer`. */
export interface ModelServerArgs {
  readonly cluster: KubernetesCluster;
  readonly bucket: DataBucket;
  readonly region: string;
  /** People whose notebooks may call the server. */
  readonly users: readonly Person[];
  /** `tensorrt` for a pod on a node with a GPU, which must be there. */
  readonly accelerator: Accelerator;
  /** Resources without which no pod runs. */
  readonly after: readonly pulumi.Resource[];
}

const { namespace: NAMESPACE, name: NAME, port: PORT, labels: LABELS } = MODEL_SERVER;
const ACCOUNT = { namespace: NAMESPACE, name: NAME };
/** Minutes that a node may take to pull an image of some 8 GB and to start the server. */
const START_MINUTES = 30;

/**
 * With one replica the old pod serves until a new one is ready: a model that does not load replaces nothing. The new
 * one cannot have the GPU that the old one holds, so there the old one ends first.
 */
const STRATEGY = {
  none: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
  tensorrt: { type: "Recreate" },
} as const satisfies Readonly<Record<Accelerator, object>>;

/**
 * Triton in a namespace of its own, with one model from the bucket, for the notebooks of a cluster. It knows no
 * logins: the network policy admits people's namespaces and nobody else, neither the hub nor the front door.
 *
 * Free by itself. Its pod needs room on a node (settings/versions/serving.ts), and each node that pulls its image pays
 * for some 8 GB through the NAT gateway.
 */
export class ModelServer extends pulumi.ComponentResource {
  /** URL inside the cluster. */
  readonly url = MODEL_SERVER_URL;

  constructor(
    private readonly name: string,
    private readonly args: ModelServerArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("mlp:ml:ModelServer", name, {}, opts);
    const { accelerator, bucket, cluster } = args;
    const folder = new ModelFolder(
      `${name}-${MODEL}`,
      { model: MODEL, bucket, accelerator },
      { parent: this },
    );
    const { role, policy } = this.role(folder);
    const namespace = new kubernetes.core.v1.Namespace(
      `${name}-namespace`,
      {
        metadata: {
          name: NAMESPACE,
          labels: { "pod-security.kubernetes.io/enforce": "restricted" },
        },
      },
      inCluster(cluster, this, args.after),
    );
    const inside = inCluster(cluster, this, [namespace]);
    const account = new kubernetes.core.v1.ServiceAccount(
      `${name}-account`,
      { metadata: ACCOUNT, automountServiceAccountToken: false },
      inside,
    );
    const network = this.network(inside);
    const secret = this.secret(inside);
    const template = {
      metadata: {
        labels: LABELS,
        // Another model is another template, so that new pods replace those that have copied the old one.
        annotations: { "checksum/model": folder.digest },
      },
      spec: tritonPod({
        model: MODEL,
        folder,
        accelerator,
        bucketName: bucket.bucketName,
        region: args.region,
        roleArn: role.arn,
        accountName: ACCOUNT.name,
        secretName: secret.metadata.name,
      }),
    };
    this.deployment(template, [folder, policy, account, network]);
    new kubernetes.core.v1.Service(
      `${name}-service`,
      {
        metadata: { name: NAME, namespace: NAMESPACE },
        spec: { selector: LABELS, ports: [{ name: "http", port: PORT, targetPort: PORT }] },
      },
      inside,
    );
    this.registerOutputs();
  }

  /** A role that reads the model's folder and nothing else. */
  private role({ prefix }: ModelFolder): { role: aws.iam.Role; policy: aws.iam.RolePolicy } {
    const { cluster, bucket } = this.args;
    const role = serviceAccountRole(this, `${this.name}-role`, {
      issuer: cluster.issuer,
      account: ACCOUNT,
      description: "Model server of an ml-platform",
    });
    const Statement = [
      {
        Effect: "Allow",
        Action: "s3:ListBucket",
        Resource: bucket.arn,
        Condition: { StringLike: { "s3:prefix": `${prefix}/*` } },
      },
      {
        Effect: "Allow",
        Action: "s3:GetObject",
        Resource: pulumi.interpolate`${bucket.arn}/${prefix}/*`,
      },
    ];
    const policy = new aws.iam.RolePolicy(
      `${this.name}-model`,
      { role: role.name, policy: pulumi.jsonStringify({ Version: "2012-10-17", Statement }) },
      { parent: this },
    );
    return { role, policy };
  }

  /** A policy for every pod of the namespace; it refuses all other traffic, in both directions. */
  private network(opts: pulumi.CustomResourceOptions): kubernetes.networking.v1.NetworkPolicy {
    const from = this.args.users.map((person) => ({
      namespaceSelector: {
        matchLabels: { "kubernetes.io/metadata.name": serviceAccountOf(person).namespace },
      },
    }));
    return new kubernetes.networking.v1.NetworkPolicy(
      `${this.name}-network`,
      {
        metadata: { name: NAME, namespace: NAMESPACE },
        spec: {
          podSelector: {},
          policyTypes: ["Ingress", "Egress"],
          ingress: [{ from, ports: [{ protocol: "TCP", port: PORT }] }],
          // S3 and STS.
          egress: [TO_DNS, toInternet(443)],
        },
      },
      opts,
    );
  }

  /** The key of the closed part of Triton's API. Nothing in the platform uses it. */
  private secret(opts: pulumi.CustomResourceOptions): kubernetes.core.v1.Secret {
    const key = new random.RandomPassword(
      `${this.name}-admin-key`,
      { length: 40, special: false },
      { parent: this },
    );
    return new kubernetes.core.v1.Secret(
      `${this.name}-secret`,
      {
        metadata: { name: "triton-admin", namespace: NAMESPACE },
        immutable: true,
        stringData: { [ADMIN_KEY]: key.result },
      },
      opts,
    );
  }

  private deployment(
    template: kubernetes.types.input.core.v1.PodTemplateSpec,
    after: readonly pulumi.Resource[],
  ): void {
    const timeout = `${START_MINUTES}m`;
    new kubernetes.apps.v1.Deployment(
      this.name,
      {
        metadata: { name: NAME, namespace: NAMESPACE },
        spec: {
          replicas: 1,
          strategy: STRATEGY[this.args.accelerator],
          progressDeadlineSeconds: START_MINUTES * 60,
          selector: { matchLabels: LABELS },
          template,
        },
      },
      {
        ...inCluster(this.args.cluster, this, after),
        customTimeouts: { create: timeout, update: timeout },
      },
    );
  }
}
