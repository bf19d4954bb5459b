import { createHash } from "node:crypto";
import * as aws from "@pulumi/aws";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { inCluster, type KubernetesCluster } from "../../kubernetes/cluster";
import { AWS_TOKEN, serviceAccountRole } from "../../workload-identity";
import { hubFile } from "./hub-files";
import { TO_DNS, toDatabase, toInternet } from "./network-rules";
import { HUB_IMAGE, ROOTS_FILE, UNPRIVILEGED, type DatabaseAddress } from "./values";

/** Inputs of `databaseSetUp`. */
export interface SetUpArgs {
  readonly cluster: KubernetesCluster;
  /** Namespace of the Job. */
  readonly namespace: string;
  /** File of `hub/` that the Job runs. */
  readonly program: "setup_database.py" | "setup_katib.py";
  /** Further variables of the program. */
  readonly variables: Readonly<Record<string, string>>;
  readonly database: DatabaseAddress;
  /** Secret in Secrets Manager with the master user. */
  readonly masterSecretArn: pulumi.Input<string>;
  /** ARN of a login as the master user, with a token. */
  readonly masterLoginArn: pulumi.Input<string>;
  /** Password of the role to set up: the variable in which the program gets it, and where it is. */
  readonly password: {
    readonly variable: string;
    readonly secretName: pulumi.Input<string>;
    readonly key: string;
  };
  readonly region: string;
  readonly vpcCidr: string;
  readonly after: readonly pulumi.Resource[];
}

/** Name of the Job's objects; those of Job and code end with a digest. */
const NAME = "database-setup";
const LABELS = { app: NAME };
const CODE = "/srv/database-setup";

/** Name that depends on the content, so Pulumi replaces the object: Kubernetes cannot change a Job. */
export function contentName(name: string, content: unknown): string {
  const hash = createHash("sha256").update(JSON.stringify(content)).digest("hex");
  return `${name}-${hash.slice(0, 10)}`;
}

/**
 * Declares the Job that creates a database and logins in the platform's PostgreSQL. Only its own pods can assume
 * the role that reads the master user, so that user's password is in no state and no Secret.
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
  const { cluster, database, namespace, vpcCidr, after } = args;
  const account = { namespace, name: NAME };
  const opts = inCluster(cluster, parent, after);
  const role = serviceAccountRole(parent, `${name}-role`, {
    issuer: cluster.issuer,
    account,
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
  const identity = new kubernetes.core.v1.ServiceAccount(
    `${name}-account`,
    { metadata: account, automountServiceAccountToken: false },
    opts,
  );
  const network = new kubernetes.networking.v1.NetworkPolicy(
    `${name}-network`,
    {
      metadata: account,
      spec: {
        podSelector: { matchLabels: LABELS },
        policyTypes: ["Egress"],
        egress: [TO_DNS, toDatabase(vpcCidr, database.port), toInternet(443)],
      },
    },
    opts,
  );
  const code = codeOf(parent, name, args);
  return job(parent, name, {
    ...args,
    roleArn: role.arn,
    code,
    needs: [policy, identity, network],
  });
}

/**
 * Declares a ConfigMap with the Python files. Its name depends on their content: a Job never reads the
 * files of another.
 */
function codeOf(
  parent: pulumi.Resource,
  name: string,
  { cluster, namespace, program, after }: SetUpArgs,
): kubernetes.core.v1.ConfigMap {
  const files = [program, "setup_database.py", "master_secret.py", "fetch_roots.py"];
  const data = Object.fromEntries([...new Set(files)].map((file) => [file, hubFile(file)]));
  return new kubernetes.core.v1.ConfigMap(
    `${name}-code`,
    {
      metadata: { name: contentName(NAME, data), namespace },
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
        name: pulumi.output(spec).apply((resolved) => contentName(NAME, resolved)),
        namespace: args.namespace,
      },
      spec,
    },
    inCluster(args.cluster, parent, args.needs),
  );
}

function pod(args: JobArgs): kubernetes.types.input.core.v1.PodSpec {
  const { database, password, program, region, variables } = args;
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
    ...variables,
  };
  return {
    serviceAccountName: NAME,
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
        command: ["python3", program],
        env: [
          ...Object.entries(values).map(([key, value]) => ({ name: key, value })),
          {
            name: password.variable,
            valueFrom: { secretKeyRef: { name: password.secretName, key: password.key } },
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
