import { createHash } from "node:crypto";
import * as aws from "@pulumi/aws";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { inCluster, type KubernetesCluster } from "../../kubernetes/cluster";
import { AWS_TOKEN, serviceAccountRole } from "../../workload-identity";
import { hubFile } from "./hub-files";
import { NAMESPACE, TO_DNS, toDatabase, toInternet } from "./network-rules";
import { HUB_IMAGE, ROOTS_FILE, UNPRIVILEGED, type DatabaseAddress } from "./values";

export interface SetUpArgs {
  readonly cluster: KubernetesCluster;
  /** Names of the people of the stack. */
  readonly people: readonly string[];
  readonly database: DatabaseAddress;
  /** Secret in Secrets Manager with the master user. */
  readonly masterSecretArn: pulumi.Input<string>;
  /** ARN of a login as the master user, with a token. */
  readonly masterLoginArn: pulumi.Input<string>;
  /** Secret with the password of the hub's role, under `hub.db.password`. */
  readonly secretName: pulumi.Input<string>;
  readonly region: string;
  readonly vpcCidr: string;
  readonly after: readonly pulumi.Resource[];
}

const ACCOUNT = { namespace: NAMESPACE, name: "database-setup" };
const LABELS = { app: "database-setup" };
const CODE = "/srv/database-setup";

/** Name that depends on the content, so Pulumi replaces the object: Kubernetes cannot change a Job. */
export function contentName(name: string, content: unknown): string {
  const hash = createHash("sha256").update(JSON.stringify(content)).digest("hex");
  return `${name}-${hash.slice(0, 10)}`;
}

/**
 * Declares the Job that creates the hub's database and everybody's login. Only its own pods can assume
 * the role that reads the master user, so the password is in no state and no Secret.
 *
 * The Job has no TTL: if Kubernetes deleted the finished Job, the next `up` would run it again.
 *
 * @returns the Job; Pulumi creates what depends on it once the database is ready.
 */
export function databaseSetUp(
  parent: pulumi.Resource,
  name: string,
  args: SetUpArgs,
): kubernetes.batch.v1.Job {
  const { cluster, database, vpcCidr, after } = args;
  const opts = inCluster(cluster, parent, after);
  const role = serviceAccountRole(parent, `${name}-role`, {
    issuer: cluster.issuer,
    account: ACCOUNT,
    description: "Set-up of the database of an ml-platform",
  });
  const policy = new aws.iam.RolePolicy(
    `${name}-secret`,
    {
      role: role.name,
      policy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: "secretsmanager:GetSecretValue",
            Resource: args.masterSecretArn,
          },
          { Effect: "Allow", Action: "rds-db:connect", Resource: args.masterLoginArn },
        ],
      }),
    },
    { parent },
  );
  const account = new kubernetes.core.v1.ServiceAccount(
    `${name}-account`,
    { metadata: ACCOUNT, automountServiceAccountToken: false },
    opts,
  );
  const network = new kubernetes.networking.v1.NetworkPolicy(
    `${name}-network`,
    {
      metadata: { name: ACCOUNT.name, namespace: NAMESPACE },
      spec: {
        podSelector: { matchLabels: LABELS },
        policyTypes: ["Egress"],
        egress: [TO_DNS, toDatabase(vpcCidr, database.port), toInternet(443)],
      },
    },
    opts,
  );
  const code = codeOf(parent, name, args);
  return job(parent, name, { ...args, roleArn: role.arn, code, needs: [policy, account, network] });
}

/**
 * Declares a ConfigMap with the Python files. Its name depends on their content: a Job never reads the
 * files of another.
 */
function codeOf(
  parent: pulumi.Resource,
  name: string,
  { cluster, after }: SetUpArgs,
): kubernetes.core.v1.ConfigMap {
  const files = ["setup_database.py", "master_secret.py", "fetch_roots.py"];
  const data = Object.fromEntries(files.map((file) => [file, hubFile(file)]));
  return new kubernetes.core.v1.ConfigMap(
    `${name}-code`,
    {
      metadata: { name: contentName(ACCOUNT.name, data), namespace: NAMESPACE },
      immutable: true,
      data,
    },
    inCluster(cluster, parent, after),
  );
}

interface JobArgs extends SetUpArgs {
  readonly roleArn: pulumi.Input<string>;
  readonly code: kubernetes.core.v1.ConfigMap;
  readonly needs: readonly pulumi.Resource[];
}

function job(parent: pulumi.Resource, name: string, args: JobArgs): kubernetes.batch.v1.Job {
  const spec = { backoffLimit: 2, template: { metadata: { labels: LABELS }, spec: pod(args) } };
  return new kubernetes.batch.v1.Job(
    name,
    {
      metadata: {
        name: pulumi.output(spec).apply((resolved) => contentName(ACCOUNT.name, resolved)),
        namespace: NAMESPACE,
      },
      spec,
    },
    inCluster(args.cluster, parent, args.needs),
  );
}

function pod(args: JobArgs): kubernetes.types.input.core.v1.PodSpec {
  const { people, database, region } = args;
  const container = {
    image: HUB_IMAGE,
    workingDir: CODE,
    securityContext: { ...UNPRIVILEGED, runAsUser: 1000 },
    resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "256Mi" } },
    volumeMounts: [
      { name: "code", mountPath: CODE, readOnly: true },
      AWS_TOKEN.mount,
      { name: "rds-roots", mountPath: ROOTS_FILE.slice(0, ROOTS_FILE.lastIndexOf("/")) },
    ],
  };
  const values = {
    AWS_REGION: region,
    AWS_ROLE_ARN: args.roleArn,
    AWS_WEB_IDENTITY_TOKEN_FILE: AWS_TOKEN.file,
    SECRET_ARN: args.masterSecretArn,
    DATABASE_HOST: database.host,
    DATABASE_PORT: String(database.port),
    DATABASE_NAME: database.name,
    DATABASE_ROOTS: ROOTS_FILE,
    PEOPLE: JSON.stringify(people),
  };
  return {
    serviceAccountName: ACCOUNT.name,
    automountServiceAccountToken: false,
    restartPolicy: "Never",
    securityContext: { fsGroup: 1000 },
    initContainers: [
      {
        ...container,
        name: "rds-roots",
        command: ["python3", "fetch_roots.py", database.rootsUrl, ROOTS_FILE],
      },
    ],
    containers: [
      {
        ...container,
        name: "set-up",
        command: ["python3", "setup_database.py"],
        env: [
          ...Object.entries(values).map(([key, value]) => ({ name: key, value })),
          {
            name: "HUB_PASSWORD",
            valueFrom: { secretKeyRef: { name: args.secretName, key: "hub.db.password" } },
          },
        ],
      },
    ],
    volumes: [
      { name: "code", configMap: { name: args.code.metadata.name } },
      AWS_TOKEN.volume,
      { name: "rds-roots", emptyDir: {} },
    ],
  };
}
