import type * as aws from "@pulumi/aws";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { Person } from "../../../settings/values/people";
import { install } from "../../kubernetes/chart";
import { inCluster, type KubernetesCluster } from "../../kubernetes/cluster";
import type { Workspaces } from "../../kubernetes/workspaces";
import type { UserPool } from "../../user-pool";
import { loginClient } from "./login";
import { NAMESPACE } from "./network-rules";
import { HUB_ACCOUNT, placeForNotebooks } from "./person";
import { contentName, databaseSetUp } from "./set-up";
import { chartValues, type DatabaseAddress, type ValuesArgs } from "./values";

export interface NotebooksArgs extends Omit<ValuesArgs, "loginUrl" | "clientId" | "secretName"> {
  readonly cluster: KubernetesCluster;
  readonly users: readonly Person[];
  readonly userPool: UserPool;
  readonly database: DatabaseAddress;
  /** Secret in Secrets Manager with the database's master user. */
  readonly masterSecretArn: pulumi.Input<string>;
  readonly workspaces: Pick<Workspaces, "namespaces">;
  /** What has to be there before: what makes the cluster run pods and volumes. */
  readonly after: readonly pulumi.Resource[];
}

/** Where people reach the hub by `kubectl port-forward`, where it has no front door. */
export const LOCAL_URL = "http://localhost:8000";

/**
 * Notebooks on any cluster: JupyterHub, at which people log in by the stack's user pool, and which
 * starts a server for each in their own namespace, with their own role on AWS.
 *
 * The hub has no right on the whole cluster. Its database is one of its own on the platform's
 * PostgreSQL, which a Job makes before, together with everybody's login there.
 *
 * Free by itself: its pods take room on nodes (settings/versions/charts.ts), each home is a volume that stays, and
 * costs, while its notebook is stopped.
 */
export class Notebooks extends pulumi.ComponentResource {
  /** Where people log in. */
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
      people: users.map((person) => person.name),
      secretName,
      after: [...args.after, ...namespace, secret],
    });
    for (const person of users) {
      placeForNotebooks(this, `${name}-${person.name}`, {
        ...args,
        person,
        databasePort: args.database.port,
        after: [args.workspaces.namespaces[person.name]].filter((one) => one !== undefined),
      });
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

  /** The hub's namespace, closed but for what is allowed, and the hub's account in it. */
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
   * Everything that nobody but the hub may know, in a Secret that only it mounts. Its name follows its
   * content: the hub starts again when something in it changes.
   *
   * The chart would make keys of its own; these are in Pulumi's state, encrypted, so that a hub that
   * is installed again knows who was logged in.
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
        // Ten digits of a hash tell nothing of what is in it.
        metadata: { name: pulumi.unsecret(name), namespace: NAMESPACE },
        immutable: true,
        stringData: pulumi.secret(stringData),
      },
      inCluster(this.args.cluster, this, after),
    );
  }
}
