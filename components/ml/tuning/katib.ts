import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { KATIB_NAMESPACE, KATIB_TYPE } from "../../../settings/names";
import { inCluster } from "../../kubernetes/cluster";
import type { DatabaseAccess } from "../notebook-service";
import { contentName, databaseSetUp } from "../notebooks/set-up";
import { definitions } from "./definitions";
import { COMPONENT, GRPC_PORT, katibNetwork, PARTS, WEBHOOK_PORT } from "./network";
import {
  CONFIGURATION,
  configuration,
  controllerPod,
  MANAGER,
  managerPod,
  PASSWORD,
} from "./parts";
import { clusterRights, CONTROLLER } from "./rights";
import { placeForTrials, type TrialsArgs } from "./trials";
import { webhookCertificate, webhooks } from "./webhooks";

/** Inputs of `Katib`. */
export interface KatibArgs extends TrialsArgs, DatabaseAccess {
  readonly vpcCidr: string;
  readonly serviceCidr: string;
  /** Resources without which no pod runs. */
  readonly after: readonly pulumi.Resource[];
}

const METADATA = { namespace: KATIB_NAMESPACE };

/**
 * Katib on any cluster: its controller, and its database manager with a database of its own on the platform's
 * PostgreSQL. It has no user interface, which would know no logins. Experiments and their trials have a namespace apart
 * from everybody's notebooks.
 *
 * Free by itself. Its pods need room on nodes (settings/versions/tuning.ts).
 */
export class Katib extends pulumi.ComponentResource {
  private readonly inside: pulumi.CustomResourceOptions;

  constructor(
    private readonly name: string,
    private readonly args: KatibArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super(KATIB_TYPE, name, {}, opts);
    const { cluster, database } = args;
    const namespace = new kubernetes.core.v1.Namespace(
      `${name}-namespace`,
      {
        metadata: {
          name: KATIB_NAMESPACE,
          labels: { "pod-security.kubernetes.io/enforce": "restricted" },
        },
      },
      inCluster(cluster, this, args.after),
    );
    this.inside = inCluster(cluster, this, [namespace]);
    const networks = { ...args, databasePort: database.port };
    const network = katibNetwork(name, networks, this.inside);
    const manager = this.manager(network, namespace);
    const certificate = webhookCertificate(name, this, this.inside);
    const controller = this.controller(certificate.secret, [
      ...network,
      ...definitions(name, inCluster(cluster, this, args.after)),
      ...clusterRights(name, this.inside),
      manager,
    ]);
    // Not before the controller: until it answers, its webhooks refuse what they are asked about.
    const hooks = webhooks(name, certificate.pem, inCluster(cluster, this, [controller]));
    placeForTrials(this, name, { ...args, after: hooks });
    this.registerOutputs();
  }

  private manager(
    network: readonly pulumi.Resource[],
    namespace: pulumi.Resource,
  ): kubernetes.core.v1.Service {
    const secret = this.password();
    const secretName = secret.metadata.name;
    const setUp = databaseSetUp(this, `${this.name}-database`, {
      ...this.args,
      namespace: KATIB_NAMESPACE,
      program: "setup_katib.py",
      variables: {},
      password: { variable: "PASSWORD", secretName, key: PASSWORD },
      after: [...this.args.after, namespace, secret],
    });
    const spec = managerPod(this.args.database, secretName);
    const ports = [{ name: "api", port: GRPC_PORT, targetPort: GRPC_PORT }];
    return this.deployment(MANAGER, { part: "manager", spec, ports, after: [...network, setUp] });
  }

  private controller(
    certificate: kubernetes.core.v1.Secret,
    after: readonly pulumi.Resource[],
  ): kubernetes.core.v1.Service {
    const data = { [CONFIGURATION.file]: configuration() };
    const config = new kubernetes.core.v1.ConfigMap(
      `${this.name}-configuration`,
      { metadata: { ...METADATA, name: CONFIGURATION.name }, data },
      this.inside,
    );
    const spec = controllerPod(certificate.metadata.name);
    const ports = [{ name: "webhook", port: 443, targetPort: WEBHOOK_PORT }];
    return this.deployment(CONTROLLER, {
      part: "controller",
      spec,
      ports,
      after: [...after, config],
      // The controller reads a part of its configuration only when it starts.
      annotations: { "checksum/configuration": contentName("", data) },
    });
  }

  /** Declares a Secret with the password, letters and digits: any other character breaks what Katib connects with. */
  private password(): kubernetes.core.v1.Secret {
    const { result } = new random.RandomPassword(
      `${this.name}-database-password`,
      { length: 40, special: false },
      { parent: this },
    );
    const name = result.apply((password) => contentName("katib-database", password));
    return new kubernetes.core.v1.Secret(
      `${this.name}-database-password`,
      {
        // Ten digits of a hash reveal nothing about the content.
        metadata: { ...METADATA, name: pulumi.unsecret(name) },
        immutable: true,
        stringData: { [PASSWORD]: result },
      },
      this.inside,
    );
  }

  /** Declares a part of Katib, one pod and its Service. @returns the Service, which comes after the pod. */
  private deployment(
    name: string,
    {
      part,
      spec,
      ports,
      after,
      annotations = {},
    }: {
      readonly part: keyof typeof PARTS;
      readonly spec: kubernetes.types.input.core.v1.PodSpec;
      readonly ports: kubernetes.types.input.core.v1.ServicePort[];
      readonly after: readonly pulumi.Resource[];
      readonly annotations?: Readonly<Record<string, string>>;
    },
  ): kubernetes.core.v1.Service {
    const labels = { [COMPONENT]: PARTS[part] };
    const metadata = { ...METADATA, name };
    const logical = `${this.name}-${PARTS[part]}`;
    const deployment = new kubernetes.apps.v1.Deployment(
      logical,
      {
        metadata,
        spec: {
          replicas: 1,
          // Two controllers at a time would both work on the same Experiment.
          strategy: { type: "Recreate" },
          selector: { matchLabels: labels },
          template: { metadata: { labels, annotations }, spec },
        },
      },
      inCluster(this.args.cluster, this, after),
    );
    return new kubernetes.core.v1.Service(
      `${logical}-service`,
      { metadata, spec: { selector: labels, ports } },
      inCluster(this.args.cluster, this, [deployment]),
    );
  }
}
