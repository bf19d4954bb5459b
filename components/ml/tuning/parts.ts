import { DATABASE_LOGINS } from "../../../settings/values/database-logins";
import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { KATIB_METHODS } from "../../../settings/names";
import type { Resources } from "../../../settings/values/resources";
import {
  COLLECTOR_REQUESTS,
  KATIB_REQUESTS,
  katibImage,
  SUGGESTION_REQUESTS,
} from "../../../settings/versions/tuning";
import {
  asRequests,
  fetchRoots,
  ROOTS,
  ROOTS_FILE,
  UNPRIVILEGED,
  USER,
  type DatabaseAddress,
} from "../notebooks/values";
import { GRPC_PORT, WEBHOOK_PORT } from "./network";
import { CONTROLLER } from "./rights";

/** Name of the database manager's Deployment and Service; Katib's programs expect it. */
export const MANAGER = "katib-db-manager";
/** Key of the password in its Secret. */
export const PASSWORD = "password";
/** ConfigMap with Katib's configuration, and the file in it; Katib's programs expect both. */
export const CONFIGURATION = { name: "katib-config", file: "katib-config.yaml" };
/** Folder in which the controller looks for its certificate. */
const CERTIFICATES = "/tmp/cert";
/** Port at which the controller says how it is. */
const HEALTH_PORT = 18080;

type PodSpec = kubernetes.types.input.core.v1.PodSpec;

const SECURITY = { ...UNPRIVILEGED, runAsUser: USER };

/** Requests of a container, and a limit of its memory. */
function resources(requests: Resources, limitMib: number): object {
  return { requests: asRequests(requests), limits: { memory: `${limitMib}Mi` } };
}

/**
 * Katib's configuration: one algorithm, one way to collect metrics, Jobs as trials. Its other algorithms have images of
 * their own. Under Pod Security `restricted` each container of Katib needs a user and no rights.
 * https://www.kubeflow.org/docs/components/katib/user-guides/katib-config/
 */
export function configuration(): string {
  return JSON.stringify({
    apiVersion: "config.kubeflow.org/v1beta1",
    kind: "KatibConfig",
    init: {
      controller: {
        webhookPort: WEBHOOK_PORT,
        trialResources: ["Job.v1.batch"],
        // The container beside a trial gets that of the trial.
        injectSecurityContext: true,
      },
    },
    runtime: {
      metricsCollectors: [
        {
          kind: KATIB_METHODS.collector,
          image: katibImage("file-metrics-collector"),
          resources: resources(COLLECTOR_REQUESTS, 128),
        },
      ],
      suggestions: [
        {
          algorithmName: KATIB_METHODS.algorithm,
          image: katibImage("suggestion-optuna"),
          resources: resources(SUGGESTION_REQUESTS, 512),
          securityContext: SECURITY,
        },
      ],
    },
  });
}

/** Pod of the controller, whose Secret has the certificate of its webhooks. */
export function controllerPod(certificateName: pulumi.Input<string>): PodSpec {
  const healthy = (path: string) => ({ httpGet: { path, port: HEALTH_PORT } });
  const { name, file } = CONFIGURATION;
  return {
    serviceAccountName: CONTROLLER,
    containers: [
      {
        name: CONTROLLER,
        image: katibImage(CONTROLLER),
        command: ["./katib-controller"],
        args: [`--katib-config=/${file}`],
        env: [
          {
            name: "KATIB_CORE_NAMESPACE",
            valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } },
          },
        ],
        ports: [{ name: "webhook", containerPort: WEBHOOK_PORT }],
        readinessProbe: healthy("/readyz"),
        livenessProbe: healthy("/healthz"),
        securityContext: SECURITY,
        resources: resources(KATIB_REQUESTS, 512),
        volumeMounts: [
          { name: "certificate", mountPath: CERTIFICATES, readOnly: true },
          { name: "configuration", mountPath: `/${file}`, subPath: file, readOnly: true },
        ],
      },
    ],
    volumes: [
      { name: "certificate", secret: { secretName: certificateName } },
      { name: "configuration", configMap: { name } },
    ],
  };
}

/** Pod of the database manager, which connects to the platform's PostgreSQL with a verified certificate. */
export function managerPod(database: DatabaseAddress, passwordName: pulumi.Input<string>): PodSpec {
  const values = {
    DB_NAME: "postgres",
    DB_USER: DATABASE_LOGINS.katib,
    KATIB_POSTGRESQL_DB_HOST: database.host,
    KATIB_POSTGRESQL_DB_PORT: String(database.port),
    KATIB_POSTGRESQL_DB_DATABASE: DATABASE_LOGINS.katib,
    KATIB_POSTGRESQL_SSL_MODE: "verify-full",
    PGSSLROOTCERT: ROOTS_FILE,
  };
  const healthy = { grpc: { port: GRPC_PORT } };
  return {
    automountServiceAccountToken: false,
    // A variable of a Service of this name begins as one that the program reads.
    enableServiceLinks: false,
    initContainers: [fetchRoots(database)],
    containers: [
      {
        name: MANAGER,
        image: katibImage(MANAGER),
        command: ["./katib-db-manager"],
        env: [
          ...Object.entries(values).map(([name, value]) => ({ name, value })),
          {
            name: "DB_PASSWORD",
            valueFrom: { secretKeyRef: { name: passwordName, key: PASSWORD } },
          },
        ],
        ports: [{ name: "api", containerPort: GRPC_PORT }],
        readinessProbe: healthy,
        livenessProbe: { ...healthy, initialDelaySeconds: 10, periodSeconds: 60 },
        securityContext: SECURITY,
        resources: resources(KATIB_REQUESTS, 256),
        volumeMounts: [{ ...ROOTS, readOnly: true }],
      },
    ],
    volumes: [{ name: ROOTS.name, emptyDir: {} }],
  };
}
