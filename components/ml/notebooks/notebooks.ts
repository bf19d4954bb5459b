import type * as aws from "@pulumi/aws";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { HUB_ACCOUNT } from "../../../settings/names";
import { install } from "../../kubernetes/chart";
import { inCluster, type KubernetesCluster } from "../../kubernetes/cluster";
import type { Workspaces } from "../../kubernetes/workspaces";
import type { UserPool } from "../../user-pool";
import { loginClient } from "./login";
import { NAMESPACE } from "./network-rules";
import { placeForNotebooks } from "./person";
import { contentName, databaseSetUp } from "./set-up";
import { trainingTemplates } from "./training";
import { chartValues, type DatabaseAddress, type ValuesArgs } from "./values";

/** Settings of the hub, and what it runs on. */
export interface NotebooksArgs extends Omit<ValuesArgs, "loginUrl" | "clientId" | "secretName"> {
  readonly cluster: KubernetesCluster;
  readonly userPool: UserPool;
  readonly database: DatabaseAddress;
  /** Secret in Secrets Manager with the database's master user. */
  readonly masterSecretArn: pulumi.Input<string>;
  /** ARN of a login as the master user, with a token. */
  readonly masterLoginArn: pulumi.Input<string>;
  readonly workspaces: Pick<Workspaces, "namespaces">;
  /** Resources to create before these: those that the cluster needs to run pods and volumes. */
  readonly after: readonly pulumi.Resource[];
}

/** Address of the hub by `kubectl port-forward`, for a hub without a front door. */
export const LOCAL_URL = "http://localhost:8000";

/**
 * JupyterHub on any cluster. People log in with the stack's user pool. The hub starts each person's
 * server in that person's namespace, with that person's AWS role.
 *
 * The hub has no right on the whole cluster. It has its own database on the platform's PostgreSQL. A
 * Job creates that database and everybody's login before the hub is installed.
 *
 * Free by itself. Its pods need room on nodes (settings/versions/charts.ts). Each home is a volume: it
 * is kept, and costs, while its notebook is stopped.
 */
export class Notebooks extends pulumi.ComponentResource {
  /** Address at which people log in. */
  readonly url: pulumi.Output<string>;

  constructor(
    private readonly name: string,
    private readonly args: NotebooksArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("mlp:ml:Notebooks", name, {}, opts);
    const { cluster, users, userPool, url } = args;
    const client = loginClient(this, name, { userPool, url });
    const namespace = this.namespace();
    const secret = this.secret(client, namespace);
    const secretName = secret.metadata.name;
    const setUp = databaseSetUp(this, `${name}-database`, {
      ...args,
      namespace: NAMESPACE,
      program: "setup_database.py",
      variables: { PEOPLE: JSON.stringify(users.map((person) => person.name)) },
      password: { variable: "HUB_PASSWORD", secretName, key: "hub.db.password" },
      after: [...args.after, ...namespace, secret],
    });
    for (const person of users) {
      const place = {
        ...args,
        person,
        databasePort: args.database.port,
        after: [args.workspaces.namespaces[person.name]].filter((one) => one !== undefined),
      };
      placeForNotebooks(this, `${name}-${person.name}`, place);
      trainingTemplates(this, `${name}-${person.name}-workload`, place);
    }
    install(this, name, "jupyterhub", {
      cluster,
      values: chartValues({
        ...args,
        loginUrl: userPool.loginUrl,
        clientId: client.id,
        secretName,
      }),
      namespace: NAMESPACE,
      after: [...args.after, ...namespace, setUp],
    });
    this.url = pulumi.output(url);
    this.registerOutputs({ url: this.url });
  }

  /** Declares the hub's namespace, its service account and a policy that refuses all other traffic. */
  private namespace(): pulumi.Resource[] {
    const { cluster, after } = this.args;
    const namespace = new kubernetes.core.v1.Namespace(
      `${this.name}-namespace`,
      {
        metadata: {
          name: NAMESPACE,
          labels: { "pod-security.kubernetes.io/enforce": "restricted" },
        },
      },
      inCluster(cluster, this, after),
    );
    const inside = inCluster(cluster, this, [namespace]);
    return [
      namespace,
      new kubernetes.core.v1.ServiceAccount(
        `${this.name}-account`,
        { metadata: { name: HUB_ACCOUNT, namespace: NAMESPACE } },
        inside,
      ),
      new kubernetes.networking.v1.NetworkPolicy(
        `${this.name}-closed`,
        {
          metadata: { name: "closed", namespace: NAMESPACE },
          spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
        },
        inside,
      ),
    ];
  }

  /**
   * Secrets of the hub, in a Secret that only the hub and the set-up Job use. Its name depends on its
   * content, so the hub restarts when the content changes.
   *
   * The chart would generate its own keys. These are in Pulumi's state, encrypted, so a reinstalled hub
   * still knows who was logged in.
   */
  private secret(
    client: aws.cognito.UserPoolClient,
    after: readonly pulumi.Resource[],
  ): kubernetes.core.v1.Secret {
    const child = { parent: this };
    const key = (name: string): pulumi.Output<string> =>
      new random.RandomBytes(`${this.name}-${name}`, { length: 32 }, child).hex;
    const password = new random.RandomPassword(
      `${this.name}-database-password`,
      { length: 40, special: false },
      child,
    );
    const login = { client_secret: client.clientSecret };
    const stringData = {
      "hub.db.password": password.result,
      "hub.config.JupyterHub.cookie_secret": key("cookie-key"),
      "hub.config.CryptKeeper.keys": key("state-key"),
      "values.yaml": pulumi.jsonStringify({ hub: { config: { GenericOAuthenticator: login } } }),
    };
    const name = pulumi.output(stringData).apply((content) => contentName("hub-login", content));
    return new kubernetes.core.v1.Secret(
      `${this.name}-login`,
      {
        // Ten digits of a hash reveal nothing about the content.
        metadata: { name: pulumi.unsecret(name), namespace: NAMESPACE },
        immutable: true,
        stringData: pulumi.secret(stringData),
      },
      inCluster(this.args.cluster, this, after),
    );
  }
}
