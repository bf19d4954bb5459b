import { LIFECYCLE_FLAGS } from "../../settings/lifecycle";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { KubernetesCluster } from "../../components/kubernetes/cluster";
import { LOCAL_URL, Notebooks, type NotebooksArgs } from "../../components/ml/notebooks/notebooks";
import { rdsRootsUrl } from "../../components/ml/notebooks/values";
import { Storage } from "../../components/kubernetes/storage";
import { Workspaces } from "../../components/kubernetes/workspaces";
import { UserPool } from "../../components/user-pool";
import type { DeclaredResource } from "../../cost/rule";
import { declared, inputsOf, REGION } from "./declared";

/** Settings that differ between stacks, and between these tests and a laboratory. */
export type Given = Partial<
  Omit<NotebooksArgs, "cluster" | "userPool" | "workspaces" | "after"> & {
    readonly stackId: string;
  }
>;

const ROLES = "arn:aws:iam::123456789012:role";

/** Two people, an administrator among them. */
export const PEOPLE = [
  { name: "ada", email: "ada@your-company.com", group: "ml-admins" },
  { name: "grace", email: "grace@your-company.com", group: "ml-users" },
] as const;

/** Pulumi's mark on a secret value. https://github.com/pulumi/pulumi (resource properties, `SpecialSecretSig`) */
const SECRET = "4dabf18193072939515e22adb298388d";

/** Inputs with secrets in the clear, as a provider gets them. */
export function inTheClear(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inTheClear);
  if (typeof value !== "object" || value === null) return value;
  if (SECRET in value && "value" in value) return inTheClear(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, inTheClear(one)]));
}

/**
 * Resources of a stack's notebooks, and of the components that they need in a cluster. The program's own
 * components declare them; the test records them.
 */
export function declaredNotebooks(given: Given = {}, preview = false): Promise<DeclaredResource[]> {
  return declared(() => {
    const { stackId = "0a1b2c3d", ...others } = given;
    const users = given.users ?? PEOPLE;
    const region = given.region ?? REGION;
    const retention = LIFECYCLE_FLAGS.experiment;
    const cluster = testCluster();
    const roleArns = Object.fromEntries(users.map(({ name }) => [name, `${ROLES}/${name}`]));
    new Storage("storage", { cluster });
    const workspaces = new Workspaces("workspaces", {
      cluster,
      users,
      protect: false,
      roleArns,
    });
    new Notebooks("notebooks", {
      cluster,
      userPool: new UserPool("users", {
        region,
        retention,
        mfa: "off",
        stackId,
        email: { identity: "cognito", from: "identity" },
        address: undefined,
      }),
      users,
      roleArns,
      region,
      ...DEFAULTS,
      // Without a front door no node has a port for the proxy.
      ...(given.url !== LOCAL_URL && { nodePort: 30080 }),
      workspaces,
      after: [],
      ...others,
    });
  }, preview);
}

function testCluster(): KubernetesCluster {
  return {
    name: pulumi.output("test"),
    provider: new kubernetes.Provider("kubernetes", { kubeconfig: "{}" }),
    issuer: { issuer: "https://issuer.example.com", providerArn: `${ROLES}/issuer` },
    nodeSecurityGroupId: pulumi.output("sg-1"),
    lifeline: new pulumi.ComponentResource("test:Cluster", "cluster"),
  };
}

const DEFAULTS = {
  url: "https://d111.cloudfront.net",
  bucketName: "data-0000000",
  database: {
    host: "database.eu-west-3.rds.amazonaws.com",
    port: 5432,
    name: "mlplatform",
    rootsUrl: rdsRootsUrl(REGION),
  },
  masterSecretArn: "arn:aws:secretsmanager:eu-west-3:123456789012:secret:db",
  masterLoginArn: "arn:aws:rds-db:eu-west-3:123456789012:dbuser:db-1/platform",
  vpcCidr: "10.0.0.0/16",
  serviceCidr: "10.96.0.0/16",
  sizes: [
    { name: "small", vcpus: 2, memoryGib: 4 },
    { name: "large", vcpus: 4, memoryGib: 16 },
  ],
  homeGib: 20,
  image: "quay.io/jupyter/scipy-notebook:2026-07-20",
  idleMinutes: 60,
};

/** A part of the inputs of a resource. */
export type Values = Readonly<Record<string, unknown>>;

/** Value at a path of names; undefined if there is none. */
export function at(from: unknown, path: string): unknown {
  return path.split(".").reduce((found, key) => (found as Values | undefined)?.[key], from);
}

/** Values of the one release among these resources. */
export function valuesOf(resources: readonly DeclaredResource[]): Values {
  return inputsOf(resources, "helm.sh/v3:Release")["values"] as Values;
}

/** Spec of the only Deployment's pods. */
export function deploymentPod(resources: readonly DeclaredResource[]): Values {
  const spec = inputsOf(resources, "apps/v1:Deployment")["spec"];
  return at(spec, "template.spec") as Values;
}
