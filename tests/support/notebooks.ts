import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Notebooks, type NotebooksArgs } from "../../components/ml/notebooks/notebooks";
import { UserPool } from "../../components/user-pool";
import type { DeclaredResource } from "../../cost/rule";
import { declared, REGION } from "./declared";

/** What differs from stack to stack, and from here to a laboratory. */
export type Given = Partial<
  Omit<NotebooksArgs, "cluster" | "userPool" | "after"> & { readonly stackId: string }
>;

const ROLES = "arn:aws:iam::123456789012:role";

/** Two people, an administrator among them. */
export const PEOPLE = [
  { name: "ada", email: "ada@your-company.com", group: "ml-admins" },
  { name: "grace", email: "grace@your-company.com", group: "ml-users" },
] as const;

/** The notebooks of a stack with these people, alone: the program's own component, recorded. */
export function declaredNotebooks(given: Given = {}, preview = false): Promise<DeclaredResource[]> {
  return declared(() => {
    const lifeline = new pulumi.ComponentResource("test:Cluster", "cluster");
    const provider = new kubernetes.Provider("kubernetes", { kubeconfig: "{}" });
    const issuer = { issuer: "https://issuer.example.com", providerArn: `${ROLES}/issuer` };
    const users = given.users ?? PEOPLE;
    const userPool = new UserPool("users", {
      region: given.region ?? REGION,
      lifecycle: "experiment",
      mfa: "off",
      stackId: given.stackId ?? "0a1b2c3d",
    });
    new Notebooks("notebooks", {
      cluster: {
        name: pulumi.output("test"),
        provider,
        issuer,
        nodeSecurityGroupId: pulumi.output("sg-1"),
        lifeline,
      },
      userPool,
      users,
      roleArns: Object.fromEntries(users.map(({ name }) => [name, `${ROLES}/${name}`])),
      url: "https://d111.cloudfront.net",
      nodePort: 30080,
      region: REGION,
      bucketName: "data-0000000",
      database: {
        host: "database.eu-west-3.rds.amazonaws.com",
        port: 5432,
        name: "mlplatform",
        rootsUrl: "https://truststore.pki.rds.amazonaws.com/eu-west-3/eu-west-3-bundle.pem",
      },
      masterSecretArn: "arn:aws:secretsmanager:eu-west-3:123456789012:secret:db",
      vpcCidr: "10.0.0.0/16",
      serviceCidr: "10.96.0.0/16",
      sizes: [
        { name: "small", vcpus: 2, memoryGib: 4 },
        { name: "large", vcpus: 4, memoryGib: 16 },
      ],
      homeGib: 20,
      image: "quay.io/jupyter/scipy-notebook:2026-07-20",
      idleMinutes: 60,
      after: [lifeline],
      ...given,
    });
  }, preview);
}
