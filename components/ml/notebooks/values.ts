import { DATABASE_LOGINS } from "../../../settings/values/database-logins";
import * as pulumi from "@pulumi/pulumi";
import { HUB_ACCOUNT, NOTEBOOK_ACCOUNT, STORAGE_CLASS } from "../../../settings/names";
import { GROUPS } from "../../../settings/values/groups";
import type { Person } from "../../../settings/values/people";
import type { NotebookSize } from "../../../settings/values/notebooks";
import type { Resources } from "../../../settings/values/resources";
import { CHARTS, HUB_REQUESTS, PROXY_REQUESTS } from "../../../settings/versions/charts";
import { AWS_TOKEN, serviceAccountOf } from "../../workload-identity";
import { hubFile, hubFiles, IDLE_SERVICE } from "./hub-files";
import {
  CHART_RULES,
  FROM_SERVERS,
  HUB_PORT,
  NAMESPACE,
  toApiServer,
  toDatabase,
  toInternet,
  TO_SERVERS,
} from "./network-rules";
import { profiles } from "./sizes";

/** Image of the hub in this chart; it has Python, JupyterHub 5.5.0 and the PostgreSQL driver. */
export const HUB_IMAGE = `quay.io/jupyterhub/k8s-hub:${CHARTS.jupyterhub.version}`;

/** Packages that the default image lacks; the first start of a server installs them in the home. */
const PACKAGES = ["boto3=boto3==1.43.11", "psycopg=psycopg[binary]==3.3.9"];

/** Requests in the notation of Kubernetes. */
export function asRequests({ millicores, mib }: Resources): Record<"cpu" | "memory", string> {
  return { cpu: `${millicores}m`, memory: `${mib}Mi` };
}

const LIMITS = { hub: { memory: "1Gi" }, proxy: { memory: "256Mi" } };

/** Hours that a login is valid, as a session of SageMaker Studio. */
const SESSION_HOURS = 8;
/** Days that any server may run, even a busy one: a limit on the cost of a forgotten loop. */
const LONGEST_DAYS = 7;
/** Seconds that a server may take to start; a node pulls several GB for its first one. */
const START_SECONDS = 600;

/** Volume of those certificates. */
export const ROOTS = { name: "rds-roots", mountPath: "/etc/rds" };
/** Path of the certificates of the database's authorities, in the hub and in servers. */
export const ROOTS_FILE = `${ROOTS.mountPath}/roots.pem`;
/** Home of a person in their pods. */
export const HOME = "/home/jovyan";
/** User ID of the containers: the images' own user, not root. */
export const USER = 1000;

/** Program that runs in a server's pod before the server. */
export const START_FILE = "fetch_roots.py";
/** Folder of the platform's programs in a pod. */
export const CODE = "/opt/ml-platform";
/** ConfigMap with that program in each person's namespace, and its folder in a pod. */
export const START = { name: "server-start", mountPath: CODE };

/** Requests and limit of a container that names none. */
export const CONTAINER_DEFAULTS = {
  type: "Container",
  default: { memory: "1Gi" },
  defaultRequest: { cpu: "100m", memory: "256Mi" },
};

/** Security context of a container that needs no right; it passes Pod Security `restricted`. */
export const UNPRIVILEGED = {
  runAsNonRoot: true,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};

/** The database that a server or a hub connects to. */
export interface DatabaseAddress {
  readonly host: pulumi.Input<string>;
  readonly port: number;
  /** Name of the database in which people have their logins. */
  readonly name: string;
  /** Address of the certificates of its authorities, `https://…`. */
  readonly rootsUrl: string;
}

/**
 * Address at which AWS publishes the certificates of RDS's authorities for a region.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
 */
export function rdsRootsUrl(region: string): string {
  return `https://truststore.pki.rds.amazonaws.com/${region}/${region}-bundle.pem`;
}

/** Everything that the chart's values depend on. */
export interface ValuesArgs {
  /** Address at which people reach the hub, `https://…` without a slash at the end. */
  readonly url: pulumi.Input<string>;
  /** Port of every node that leads to the proxy. @default none: a Service inside the cluster only */
  readonly nodePort?: number;
  /** Base address of the user pool's pages. */
  readonly loginUrl: pulumi.Input<string>;
  readonly clientId: pulumi.Input<string>;
  /** Secret with the client's secret, the database's password and the hub's keys. */
  readonly secretName: pulumi.Input<string>;
  readonly users: readonly Person[];
  /** ARN of each person's role, by name. */
  readonly roleArns: Readonly<Record<string, pulumi.Input<string>>>;
  readonly region: string;
  readonly bucketName: pulumi.Input<string>;
  readonly database: DatabaseAddress;
  readonly vpcCidr: string;
  readonly serviceCidr: string;
  readonly sizes: readonly NotebookSize[];
  readonly homeGib: number;
  readonly image: string;
  readonly idleMinutes: number;
  /** Address of the model server, which people's pods then reach. @default none is there */
  readonly servingUrl?: string;
}

/** Values of the chart; they disable everything but the hub, the proxy and their Services. */
export function chartValues(args: ValuesArgs): Record<string, pulumi.Input<unknown>> {
  return {
    // `hub/jupyterhub_config.py` reads these.
    custom: {
      roleArns: args.roleArns,
      admins: args.users.filter(({ group }) => group === "ml-admins").map(({ name }) => name),
      namespaces: Object.fromEntries(
        args.users.map((person) => [person.name, serviceAccountOf(person).namespace]),
      ),
      namespace: NAMESPACE,
    },
    hub: hub(args),
    proxy: proxy(args),
    singleuser: servers(args),
    // The chart's role is for servers in the hub's namespace, which has none.
    rbac: { create: false },
    // Nodes pull the images anyway. If `up` waited for them, it would fail where a node is full.
    prePuller: { hook: { enabled: false }, continuous: { enabled: false } },
    scheduling: {
      // The chart's scheduler would need rights on the whole cluster.
      userScheduler: { enabled: false },
      userPlaceholder: { enabled: false },
      podPriority: { enabled: false },
    },
    ingress: { enabled: false },
    // The chart's culler counts traffic: it keeps a server for an open tab and may stop one that
    // computes. `idle.py` stops servers instead.
    cull: { enabled: false },
  };
}

function hub(args: ValuesArgs): Record<string, unknown> {
  const { database, vpcCidr, serviceCidr } = args;
  return {
    config: configuration(args),
    extraFiles: hubFiles(),
    existingSecret: args.secretName,
    serviceAccount: { create: false, name: HUB_ACCOUNT },
    // The failures of one person must not restart the hub for everybody.
    consecutiveFailureLimit: 0,
    db: {
      type: "postgres",
      // The chart sets the password in `PGPASSWORD`, from the Secret.
      url: pulumi.interpolate`postgresql+psycopg2://${DATABASE_LOGINS.hub}@${database.host}:${database.port}/${DATABASE_LOGINS.hub}?sslmode=verify-full&sslrootcert=${ROOTS_FILE}`,
    },
    services: { idle: idleService(args) },
    loadRoles: roles(),
    initContainers: [fetchRoots(database)],
    extraVolumes: [{ name: ROOTS.name, emptyDir: {} }],
    extraVolumeMounts: [{ ...ROOTS, readOnly: true }],
    resources: { requests: asRequests(HUB_REQUESTS), limits: LIMITS.hub },
    networkPolicy: {
      enabled: true,
      egressAllowRules: CHART_RULES,
      ingress: [FROM_SERVERS],
      egress: [
        TO_SERVERS,
        toApiServer(vpcCidr, serviceCidr),
        toDatabase(vpcCidr, database.port),
        toInternet(443),
      ],
    },
  };
}

/** Settings of JupyterHub's own classes; the chart's schema does not check them. */
function configuration({ url, loginUrl, clientId, image }: ValuesArgs): Record<string, unknown> {
  const home = pulumi.interpolate`${url}/`;
  return {
    JupyterHub: {
      authenticator_class: "platform_hub.PlatformAuthenticator",
      spawner_class: "platform_hub.PlatformSpawner",
      // A request from the front door does not contain the address that the browser used.
      public_url: home,
      cookie_max_age_days: SESSION_HOURS / 24,
      admin_access: false,
    },
    GenericOAuthenticator: {
      client_id: clientId,
      authorize_url: pulumi.interpolate`${loginUrl}/oauth2/authorize`,
      token_url: pulumi.interpolate`${loginUrl}/oauth2/token`,
      oauth_callback_url: pulumi.interpolate`${url}${CALLBACK_PATH}`,
      // Cognito's userInfo returns no groups. https://github.com/jupyterhub/oauthenticator/issues/738
      userdata_from_id_token: true,
      username_claim: "cognito:username",
      scope: ["openid", "email", "profile"],
      manage_groups: true,
      auth_state_groups_key: "oauth_user.cognito:groups",
      allowed_groups: [...GROUPS],
      auto_login: true,
      logout_redirect_url: pulumi
        .all([loginUrl, clientId, home])
        .apply(
          ([login, client, to]) =>
            `${login}/logout?client_id=${client}&logout_uri=${encodeURIComponent(to)}`,
        ),
      // With it the hub would keep tokens, and show an error page once they are an hour old.
      enable_auth_state: false,
    },
    KubeSpawner: {
      // Set as a whole, since the chart's own value separates name and tag.
      image,
      pod_name_template: "notebook",
      automount_service_account_token: false,
      container_security_context: UNPRIVILEGED,
    },
  };
}

/** Path of the hub to which the user pool redirects people after the login. */
export const CALLBACK_PATH = "/hub/oauth_callback";

/** Service that stops idle servers; the hub starts `hub/idle.py` as a separate process. */
function idleService({ idleMinutes, roleArns }: ValuesArgs): Record<string, unknown> {
  const limits = [
    ...["--idle", String(idleMinutes * 60)],
    ...["--age", String(LONGEST_DAYS * 24 * 60 * 60)],
  ];
  return {
    command: ["python3", IDLE_SERVICE, "--hub", `http://localhost:${HUB_PORT}/hub/api`, ...limits],
    environment: { PEOPLE: JSON.stringify(Object.keys(roleArns)) },
  };
}

/**
 * Rights of people, of the idle service and of administrators. JupyterHub's own role for administrators
 * lets them open everybody's server and use that person's rights on AWS there, whatever `admin_access`
 * says. Its own role for people lets them create tokens, which outlive the session and the logout.
 */
function roles(): Record<string, unknown> {
  return {
    user: {
      scopes: ["read:users!user", "users:activity!user", "servers!user", "access:servers!user"],
    },
    idle: {
      services: ["idle"],
      scopes: ["list:users", "read:servers", "delete:servers", "access:servers", "proxy"],
    },
    "ml-admins": {
      groups: ["ml-admins"],
      scopes: [
        "admin-ui",
        "list:users",
        "read:users",
        "read:servers",
        "delete:servers",
        "read:hub",
      ],
    },
  };
}

function proxy({ nodePort }: ValuesArgs): Record<string, unknown> {
  return {
    service:
      nodePort === undefined
        ? { type: "ClusterIP" }
        : { type: "NodePort", nodePorts: { http: nodePort } },
    chp: {
      resources: { requests: asRequests(PROXY_REQUESTS), limits: LIMITS.proxy },
      // The proxy never calls the API server.
      extraPodSpec: { automountServiceAccountToken: false },
      networkPolicy: {
        enabled: true,
        // From everywhere: in Cilium traffic through another node has no address of the VPC.
        allowedIngressPorts: ["http"],
        egressAllowRules: CHART_RULES,
        egress: [TO_SERVERS],
      },
    },
  };
}

function servers(args: ValuesArgs): Record<string, unknown> {
  const { database, sizes, homeGib, image } = args;
  return {
    serviceAccountName: NOTEBOOK_ACCOUNT,
    defaultUrl: "/lab",
    startTimeout: START_SECONDS,
    profileList: profiles(sizes),
    storage: {
      type: "dynamic",
      capacity: `${homeGib}Gi`,
      homeMountPath: HOME,
      dynamic: {
        storageClass: STORAGE_CLASS,
        pvcNameTemplate: "home",
        volumeNameTemplate: "home",
        storageAccessModes: ["ReadWriteOnce"],
      },
      extraVolumes: [
        { name: ROOTS.name, emptyDir: {} },
        { name: START.name, configMap: { name: START.name } },
        AWS_TOKEN.volume,
      ],
      extraVolumeMounts: [{ ...ROOTS, readOnly: true }, AWS_TOKEN.mount],
    },
    initContainers: [serverStart(image, database)],
    extraEnv: environment(args),
    // The chart would use a privileged container, which Pod Security refuses. The hop limit and the
    // network policy block the metadata instead.
    cloudMetadata: { blockWithIptables: false },
    // The chart would create this policy in the hub's namespace. `placeForNotebooks` declares one in
    // each person's namespace.
    networkPolicy: { enabled: false },
  };
}

/** Environment of a person's servers and jobs, without the person's own variables. */
export function environment({
  region,
  bucketName,
  database,
  servingUrl,
}: Pick<ValuesArgs, "region" | "bucketName" | "database" | "servingUrl">): Record<
  string,
  pulumi.Input<string>
> {
  return {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_WEB_IDENTITY_TOKEN_FILE: AWS_TOKEN.file,
    BUCKET: bucketName,
    DATABASE_HOST: database.host,
    DATABASE_PORT: String(database.port),
    DATABASE_NAME: database.name,
    PGSSLMODE: "verify-full",
    PGSSLROOTCERT: ROOTS_FILE,
    ...(servingUrl !== undefined && { SERVING_URL: servingUrl }),
  };
}

/** An init container, as a chart's values and as a pod have it. */
type InitContainer = Readonly<Record<string, unknown>> & { readonly name: string };

/** Init container that fetches the database's certificates before the pod's containers start. */
export function rootsContainer(image: string): InitContainer {
  return {
    name: "rds-roots",
    image,
    securityContext: { ...UNPRIVILEGED, runAsUser: USER },
    resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "128Mi" } },
    volumeMounts: [ROOTS],
  };
}

/** Init container of a pod of the platform that fetches the certificates into `ROOTS`; the program is an argument. */
export function fetchRoots({ rootsUrl }: Pick<DatabaseAddress, "rootsUrl">): InitContainer {
  return {
    ...rootsContainer(HUB_IMAGE),
    command: ["python3", "-c", hubFile(START_FILE), rootsUrl, ROOTS_FILE],
  };
}

/**
 * Init container of a server; it also installs the packages that the image lacks. KubeSpawner expands
 * braces in arguments, so the program is a file, from a ConfigMap in each person's namespace.
 */
function serverStart(image: string, { rootsUrl }: DatabaseAddress): Record<string, unknown> {
  const file = `${START.mountPath}/${START_FILE}`;
  return {
    ...rootsContainer(image),
    command: ["python3", file, rootsUrl, ROOTS_FILE, ...PACKAGES],
    resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "1Gi" } },
    volumeMounts: [ROOTS, START, { name: "home", mountPath: HOME }],
  };
}
